// weightGradient[N,K] += gradient[M,N]ᵀ · x[M,K], weight2Gradient[N,K2] += gradientᵀ · x2[M,K2],
// biasGradient[n] += Σ_m gradient[m,n] for the first biasRows columns. Every shape.
//
// A workgroup owns a TILE × TILE tile of weightGradient or, after those, of weight2Gradient. It walks along M in steps of
// 16: its threads load a slice of the gradient and one of x into workgroup memory, zero beyond the ends, and each grows its
// own 4 × 4 block from there. Rows are summed in order by one workgroup, so the sum has one order. The tiles of the first
// columns also sum the bias.

override TILE: u32 = 32;

const STEP = 16u;
override SIDE = TILE / 4;
override THREADS = SIDE * SIDE;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  K2: u32,
  // Columns of the accumulators of the weights, K and K2, or 0 where none is wanted.
  columns: u32,
  columns2: u32,
  biasRows: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> x2: array<f32>;
@group(0) @binding(4) var<storage, read_write> weightGradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> weight2Gradient: array<f32>;
@group(0) @binding(6) var<storage, read_write> biasGradient: array<f32>;

// Slices [STEP, TILE]: row m of the step and column c of the tile is at m · TILE + c.
var<workgroup> gradientSlice: array<f32, STEP * TILE>;
var<workgroup> inputSlice: array<f32, STEP * TILE>;

fn gradientAt(m: u32, n: u32) -> f32 {
  if m >= sizes.M || n >= sizes.N {
    return 0.0;
  }
  return gradient[m * sizes.N + n];
}

fn inputAt(second: bool, m: u32, column: u32) -> f32 {
  if m >= sizes.M || column >= select(sizes.columns, sizes.columns2, second) {
    return 0.0;
  }
  if second {
    return x2[m * sizes.K2 + column];
  }
  return x[m * sizes.K + column];
}

fn write(second: bool, n: u32, column: u32, value: f32) {
  if n >= sizes.N || column >= select(sizes.columns, sizes.columns2, second) {
    return;
  }
  if second {
    weight2Gradient[n * sizes.columns2 + column] += value;
  } else {
    weightGradient[n * sizes.columns + column] += value;
  }
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tiles = (sizes.columns + TILE - 1) / TILE;
  let second = workgroup.x >= tiles;
  let row = workgroup.y * TILE;
  let column = select(workgroup.x, workgroup.x - tiles, second) * TILE;

  // A column of the matrix is a row of the accumulator.
  var sums = mat4x4f();
  var bias = vec4f();
  for (var m = 0u; m < sizes.M; m += STEP) {
    // Neighbouring threads take neighbouring elements of a row.
    for (var i = thread; i < STEP * TILE; i += THREADS) {
      gradientSlice[i] = gradientAt(m + i / TILE, row + i % TILE);
      inputSlice[i] = inputAt(second, m + i / TILE, column + i % TILE);
    }
    workgroupBarrier();
    for (var step = 0u; step < STEP; step++) {
      let i = step * TILE + local.y * 4;
      let j = step * TILE + local.x * 4;
      let g = vec4f(gradientSlice[i], gradientSlice[i + 1], gradientSlice[i + 2], gradientSlice[i + 3]);
      let values = vec4f(inputSlice[j], inputSlice[j + 1], inputSlice[j + 2], inputSlice[j + 3]);
      sums += mat4x4f(g.x * values, g.y * values, g.z * values, g.w * values);
      bias += g;
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 16; i++) {
    write(second, row + local.y * 4 + i / 4, column + local.x * 4 + i % 4, sums[i / 4][i % 4]);
  }
  if workgroup.x == 0 && local.x == 0 {
    for (var i = 0u; i < 4; i++) {
      let n = row + local.y * 4 + i;
      if n < sizes.biasRows {
        biasGradient[n] += bias[i];
      }
    }
  }
}
