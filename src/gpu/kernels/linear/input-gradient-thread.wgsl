// dx[M,K] = gradient[M,N] · weight[N,K] + residualScale · residual[M,K], and dx2[M,K2] = gradient · weight2[N,K2].
// K % 4 == 0 and K2 % 4 == 0; M and N are any. Weights are f32.
//
// A thread owns a tile of 8 rows and 8 columns; four elements of 8 rows and of 8 columns, 64 loads, serve 256 products.
// There is no workgroup memory and no barrier. Tiles of dx come first, then those of dx2.

override WORKGROUP: u32 = 4;
override SECOND: bool = false;
// N is not a multiple of four: the gradient is read element by element.
override NARROW: bool = false;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  // 0 without a second product.
  K2: u32,
  // 1 with a residual.
  residuals: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradientElements: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> weight2: array<vec4f>;
@group(0) @binding(5) var<storage, read> residual: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;
@group(0) @binding(7) var<storage, read_write> dx2: array<f32>;

// Row r at columns 4c to 4c + 3 of the tile is at 2r + c.
var<private> sums: array<vec4f, 16>;

// Element b of rows[r] * columns is Σ over the four elements of row r and of column b.
fn grow(low: mat4x4f, high: mat4x4f, columns: mat4x4f, next: mat4x4f) {
  sums[0] += low[0] * columns;
  sums[1] += low[0] * next;
  sums[2] += low[1] * columns;
  sums[3] += low[1] * next;
  sums[4] += low[2] * columns;
  sums[5] += low[2] * next;
  sums[6] += low[3] * columns;
  sums[7] += low[3] * next;
  sums[8] += high[0] * columns;
  sums[9] += high[0] * next;
  sums[10] += high[1] * columns;
  sums[11] += high[1] * next;
  sums[12] += high[2] * columns;
  sums[13] += high[2] * next;
  sums[14] += high[3] * columns;
  sums[15] += high[3] * next;
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

fn gradients(row: u32, n: u32) -> mat4x4f {
  let rows = min(row + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1));
  return mat4x4f(gradientAt(rows.x, n), gradientAt(rows.y, n), gradientAt(rows.z, n), gradientAt(rows.w, n));
}

fn weights(n: u32, column: u32) -> mat4x4f {
  let i = (min(n + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1)) * sizes.K + min(column, sizes.K - 4)) / 4;
  return transpose(mat4x4f(weight[i.x], weight[i.y], weight[i.z], weight[i.w]));
}

fn weights2(n: u32, column: u32) -> mat4x4f {
  let i = (min(n + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1)) * sizes.K2 + min(column, sizes.K2 - 4)) / 4;
  return transpose(mat4x4f(weight2[i.x], weight2[i.y], weight2[i.z], weight2[i.w]));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = workgroup.y * 8;
  let tile = workgroup.x * WORKGROUP + lane;
  let tiles = (sizes.K + 7) / 8;

  if SECOND && tile >= tiles {
    let column = (tile - tiles) * 8;
    for (var n = 0u; n < sizes.N; n += 4) {
      grow(gradients(row, n), gradients(row + 4, n), weights2(n, column), weights2(n, column + 4));
    }
    for (var i = 0u; i < 16; i++) {
      let to = vec2u(row + i / 2, column + i % 2 * 4);
      if to.x < sizes.M && to.y < sizes.K2 {
        let values = sums[i];
        for (var j = 0u; j < 4; j++) {
          dx2[to.x * sizes.K2 + to.y + j] = values[j];
        }
      }
    }
    return;
  }

  let column = tile * 8;
  for (var n = 0u; n < sizes.N; n += 4) {
    grow(gradients(row, n), gradients(row + 4, n), weights(n, column), weights(n, column + 4));
  }
  for (var i = 0u; i < 16; i++) {
    let to = vec2u(row + i / 2, column + i % 2 * 4);
    if to.x < sizes.M && to.y < sizes.K {
      let values = sums[i];
      for (var j = 0u; j < 4; j++) {
        let index = to.x * sizes.K + to.y + j;
        var result = values[j];
        if sizes.residuals != 0 {
          result += sizes.residualScale * residual[index];
        }
        dx[index] = result;
      }
    }
  }
}
