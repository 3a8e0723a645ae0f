// y[M,N] = x[M,K] · weight[N,K]ᵀ + bias[≤N] + x2[M,K2] · weight2[N,K2]ᵀ + residualScale · residual[M,N]
// N, K and K2 are multiples of four; M is any. Weights are f32.
//
// Four lanes own a tile of 16 rows and 16 columns. A lane loads four rows of x and four rows of the weight, four elements of
// each a step, and takes the weight's rows of the other three lanes by quad swaps: 32 loaded elements serve 256 products
// a lane. Made for software adapters, whose four lanes are one SIMD vector: there a load is a gather with a bounds check
// and a branch a lane, 77 instructions, a swap is one shuffle and a store, a multiply-add three or four instructions.
//
// Measured on SwiftShader with two cores, M = N = K = 128, best of 100 runs taken in turn: 6.4 GFLOP/s, compiled in 0.10 s
// of CPU time; matmul-thread 5.1 and 0.28 s. Input and weight gradient: 6.0 and 5.8; their thread kernels 3.9 and 3.5.
// In an experiment without edges, this tile gave 7.0 (85 ms), 32 × 16 gave 5.6 (190 ms) and 32 × 32, with half the loads a
// product, 7.0 (270 ms), presumably because a step is 44 kB of code here and grows with the tile. The sums are private to
// the module because stores to a function's variables are masked, four more instructions a sum. A row of x times a matrix
// keeps the sum and the row in registers; the same in scaled vectors runs 40 % slower. Outputs are written in fours:
// element by element the end of the tile costs a fifth of the time at K = 128. Bias and residual are flags in the
// uniforms, so that all products of a training step share one pipeline.

enable subgroups;

override SECOND: bool = false;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  K2: u32,
  // Columns of x2, and the first of them that is used.
  stride2: u32,
  offset2: u32,
  // Rows of the weight that have a bias.
  biasRows: u32,
  // 1 with a residual.
  residuals: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read> weight2: array<vec4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

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

// Four rows from `starts` on, elements 4k to 4k + 3.
fn inputs(starts: vec4u, k: u32) -> mat4x4f {
  let i = starts + k;
  return mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]);
}

fn weights(starts: vec4u, k: u32) -> mat4x4f {
  let i = starts + k;
  return mat4x4f(weight[i.x], weight[i.y], weight[i.z], weight[i.w]);
}

fn inputs2(starts: vec4u, k: u32) -> mat4x4f {
  let i = starts + k;
  return mat4x4f(x2[i.x], x2[i.y], x2[i.z], x2[i.w]);
}

fn weights2(starts: vec4u, k: u32) -> mat4x4f {
  let i = starts + k;
  return mat4x4f(weight2[i.x], weight2[i.y], weight2[i.z], weight2[i.w]);
}

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) invocation: u32) {
  let lane = invocation & 3;
  let row = workgroup.y * 16 + lane * 4;
  let column = workgroup.x * 16;

  // Rows and columns beyond the end read the last one again and are not written.
  let rows = min(row + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1));
  let columns = min(column + lane * 4 + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1));

  let inputStarts = rows * (sizes.K / 4);
  let weightStarts = columns * (sizes.K / 4);
  for (var k = 0u; k < sizes.K / 4; k++) {
    grow(inputs(inputStarts, k), weights(weightStarts, k));
  }
  if SECOND {
    let inputStarts2 = (rows * sizes.stride2 + sizes.offset2) / 4;
    let weightStarts2 = columns * (sizes.K2 / 4);
    for (var k = 0u; k < sizes.K2 / 4; k++) {
      grow(inputs2(inputStarts2, k), weights2(weightStarts2, k));
    }
  }

  // A loop keeps the code of what follows the product short.
  for (var i = 0u; i < 16; i++) {
    let to = vec2u(row + i / 4, column + (lane ^ (i % 4)) * 4);
    if to.x < sizes.M && to.y < sizes.N {
      let index = (to.x * sizes.N + to.y) / 4;
      var result = sums[i];
      if to.y < sizes.biasRows {
        let n = to.y + vec4u(0, 1, 2, 3);
        result += select(vec4f(), vec4f(bias[n.x], bias[n.y], bias[n.z], bias[n.w]), n < vec4u(sizes.biasRows));
      }
      if sizes.residuals != 0 {
        result += sizes.residualScale * residual[index];
      }
      y[index] = result;
    }
  }
}
