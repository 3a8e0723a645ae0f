// dx[M,K] = gradient[M,N] · weight[N,K] + residualScale · residual[M,K], and dx2[M,K2] = gradient · weight2[N,K2].
// Every shape. Weights are f32.
//
// A workgroup owns a TILE × TILE tile of dx or, after those, of dx2. It walks along N in steps of 16: its threads load a
// slice of the gradient and one of the weight into workgroup memory, zero beyond the ends, and each grows its own 4 × 4
// block from there, so an element comes from global memory once for every TILE products.

override TILE: u32 = 32;

const STEP = 16u;
override SIDE = TILE / 4;
override THREADS = SIDE * SIDE;

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
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> weight2: array<f32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx2: array<f32>;

// Slices [STEP, TILE]: element n of the step and row (or column) r of the tile is at n · TILE + r.
var<workgroup> gradientSlice: array<f32, STEP * TILE>;
var<workgroup> weightSlice: array<f32, STEP * TILE>;

fn gradientAt(row: u32, n: u32) -> f32 {
  if row >= sizes.M || n >= sizes.N {
    return 0.0;
  }
  return gradient[row * sizes.N + n];
}

fn weightAt(second: bool, n: u32, column: u32) -> f32 {
  if n >= sizes.N || column >= select(sizes.K, sizes.K2, second) {
    return 0.0;
  }
  if second {
    return weight2[n * sizes.K2 + column];
  }
  return weight[n * sizes.K + column];
}

fn write(second: bool, row: u32, column: u32, value: f32) {
  if row >= sizes.M || column >= select(sizes.K, sizes.K2, second) {
    return;
  }
  if second {
    dx2[row * sizes.K2 + column] = value;
    return;
  }
  let i = row * sizes.K + column;
  var result = value;
  if sizes.residuals != 0 {
    result += sizes.residualScale * residual[i];
  }
  dx[i] = result;
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tiles = (sizes.K + TILE - 1) / TILE;
  let second = workgroup.x >= tiles;
  let row = workgroup.y * TILE;
  let column = select(workgroup.x, workgroup.x - tiles, second) * TILE;

  // A column of the matrix is a row of dx.
  var sums = mat4x4f();
  for (var n = 0u; n < sizes.N; n += STEP) {
    // Neighbouring threads take neighbouring elements of a row of the gradient, and of a row of the weight.
    for (var i = thread; i < STEP * TILE; i += THREADS) {
      gradientSlice[i % STEP * TILE + i / STEP] = gradientAt(row + i / STEP, n + i % STEP);
      weightSlice[i] = weightAt(second, n + i / TILE, column + i % TILE);
    }
    workgroupBarrier();
    for (var step = 0u; step < STEP; step++) {
      let i = step * TILE + local.y * 4;
      let j = step * TILE + local.x * 4;
      let w = vec4f(weightSlice[j], weightSlice[j + 1], weightSlice[j + 2], weightSlice[j + 3]);
      sums += mat4x4f(
        gradientSlice[i] * w, gradientSlice[i + 1] * w, gradientSlice[i + 2] * w, gradientSlice[i + 3] * w,
      );
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 16; i++) {
    write(second, row + local.y * 4 + i / 4, column + local.x * 4 + i % 4, sums[i / 4][i % 4]);
  }
}
