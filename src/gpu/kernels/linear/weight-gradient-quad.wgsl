// weightGradient[N,K] += gradient[M,N]ᵀ · x[M,K], weight2Gradient[N,K2] += gradientᵀ · x2[M,K2],
// biasGradient[n] += Σ_m gradient[m,n] for the first biasRows columns.
// K % 4 == 0 and K2 % 4 == 0; M and N are any.
//
// Four lanes own a tile of 16 rows and 16 columns, for the reasons that matmul-quad gives: each loads four columns of the
// gradient and four of x from four rows, and takes the columns of x of the other three by quad swaps. All rows are summed
// in order by the same lanes, so the sum has one order. Tiles of weightGradient come first, then those of weight2Gradient;
// the tiles of the first columns also sum the bias.

enable subgroups;

override SECOND: bool = false;
override BIAS: bool = false;
// N is not a multiple of four: the gradient is read element by element.
override NARROW: bool = false;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  K2: u32,
  // Columns of the accumulators of the weights: K, and K2 or 0.
  columns: u32,
  columns2: u32,
  biasRows: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradientElements: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> weightGradient: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> weight2Gradient: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> biasGradient: array<f32>;

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

// Elements n to n + 3 of a row of the gradient; beyond its end the last one again.
fn gradientAt(row: u32, n: u32) -> vec4f {
  if NARROW {
    let i = row * sizes.N + min(n + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1));
    return vec4f(gradientElements[i.x], gradientElements[i.y], gradientElements[i.z], gradientElements[i.w]);
  }
  return gradient[(row * sizes.N + min(n, sizes.N - 4)) / 4];
}

// Columns n to n + 3 of the gradient in rows m to m + 3, each a column of the matrix; zero beyond the last row.
fn gradients(m: u32, n: u32) -> mat4x4f {
  let rows = min(m + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1));
  let there = select(vec4f(), vec4f(1.0), m + vec4u(0, 1, 2, 3) < vec4u(sizes.M));
  return transpose(mat4x4f(
    gradientAt(rows.x, n) * there.x,
    gradientAt(rows.y, n) * there.y,
    gradientAt(rows.z, n) * there.z,
    gradientAt(rows.w, n) * there.w,
  ));
}

fn inputs(m: u32, column: u32) -> mat4x4f {
  let i = (min(m + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1)) * sizes.K + min(column, sizes.K - 4)) / 4;
  return transpose(mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]));
}

fn inputs2(m: u32, column: u32) -> mat4x4f {
  let i = (min(m + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1)) * sizes.K2 + min(column, sizes.K2 - 4)) / 4;
  return transpose(mat4x4f(x2[i.x], x2[i.y], x2[i.z], x2[i.w]));
}

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) invocation: u32) {
  let lane = invocation & 3;
  let row = workgroup.y * 16 + lane * 4;
  let tiles = (sizes.columns + 15) / 16;

  if SECOND && workgroup.x >= tiles {
    let column = (workgroup.x - tiles) * 16;
    for (var m = 0u; m < sizes.M; m += 4) {
      grow(gradients(m, row), inputs2(m, column + lane * 4));
    }
    for (var i = 0u; i < 16; i++) {
      let to = vec2u(row + i / 4, column + (lane ^ (i % 4)) * 4);
      if to.x < sizes.N && to.y < sizes.columns2 {
        weight2Gradient[(to.x * sizes.columns2 + to.y) / 4] += sums[i];
      }
    }
    return;
  }

  let column = workgroup.x * 16;
  var bias = vec4f();
  for (var m = 0u; m < sizes.M; m += 4) {
    let rows = gradients(m, row);
    grow(rows, inputs(m, column + lane * 4));
    if BIAS {
      bias += vec4f(1.0) * rows;
    }
  }
  for (var i = 0u; i < 16; i++) {
    let to = vec2u(row + i / 4, column + (lane ^ (i % 4)) * 4);
    if to.x < sizes.N && to.y < sizes.columns {
      weightGradient[(to.x * sizes.columns + to.y) / 4] += sums[i];
    }
  }
  if BIAS && workgroup.x == 0 {
    for (var j = 0u; j < 4; j++) {
      if row + j < sizes.biasRows {
        biasGradient[row + j] += bias[j];
      }
    }
  }
}
