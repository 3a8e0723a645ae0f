// weightGradient[e] += Σ over the rows r of expert e of gradient[r]ᵀ · x[r], weightGradient[E·N,K], gradient[M,N], x[M,K].
// K % 4 == 0; M and N are any.
//
// A thread owns a tile of 8 rows and 8 columns of one expert's matrix and sums over the expert's rows in order, four at a time, so
// the sum has one order. There is no workgroup memory and no barrier.

override WORKGROUP: u32 = 4;
// N is not a multiple of four: the gradient is read element by element.
override NARROW: bool = false;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  E: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradientElements: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> places: array<u32>;
@group(0) @binding(5) var<storage, read_write> weightGradient: array<f32>;

// Row r at columns 4c to 4c + 3 of the tile is at 2r + c.
var<private> sums: array<vec4f, 16>;

// Element b of rows[r] * columns is Σ over the four elements of row r and of column b.
fn grow(rows: mat4x4f, columns: mat4x4f, next: mat4x4f, at: u32) {
  for (var r = 0u; r < 4; r++) {
    sums[at + 2 * r] += rows[r] * columns;
    sums[at + 2 * r + 1] += rows[r] * next;
  }
}

// Elements n to n + 3 of a row of the gradient; beyond its end the last one again.
fn gradientAt(row: u32, n: u32) -> vec4f {
  if NARROW {
    let i = row * sizes.N + min(n + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1));
    return vec4f(gradientElements[i.x], gradientElements[i.y], gradientElements[i.z], gradientElements[i.w]);
  }
  return gradient[(row * sizes.N + min(n, sizes.N - 4)) / 4];
}

// Columns n to n + 3 of the gradient in four rows, each a column of the matrix; zero for a row that is not `there`.
fn gradients(rows: vec4u, there: vec4f, n: u32) -> mat4x4f {
  return transpose(mat4x4f(
    gradientAt(rows.x, n) * there.x,
    gradientAt(rows.y, n) * there.y,
    gradientAt(rows.z, n) * there.z,
    gradientAt(rows.w, n) * there.w,
  ));
}

fn inputs(rows: vec4u, column: u32) -> mat4x4f {
  let i = (rows * sizes.K + min(column, sizes.K - 4)) / 4;
  return transpose(mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tiles = (sizes.N + 7) / 8;
  let e = workgroup.y / tiles;
  let row = workgroup.y % tiles * 8;
  let column = (workgroup.x * WORKGROUP + lane) * 8;
  let first = places[e];
  let end = places[e + 1];
  if column >= sizes.K || first == end {
    return;
  }
  for (var place = first; place < end; place += 4) {
    let four = place + vec4u(0, 1, 2, 3);
    let at = sizes.E + 1 + min(four, vec4u(end - 1));
    let rows = vec4u(places[at.x], places[at.y], places[at.z], places[at.w]);
    let there = select(vec4f(), vec4f(1.0), four < vec4u(end));
    let columns = inputs(rows, column);
    let next = inputs(rows, column + 4);
    grow(gradients(rows, there, row), columns, next, 0);
    grow(gradients(rows, there, row + 4), columns, next, 8);
  }
  for (var i = 0u; i < 16; i++) {
    let to = vec2u(row + i / 2, column + i % 2 * 4);
    if to.x < sizes.N && to.y < sizes.K {
      let values = sums[i];
      for (var j = 0u; j < 4; j++) {
        weightGradient[(e * sizes.N + to.x) * sizes.K + to.y + j] += values[j];
      }
    }
  }
}
