// y[M,N] = act(x[M,K] · weight[N,K]ᵀ + bias[≤N]), or y = x · weightᵀ + bias + x2[M,K2] · weight2[N,K2]ᵀ,
// plus residualScale · residual[M,N]. The weight is quantised, weight2 may be. K % 8 == 0 and K2 % 8 == 0; M and N are any.
//
// A workgroup owns a TILE × TILE tile of y. It walks along K in steps of 16: its threads load a slice of x and dequantise a
// slice of the weight into workgroup memory, zero beyond the ends, and each then grows its own 4 × 4 block of y from there. So a
// weight is dequantised once for every TILE products; in exchange there are two barriers a step. The second product is more
// steps of the same walk.

override TILE: u32 = 32;
// Bits of the quantised weight, 4 or 8; of weight2: 0 f32, 1 packed f16, else the bits of a quantised matrix.
override BITS: u32 = 4;
override STORAGE2: u32 = 0;
// Whether blocks have zero points of their own; else it is the middle, 8 or 128.
override ZEROS: bool = false;
override ZEROS2: bool = false;
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
  // Columns of weight and of weight2 that share a scale.
  block: u32,
  block2: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4u>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read> weight2: array<vec4u>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

// Slices [STEP, TILE]: the element of row r and of column k of the step is at k · TILE + r.
var<workgroup> inputSlice: array<f32, STEP * TILE>;
var<workgroup> weightSlice: array<f32, STEP * TILE>;

// Four words of digits, one a column of y, are four elements of each. As a matrix with a column an element: times four rows of
// x it is a block of y.
fn dequantised(bits: u32, words: vec4u, scale: vec4f, zero: vec4f) -> mat4x4f {
  let mask = (1u << bits) - 1;
  let offset = scale * zero;
  return mat4x4f(
    vec4f(bitcast<vec4i>(words & vec4u(mask))) * scale - offset,
    vec4f(bitcast<vec4i>(words & vec4u(mask << 8))) * (scale / 256.0) - offset,
    vec4f(bitcast<vec4i>(words & vec4u(mask << 16))) * (scale / 65536.0) - offset,
    vec4f(bitcast<vec4i>((words >> vec4u(24)) & vec4u(mask))) * scale - offset,
  );
}

// Words with elements 4k to 4k + 3 of a tile in their bytes, in the low halves where there are 4 bits; `at` is its first word.
fn wordsAt(at: u32, k: u32) -> vec4u {
  if BITS == 4 {
    return weight[at + k / 2] >> vec4u(k % 2 * 4);
  }
  return weight[at + k];
}

fn wordsAt2(at: u32, k: u32) -> vec4u {
  if STORAGE2 == 4 {
    return weight2[at + k / 2] >> vec4u(k % 2 * 4);
  }
  return weight2[at + k];
}

// Scales and zero points stand behind the digits, four of each for a block of a tile.
fn scalesAt(i: u32) -> vec4f {
  let tiles = (sizes.N + 3) / 4;
  return bitcast<vec4f>(weight[tiles * (sizes.K / 8) * (BITS / 4) + i]);
}

fn zerosAt(i: u32) -> vec4f {
  if !ZEROS {
    return vec4f(select(8.0, 128.0, BITS == 8));
  }
  let tiles = (sizes.N + 3) / 4;
  let blocks = (sizes.K + sizes.block - 1) / sizes.block;
  let word = weight[tiles * ((sizes.K / 8) * (BITS / 4) + blocks) + i / 4][i % 4];
  return vec4f((vec4u(word) >> vec4u(0, 8, 16, 24)) & vec4u(255));
}

fn scalesAt2(i: u32) -> vec4f {
  let tiles = (sizes.columns + 3) / 4;
  return bitcast<vec4f>(weight2[tiles * (sizes.K2 / 8) * (STORAGE2 / 4) + i]);
}

fn zerosAt2(i: u32) -> vec4f {
  if !ZEROS2 {
    return vec4f(select(8.0, 128.0, STORAGE2 == 8));
  }
  let tiles = (sizes.columns + 3) / 4;
  let blocks = (sizes.K2 + sizes.block2 - 1) / sizes.block2;
  let word = weight2[tiles * ((sizes.K2 / 8) * (STORAGE2 / 4) + blocks) + i / 4][i % 4];
  return vec4f((vec4u(word) >> vec4u(0, 8, 16, 24)) & vec4u(255));
}

// Elements 4k to 4k + 3 of the four rows of the weight in a tile.
fn blockAt(tile: u32, k: u32, scale: vec4f, zero: vec4f) -> mat4x4f {
  return dequantised(BITS, wordsAt(tile * (sizes.K / 8) * (BITS / 4), k), scale, zero);
}

// Elements 4i to 4i + 3 of a weight2 that is not quantised.
fn weights2(i: u32) -> vec4f {
  if STORAGE2 == 1 {
    let pair = select(weight2[i / 2].xy, weight2[i / 2].zw, i % 2 == 1);
    return vec4f(unpack2x16float(pair.x), unpack2x16float(pair.y));
  }
  return bitcast<vec4f>(weight2[i]);
}

// Elements 4k to 4k + 3 of the four rows of weight2 in a tile, as a matrix with a column an element.
fn blockAt2(tile: u32, k: u32) -> mat4x4f {
  if STORAGE2 < 4 {
    let i = min(tile * 4 + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1)) * (sizes.K2 / 4) + k;
    return transpose(mat4x4f(weights2(i.x), weights2(i.y), weights2(i.z), weights2(i.w)));
  }
  let at = tile * ((sizes.K2 + sizes.block2 - 1) / sizes.block2) + 4 * k / sizes.block2;
  let words = wordsAt2(tile * (sizes.K2 / 8) * (STORAGE2 / 4), k);
  return dequantised(STORAGE2, words, scalesAt2(at), zerosAt2(at));
}

// Four neighbouring elements of a row of x, in the first product or the second.
fn inputs(second: bool, row: u32, k: u32) -> vec4f {
  if row >= sizes.M {
    return vec4f();
  }
  if second {
    return x2[(row * sizes.stride2 + sizes.offset2 + k) / 4];
  }
  return x[(row * sizes.K + k) / 4];
}

// Four neighbouring elements of the four rows of a tile of the weight, as a matrix with a column an element.
fn weights(second: bool, tile: u32, k: u32) -> mat4x4f {
  if tile >= (sizes.N + 3) / 4 {
    return mat4x4f();
  }
  if second {
    return blockAt2(tile, k / 4);
  }
  let at = tile * ((sizes.K + sizes.block - 1) / sizes.block) + k / sizes.block;
  return blockAt(tile, k / 4, scalesAt(at), zerosAt(at));
}

fn load(second: bool, row: u32, column: u32, start: u32, thread: u32) {
  let end = select(sizes.K, sizes.K2, second);
  for (var i = thread; i < STEP / 4 * TILE; i += THREADS) {
    // Neighbouring threads take neighbouring columns of one row.
    let r = i / (STEP / 4);
    let k = i % (STEP / 4) * 4;
    var values = vec4f();
    if start + k < end {
      values = inputs(second, row + r, start + k);
    }
    for (var j = 0u; j < 4; j++) {
      inputSlice[(k + j) * TILE + r] = values[j];
    }
  }
  for (var i = thread; i < STEP / 4 * TILE / 4; i += THREADS) {
    let t = i / (STEP / 4);
    let k = i % (STEP / 4) * 4;
    var block = mat4x4f();
    if start + k < end {
      block = weights(second, column / 4 + t, start + k);
    }
    for (var j = 0u; j < 16; j++) {
      weightSlice[(k + j / 4) * TILE + t * 4 + j % 4] = block[j / 4][j % 4];
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
