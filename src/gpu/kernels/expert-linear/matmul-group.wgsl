// y[r] = gate(x[r] · weight[slot(expert of r)]ᵀ) + residualScale · residual[r], for the rows r at the places of the window.
// K % 4 == 0; M and N are any.
//
// The rows of an expert are cut into tiles of 32; a workgroup counts through the experts to find its tile, and owns its rows and
// 32 columns of y. It walks along K in steps of 16: its threads load a slice of x and a slice of the weight, and of a gated FFN a
// slice of the up rows, into workgroup memory, zero beyond the ends, and each then grows its own 4 × 4 block of the product.

override HALF: bool = false;
override SLOTS: bool = false;
override WINDOW: bool = false;
override RESIDUAL: bool = false;
override SERIES: bool = false;
// 0 none, 1 SiLU, 2 GELU (tanh), 3 ReLU.
override GATE: u32 = 0;
override GATED: bool = false;

const ROWS = 32u;
const STEP = 16u;
const SIDE = ROWS / 4;
const THREADS = SIDE * SIDE;

struct Sizes {
  M: u32,
  // Rows of an expert's matrix.
  N: u32,
  K: u32,
  E: u32,
  // Columns of y: N, or F of a gated FFN.
  columns: u32,
  branches: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec2u>;
@group(0) @binding(3) var<storage, read> places: array<u32>;
@group(0) @binding(4) var<storage, read> slots: array<u32>;
@group(0) @binding(5) var<storage, read> window: array<u32>;
@group(0) @binding(6) var<storage, read> residualOrScale: array<f32>;
@group(0) @binding(7) var<storage, read> offset: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;

// Slices [STEP, ROWS]: the element of row r and of column k of the step is at k · ROWS + r.
var<workgroup> inputSlice: array<f32, STEP * ROWS>;
var<workgroup> weightSlice: array<f32, STEP * ROWS>;
var<workgroup> upSlice: array<f32, STEP * ROWS>;

// Some rows of one expert.
struct Tile {
  // The places of its rows; none beyond the last tile.
  first: u32,
  end: u32,
  // Where the expert's matrix lies.
  slot: u32,
}

// The tile with this number: the first expert has as many as its rows need, then comes the next.
fn tileOf(number: u32) -> Tile {
  var left = number;
  for (var e = 0u; e < sizes.E; e++) {
    let end = places[e + 1];
    let own = (end - places[e] + ROWS - 1) / ROWS;
    if left < own {
      let first = places[e] + left * ROWS;
      var slot = e;
      if SLOTS {
        slot = slots[e];
      }
      return Tile(first, min(first + ROWS, end), slot);
    }
    left -= own;
  }
  return Tile();
}

fn isOutside(tile: Tile) -> bool {
  if WINDOW && (tile.end <= window[0] || tile.first >= window[1]) {
    return true;
  }
  return tile.end == tile.first;
}

// Elements 4i to 4i + 3 of the weight.
fn weightAt(i: u32) -> vec4f {
  if HALF {
    let packed = weight[i];
    return vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
  }
  return vec4f(bitcast<vec2f>(weight[2 * i]), bitcast<vec2f>(weight[2 * i + 1]));
}

// Elements k to k + 3 of a row of the expert's matrix.
fn weights(tile: Tile, row: u32, k: u32) -> vec4f {
  return weightAt(((tile.slot * sizes.N + row) * sizes.K + k) / 4);
}

fn load(tile: Tile, column: u32, start: u32, thread: u32) {
  for (var i = thread; i < STEP / 4 * ROWS; i += THREADS) {
    // Neighbouring threads take neighbouring columns of one row.
    let r = i / (STEP / 4);
    let k = i % (STEP / 4) * 4;
    var fromInput = vec4f();
    var fromWeight = vec4f();
    var fromUp = vec4f();
    if start + k < sizes.K {
      if tile.first + r < tile.end {
        fromInput = x[(places[sizes.E + 1 + tile.first + r] * sizes.K + start + k) / 4];
      }
      if column + r < sizes.columns {
        fromWeight = weights(tile, column + r, start + k);
        if GATED {
          fromUp = weights(tile, sizes.columns + column + r, start + k);
        }
      }
    }
    for (var j = 0u; j < 4; j++) {
      inputSlice[(k + j) * ROWS + r] = fromInput[j];
      weightSlice[(k + j) * ROWS + r] = fromWeight[j];
      if GATED {
        upSlice[(k + j) * ROWS + r] = fromUp[j];
      }
    }
  }
}

// The exponent is capped so that 1 + exp stays finite: WGSL may assume that no infinity occurs.
fn sigmoid(z: f32) -> f32 {
  return 1.0 / (1.0 + exp(min(-z, 80.0)));
}

fn activate(z: f32) -> f32 {
  switch GATE {
    case 1u: { return z * sigmoid(z); }
    // z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³).
    case 2u: { return z * sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z)); }
    case 3u: { return max(z, 0.0); }
    default: { return z; }
  }
}

// Series informed activation of one value; a single branch has no parameters.
fn series(z: f32, column: u32) -> f32 {
  if !SERIES {
    return activate(z);
  }
  var sum = 0.0;
  for (var branch = 0u; branch < sizes.branches; branch++) {
    let i = branch * sizes.columns + column;
    sum += activate(residualOrScale[i] * z + offset[i]);
  }
  return sum;
}

// What follows the products, for one output. `first` is its own product, `up` that of a gated FFN's up column.
fn write(tile: Tile, place: u32, column: u32, first: f32, up: f32) {
  if place >= tile.end || column >= sizes.columns {
    return;
  }
  if WINDOW && (place < window[0] || place >= window[1]) {
    return;
  }
  let to = places[sizes.E + 1 + place] * sizes.columns + column;
  var result = first;
  if GATE != 0 {
    result = series(result, column);
  }
  if GATED {
    result *= up;
  }
  if RESIDUAL {
    result += sizes.residualScale * residualOrScale[to];
  }
  y[to] = result;
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
  if isOutside(tile) {
    return;
  }

  // A column of a matrix is a row of y.
  var sums = mat4x4f();
  var ups = mat4x4f();
  for (var start = 0u; start < sizes.K; start += STEP) {
    load(tile, column, start, thread);
    workgroupBarrier();
    for (var k = 0u; k < STEP; k++) {
      let i = k * ROWS + local.y * 4;
      let j = k * ROWS + local.x * 4;
      let w = vec4f(weightSlice[j], weightSlice[j + 1], weightSlice[j + 2], weightSlice[j + 3]);
      sums += mat4x4f(
        inputSlice[i] * w, inputSlice[i + 1] * w, inputSlice[i + 2] * w, inputSlice[i + 3] * w,
      );
      if GATED {
        let up = vec4f(upSlice[j], upSlice[j + 1], upSlice[j + 2], upSlice[j + 3]);
        ups += mat4x4f(
          inputSlice[i] * up, inputSlice[i + 1] * up, inputSlice[i + 2] * up, inputSlice[i + 3] * up,
        );
      }
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 16; i++) {
    let place = tile.first + local.y * 4 + i / 4;
    write(tile, place, column + local.x * 4 + i % 4, sums[i / 4][i % 4], ups[i / 4][i % 4]);
  }
}
