// dx[r] = gradient[r] · weight[expert of r] + residualScale · residual[r], dx[M,K], gradient[M,N], weight[E·N,K].
// K % 4 == 0; M and N are any. Weights are f32.
//
// The rows of an expert are cut into tiles of 8; a workgroup counts through the experts to find its tile. A thread owns a
// tile's rows and 8 columns; four elements of 8 rows and of 8 columns, 64 loads, serve 256 products. There is no workgroup
// memory and no barrier. Rows and columns beyond the end read the last one again and are not written.

override WORKGROUP: u32 = 4;
override RESIDUAL: bool = false;
// N is not a multiple of four: the gradient is read element by element.
override NARROW: bool = false;

const ROWS = 8u;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  E: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradientElements: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> places: array<u32>;
@group(0) @binding(5) var<storage, read> residual: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

// Some rows of one expert: their places, none beyond the last tile.
struct Tile {
  first: u32,
  end: u32,
  e: u32,
}

// The tile with this number: the first expert has as many as its rows need, then comes the next.
fn tileOf(number: u32) -> Tile {
  var left = number;
  for (var e = 0u; e < sizes.E; e++) {
    let end = places[e + 1];
    let own = (end - places[e] + ROWS - 1) / ROWS;
    if left < own {
      let first = places[e] + left * ROWS;
      return Tile(first, min(first + ROWS, end), e);
    }
    left -= own;
  }
  return Tile();
}

// Row r at columns 4c to 4c + 3 of the tile is at 2r + c.
var<private> sums: array<vec4f, 16>;

// Element b of rows[r] * columns is Σ over the four elements of row r and of column b.
fn grow(rows: mat4x4f, columns: mat4x4f, next: mat4x4f, at: u32) {
  for (var r = 0u; r < 4; r++) {
    sums[at + 2 * r] += rows[r] * columns;
    sums[at + 2 * r + 1] += rows[r] * next;
  }
}

fn rowsOf(tile: Tile, first: u32) -> vec4u {
  let at = sizes.E + 1 + min(first + vec4u(0, 1, 2, 3), vec4u(tile.end - 1));
  return vec4u(places[at.x], places[at.y], places[at.z], places[at.w]);
}

// Elements n to n + 3 of a row of the gradient, zero beyond its end.
fn gradientAt(row: u32, n: u32) -> vec4f {
  if NARROW {
    let end = row * sizes.N + sizes.N - 1;
    let i = min(row * sizes.N + n + vec4u(0, 1, 2, 3), vec4u(end));
    let values = vec4f(gradientElements[i.x], gradientElements[i.y], gradientElements[i.z], gradientElements[i.w]);
    return select(vec4f(), values, n + vec4u(0, 1, 2, 3) < vec4u(sizes.N));
  }
  return gradient[(row * sizes.N + n) / 4];
}

fn gradients(rows: vec4u, n: u32) -> mat4x4f {
  return mat4x4f(gradientAt(rows.x, n), gradientAt(rows.y, n), gradientAt(rows.z, n), gradientAt(rows.w, n));
}

fn weights(e: u32, n: u32, column: u32) -> mat4x4f {
  let rows = e * sizes.N + min(n + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1));
  let i = (rows * sizes.K + min(column, sizes.K - 4)) / 4;
  return transpose(mat4x4f(weight[i.x], weight[i.y], weight[i.z], weight[i.w]));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = (workgroup.x * WORKGROUP + lane) * 8;
  let tile = tileOf(workgroup.y);
  if column >= sizes.K || tile.first == tile.end {
    return;
  }
  let low = rowsOf(tile, tile.first);
  let high = rowsOf(tile, tile.first + 4);
  for (var n = 0u; n < sizes.N; n += 4) {
    let columns = weights(tile.e, n, column);
    let next = weights(tile.e, n, column + 4);
    grow(gradients(low, n), columns, next, 0);
    grow(gradients(high, n), columns, next, 8);
  }
  for (var i = 0u; i < 16; i++) {
    let place = tile.first + i / 2;
    let to = column + i % 2 * 4;
    if place < tile.end && to < sizes.K {
      let values = sums[i];
      let index = places[sizes.E + 1 + place] * sizes.K + to;
      for (var j = 0u; j < 4; j++) {
        var result = values[j];
        if RESIDUAL {
          result += sizes.residualScale * residual[index + j];
        }
        dx[index + j] = result;
      }
    }
  }
}
