// dx[r] = gradient[r] · weight[expert of r] + residualScale · residual[r], dx[M,K], gradient[M,N], weight[E·N,K].
// Every shape. Weights are f32.
//
// The rows of an expert are cut into tiles of 32; a workgroup counts through the experts to find its tile, and owns its rows and
// 32 columns of dx. It walks along N in steps of 16: its threads load a slice of the gradient and one of the weight into
// workgroup memory, zero beyond the ends, and each grows its own 4 × 4 block from there.

override RESIDUAL: bool = false;

const ROWS = 32u;
const STEP = 16u;
const SIDE = ROWS / 4;
const THREADS = SIDE * SIDE;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  E: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> places: array<u32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

// Slices [STEP, ROWS]: element n of the step and row (or column) r of the tile is at n · ROWS + r.
var<workgroup> gradientSlice: array<f32, STEP * ROWS>;
var<workgroup> weightSlice: array<f32, STEP * ROWS>;

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

fn gradientAt(tile: Tile, place: u32, n: u32) -> f32 {
  if place >= tile.end || n >= sizes.N {
    return 0.0;
  }
  return gradient[places[sizes.E + 1 + place] * sizes.N + n];
}

fn weightAt(tile: Tile, n: u32, column: u32) -> f32 {
  if n >= sizes.N || column >= sizes.K {
    return 0.0;
  }
  return weight[(tile.e * sizes.N + n) * sizes.K + column];
}

fn write(tile: Tile, place: u32, column: u32, value: f32) {
  if place >= tile.end || column >= sizes.K {
    return;
  }
  let i = places[sizes.E + 1 + place] * sizes.K + column;
  var result = value;
  if RESIDUAL {
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
  let column = workgroup.x * ROWS;
  let tile = tileOf(workgroup.y);
  // All threads leave together, so the barriers below stay uniform.
  if tile.first == tile.end {
    return;
  }

  // A column of the matrix is a row of dx.
  var sums = mat4x4f();
  for (var n = 0u; n < sizes.N; n += STEP) {
    // Neighbouring threads take neighbouring elements of a row of the gradient, and of a row of the weight.
    for (var i = thread; i < STEP * ROWS; i += THREADS) {
      gradientSlice[i % STEP * ROWS + i / STEP] = gradientAt(tile, tile.first + i / STEP, n + i % STEP);
      weightSlice[i] = weightAt(tile, n + i / ROWS, column + i % ROWS);
    }
    workgroupBarrier();
    for (var step = 0u; step < STEP; step++) {
      let i = step * ROWS + local.y * 4;
      let j = step * ROWS + local.x * 4;
      let w = vec4f(weightSlice[j], weightSlice[j + 1], weightSlice[j + 2], weightSlice[j + 3]);
      sums += mat4x4f(
        gradientSlice[i] * w, gradientSlice[i + 1] * w, gradientSlice[i + 2] * w, gradientSlice[i + 3] * w,
      );
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 16; i++) {
    write(tile, tile.first + local.y * 4 + i / 4, column + local.x * 4 + i % 4, sums[i / 4][i % 4]);
  }
}
