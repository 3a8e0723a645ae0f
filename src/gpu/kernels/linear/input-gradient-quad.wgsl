// dx[M,K] = gradient[M,N] · weight[N,K] + residualScale · residual[M,K], and dx2[M,K2] = gradient · weight2[N,K2].
// K % 4 == 0 and K2 % 4 == 0; M and N are any. Weights are f32.
//
// Four lanes own a tile of 16 rows and 16 columns, for the reasons that matmul-quad gives: each loads four rows of the
// gradient and four columns of the weight, and takes the columns of the other three by quad swaps. Tiles of dx come first,
// then those of dx2.

enable subgroups;

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
@group(0) @binding(5) var<storage, read> residual: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dx2: array<vec4f>;

// Row r of this lane at the columns of lane ^ d is at 4r + d.
var<private> sums: array<vec4f, 16>;

// Element b of rows[r] * columns is Σ over the four elements of row r and of column b.
fn grow(rows: mat4x4f, columns: mat4x4f) {
  let beside = mat4x4f(quadSwapX(columns[0]), quadSwapX(columns[1]), quadSwapX(columns[2]), quadSwapX(columns[3]));
  let below = mat4x4f(quadSwapY(columns[0]), quadSwapY(columns[1]), quadSwapY(columns[2]), quadSwapY(columns[3]));
  let across = mat4x4f(
    quadSwapDiagonal(columns[0]), quadSwapDiagonal(columns[1]), quadSwapDiagonal(columns[2]), quadSwapDiagonal(columns[3]),
  );
  sums[0] += rows[0] * columns;
  sums[1] += rows[0] * beside;
  sums[2] += rows[0] * below;
  sums[3] += rows[0] * across;
  sums[4] += rows[1] * columns;
  sums[5] += rows[1] * beside;
  sums[6] += rows[1] * below;
  sums[7] += rows[1] * across;
  sums[8] += rows[2] * columns;
  sums[9] += rows[2] * beside;
  sums[10] += rows[2] * below;
  sums[11] += rows[2] * across;
  sums[12] += rows[3] * columns;
  sums[13] += rows[3] * beside;
  sums[14] += rows[3] * below;
  sums[15] += rows[3] * across;
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

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) invocation: u32) {
  let lane = invocation & 3;
  let row = workgroup.y * 16 + lane * 4;
  let tiles = (sizes.K + 15) / 16;

  if SECOND && workgroup.x >= tiles {
    let column = (workgroup.x - tiles) * 16;
    for (var n = 0u; n < sizes.N; n += 4) {
      grow(gradients(row, n), weights2(n, column + lane * 4));
    }
    for (var i = 0u; i < 16; i++) {
      let to = vec2u(row + i / 4, column + (lane ^ (i % 4)) * 4);
      if to.x < sizes.M && to.y < sizes.K2 {
        dx2[(to.x * sizes.K2 + to.y) / 4] = sums[i];
      }
    }
    return;
  }

  let column = workgroup.x * 16;
  for (var n = 0u; n < sizes.N; n += 4) {
    grow(gradients(row, n), weights(n, column + lane * 4));
  }
  for (var i = 0u; i < 16; i++) {
    let to = vec2u(row + i / 4, column + (lane ^ (i % 4)) * 4);
    if to.x < sizes.M && to.y < sizes.K {
      let index = (to.x * sizes.K + to.y) / 4;
      var result = sums[i];
      if sizes.residuals != 0 {
        result += sizes.residualScale * residual[index];
      }
      dx[index] = result;
    }
  }
}
