// y[M,N] = act(x[M,K] · weight[N,K]ᵀ + bias[≤N]), or y = x · weightᵀ + bias + x2[M,K2] · weight2[N,K2]ᵀ,
// plus residualScale · residual[M,N]. K % 4 == 0 and K2 % 4 == 0; M and N are any.
//
// A workgroup owns a TILE × TILE tile of y. It walks along K in steps of 16: its threads load a slice of x and a slice of
// the weight into workgroup memory, zero beyond the ends, and each then grows its own 4 × 4 block of y from there. So an
// element comes from global memory once for every TILE products; in exchange there are two barriers a step. The second
// product is more steps of the same walk.

override TILE: u32 = 32;
override HALF: bool = false;
override HALF2: bool = false;
override BIAS: bool = false;
override SECOND: bool = false;
override RESIDUAL: bool = false;
// 0 none, 1 SiLU, 2 GELU (tanh), 3 ReLU. Not together with SECOND.
override ACTIVATION: u32 = 0;

const STEP = 16u;
override SIDE = TILE / 4;
override THREADS = SIDE * SIDE;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  // Columns of y: N here.
  columns: u32,
  K2: u32,
  // Columns of x2, and the first of them that is used.
  stride2: u32,
  offset2: u32,
  activationFrom: u32,
  branches: u32,
  residualScale: f32,
  epsilon: f32,
  // Rows of the weight that have a bias.
  biasRows: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec2u>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read> weight2: array<vec2u>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

// Slices [STEP, TILE]: the element of row r and of column k of the step is at k · TILE + r.
var<workgroup> inputSlice: array<f32, STEP * TILE>;
var<workgroup> weightSlice: array<f32, STEP * TILE>;

fn unpack(packed: vec2u) -> vec4f {
  return vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
}

// Elements 4i to 4i + 3 of the weight.
fn weightAt(i: u32) -> vec4f {
  if HALF {
    return unpack(weight[i]);
  }
  return vec4f(bitcast<vec2f>(weight[2 * i]), bitcast<vec2f>(weight[2 * i + 1]));
}

fn weight2At(i: u32) -> vec4f {
  if HALF2 {
    return unpack(weight2[i]);
  }
  return vec4f(bitcast<vec2f>(weight2[2 * i]), bitcast<vec2f>(weight2[2 * i + 1]));
}

// Four neighbouring elements of a row of x and of the weight, in the first product or the second.
fn inputs(second: bool, row: u32, k: u32) -> vec4f {
  if row >= sizes.M {
    return vec4f();
  }
  if second {
    return x2[(row * sizes.stride2 + sizes.offset2 + k) / 4];
  }
  return x[(row * sizes.K + k) / 4];
}

fn weights(second: bool, row: u32, k: u32) -> vec4f {
  if row >= sizes.N {
    return vec4f();
  }
  if second {
    return weight2At((row * sizes.K2 + k) / 4);
  }
  return weightAt((row * sizes.K + k) / 4);
}

fn load(second: bool, row: u32, column: u32, start: u32, thread: u32) {
  let end = select(sizes.K, sizes.K2, second);
  for (var i = thread; i < STEP / 4 * TILE; i += THREADS) {
    // Neighbouring threads take neighbouring columns of one row.
    let r = i / (STEP / 4);
    let k = i % (STEP / 4) * 4;
    var fromInput = vec4f();
    var fromWeight = vec4f();
    if start + k < end {
      fromInput = inputs(second, row + r, start + k);
      fromWeight = weights(second, column + r, start + k);
    }
    for (var j = 0u; j < 4; j++) {
      inputSlice[(k + j) * TILE + r] = fromInput[j];
      weightSlice[(k + j) * TILE + r] = fromWeight[j];
    }
  }
}

// The exponent is capped so that 1 + exp stays finite: WGSL may assume that no infinity occurs.
fn sigmoid(z: f32) -> f32 {
  return 1.0 / (1.0 + exp(min(-z, 80.0)));
}

fn activate(z: f32) -> f32 {
  switch ACTIVATION {
    case 1u: { return z * sigmoid(z); }
    // z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³).
    case 2u: { return z * sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z)); }
    case 3u: { return max(z, 0.0); }
    default: { return z; }
  }
}

fn write(row: u32, column: u32, value: f32) {
  if row >= sizes.M || column >= sizes.N {
    return;
  }
  var result = value;
  if BIAS && column < sizes.biasRows {
    result += bias[column];
  }
  if ACTIVATION != 0 && column >= sizes.activationFrom {
    result = activate(result);
  }
  if RESIDUAL {
    result += sizes.residualScale * residual[row * sizes.N + column];
  }
  y[row * sizes.N + column] = result;
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = workgroup.y * TILE;
  let column = workgroup.x * TILE;
  let steps = (sizes.K + STEP - 1) / STEP;
  var allSteps = steps;
  if SECOND {
    allSteps += (sizes.K2 + STEP - 1) / STEP;
  }

  // A column of the matrix is a row of y.
  var sums = mat4x4f();
  for (var step = 0u; step < allSteps; step++) {
    let second = SECOND && step >= steps;
    load(second, row, column, select(step, step - steps, second) * STEP, thread);
    workgroupBarrier();
    for (var k = 0u; k < STEP; k++) {
      let i = k * TILE + local.y * 4;
      let j = k * TILE + local.x * 4;
      let w = vec4f(weightSlice[j], weightSlice[j + 1], weightSlice[j + 2], weightSlice[j + 3]);
      sums += mat4x4f(
        inputSlice[i] * w, inputSlice[i + 1] * w, inputSlice[i + 2] * w, inputSlice[i + 3] * w,
      );
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 16; i++) {
    write(row + local.y * 4 + i / 4, column + local.x * 4 + i % 4, sums[i / 4][i % 4]);
  }
}
