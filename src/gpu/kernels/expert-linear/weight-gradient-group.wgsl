// weightGradient[e] += Σ over the rows r of expert e of gradient[r]ᵀ · x[r], weightGradient[E·N,K], gradient[M,N], x[M,K].
// Every shape.
//
// A workgroup owns 32 × 32 elements of one expert's matrix. It walks along the expert's rows in steps of 16: its threads load a
// slice of the gradient and one of x into workgroup memory, zero beyond the ends, and each grows its own 4 × 4 block from there. Rows
// are summed in order by one workgroup, so the sum has one order.

const TILE = 32u;
const STEP = 16u;
const SIDE = TILE / 4;
const THREADS = SIDE * SIDE;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  E: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> places: array<u32>;
@group(0) @binding(4) var<storage, read_write> weightGradient: array<f32>;

// Slices [STEP, TILE]: row m of the step and column c of the tile is at m · TILE + c.
var<workgroup> gradientSlice: array<f32, STEP * TILE>;
var<workgroup> inputSlice: array<f32, STEP * TILE>;

// An element of the row at a place: of the gradient, and of x. Zero beyond the expert's last place and the last column.
fn gradientAt(place: u32, end: u32, n: u32) -> f32 {
  if place >= end || n >= sizes.N {
    return 0.0;
  }
  return gradient[places[sizes.E + 1 + place] * sizes.N + n];
}

fn inputAt(place: u32, end: u32, column: u32) -> f32 {
  if place >= end || column >= sizes.K {
    return 0.0;
  }
  return x[places[sizes.E + 1 + place] * sizes.K + column];
}

fn write(e: u32, n: u32, column: u32, value: f32) {
  if n < sizes.N && column < sizes.K {
    weightGradient[(e * sizes.N + n) * sizes.K + column] += value;
  }
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tiles = (sizes.N + TILE - 1) / TILE;
  let e = workgroup.y / tiles;
  let row = workgroup.y % tiles * TILE;
  let column = workgroup.x * TILE;
  let end = places[e + 1];

  // A column of the matrix is a row of the accumulator.
  var sums = mat4x4f();
  for (var place = places[e]; place < end; place += STEP) {
    // Neighbouring threads take neighbouring elements of a row.
    for (var i = thread; i < STEP * TILE; i += THREADS) {
      gradientSlice[i] = gradientAt(place + i / TILE, end, row + i % TILE);
      inputSlice[i] = inputAt(place + i / TILE, end, column + i % TILE);
    }
    workgroupBarrier();
    for (var step = 0u; step < STEP; step++) {
      let i = step * TILE + local.y * 4;
      let j = step * TILE + local.x * 4;
      let g = vec4f(gradientSlice[i], gradientSlice[i + 1], gradientSlice[i + 2], gradientSlice[i + 3]);
      let values = vec4f(inputSlice[j], inputSlice[j + 1], inputSlice[j + 2], inputSlice[j + 3]);
      sums += mat4x4f(g.x * values, g.y * values, g.z * values, g.w * values);
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 16; i++) {
    write(e, row + local.y * 4 + i / 4, column + local.x * 4 + i % 4, sums[i / 4][i % 4]);
  }
}
