// y[M,N] = act(norm(x[M,K]) · weight[N,K]ᵀ + bias[≤N]) + x2[M,K2] · weight2[N,K2]ᵀ + residualScale · residual[M,N]
//
// The readable definition where a weight is quantised: one thread owns one output and reads scalars; every shape and every
// feature of ../naive.wgsl, gates included. An element of a quantised weight is scale · (q − zero), with the scale and the zero
// point of its block of a row; pack.ts says where its digits lie. With INTEGER each 32 neighbouring elements of norm(x) are
// rounded to 8 bits, q = round(127 · x / max |x|), before the first product, as the kernels with packed dot products have them.
//
// Optional inputs stand behind four shared bindings: an override such as BIAS holds the number 1–4 of the binding behind
// which a launch put that input, 0 when it is off.

// Of weight and weight2: 0 f32, 1 packed f16, else the bits of a quantised matrix, 4 or 8.
override STORAGE: u32 = 4;
override STORAGE2: u32 = 0;
// Whether blocks have zero points of their own; else it is the middle, 8 or 128.
override ZEROS: bool = false;
override ZEROS2: bool = false;
override INTEGER: bool = false;
override BIAS: u32 = 0;
override X2: u32 = 0;
override WEIGHT2: u32 = 0;
override RESIDUAL: u32 = 0;
override GAIN: u32 = 0;
override SHIFT: u32 = 0;
override SCALE: u32 = 0;
override OFFSET: u32 = 0;
// 0 none, 1 RMSNorm, 2 LayerNorm.
override NORM: u32 = 0;
override KEEP_NORMED: bool = false;
// 0 none, 1 SiLU, 2 GELU (tanh), 3 ReLU.
override ACTIVATION: u32 = 0;
override GATE: u32 = 0;
override GATED: bool = false;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  // Columns of y: N, or F of a gated FFN.
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
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> option1: array<u32>;
@group(0) @binding(4) var<storage, read> option2: array<u32>;
@group(0) @binding(5) var<storage, read> option3: array<u32>;
@group(0) @binding(6) var<storage, read> option4: array<u32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;
@group(0) @binding(8) var<storage, read_write> normed: array<f32>;

// Binding 0 is the weight.
fn wordAt(binding: u32, i: u32) -> u32 {
  switch binding {
    case 0u: { return weight[i]; }
    case 1u: { return option1[i]; }
    case 2u: { return option2[i]; }
    case 3u: { return option3[i]; }
    default: { return option4[i]; }
  }
}

fn optional(binding: u32, i: u32) -> f32 {
  return bitcast<f32>(wordAt(binding, i));
}

// Element k of row n of a quantised matrix [rows, width].
fn dequantised(binding: u32, bits: u32, zeros: bool, rows: u32, width: u32, block: u32, n: u32, k: u32) -> f32 {
  let tiles = (rows + 3) / 4;
  let steps = (width + 7) / 8 * (bits / 4);
  let blocks = (width + block - 1) / block;
  let at = n / 4 * blocks + k / block;
  let scalesAt = tiles * steps * 4;
  // A word holds eight elements of 4 bits, the first four in the low halves of its bytes, or four elements of 8.
  let word = wordAt(binding, (n / 4 * steps + k * bits / 32) * 4 + n % 4);
  let digits = extractBits(word, k % 4 * 8 + select(0u, k / 4 % 2 * 4, bits == 4), bits);
  let scale = optional(binding, scalesAt + at * 4 + n % 4);
  var zero = 1u << (bits - 1);
  if zeros {
    zero = extractBits(wordAt(binding, scalesAt + tiles * blocks * 4 + at), n % 4 * 8, 8u);
  }
  return scale * (f32(digits) - f32(zero));
}

fn element(binding: u32, storage: u32, zeros: bool, rows: u32, width: u32, block: u32, n: u32, k: u32) -> f32 {
  let i = n * width + k;
  switch storage {
    case 0u: { return optional(binding, i); }
    case 1u: { return unpack2x16float(wordAt(binding, i / 2))[i % 2]; }
    default: { return dequantised(binding, storage, zeros, rows, width, block, n, k); }
  }
}

// The exponent is capped so that 1 + exp stays finite: WGSL may assume that no infinity occurs.
fn sigmoid(z: f32) -> f32 {
  return 1.0 / (1.0 + exp(min(-z, 80.0)));
}

fn activate(kind: u32, z: f32) -> f32 {
  switch kind {
    case 1u: { return z * sigmoid(z); }
    // z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³).
    case 2u: { return z * sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z)); }
    case 3u: { return max(z, 0.0); }
    default: { return z; }
  }
}

// What the norm subtracts (first) and multiplies by (second) in a row.
fn normOf(row: u32) -> vec2f {
  if NORM == 0 {
    return vec2f(0.0, 1.0);
  }
  var mean = 0.0;
  if NORM == 2 {
    for (var k = 0u; k < sizes.K; k++) {
      mean += x[row * sizes.K + k];
    }
    mean /= f32(sizes.K);
  }
  var variance = 0.0;
  for (var k = 0u; k < sizes.K; k++) {
    let centred = x[row * sizes.K + k] - mean;
    variance += centred * centred;
  }
  return vec2f(mean, inverseSqrt(variance / f32(sizes.K) + sizes.epsilon));
}

fn input(row: u32, k: u32, norm: vec2f) -> f32 {
  var value = x[row * sizes.K + k];
  if NORM != 0 {
    value = (value - norm.x) * norm.y * optional(GAIN, k);
    if SHIFT != 0 {
      value += optional(SHIFT, k);
    }
  }
  return value;
}

// norm(x)[row] · weight[column] + bias[column].
fn product(row: u32, column: u32, norm: vec2f) -> f32 {
  var sum = 0.0;
  for (var start = 0u; start < sizes.K; start += 32) {
    let end = min(start + 32, sizes.K);
    var largest = 0.0;
    for (var k = start; INTEGER && k < end; k++) {
      largest = max(largest, abs(input(row, k, norm)));
    }
    for (var k = start; k < end; k++) {
      var value = input(row, k, norm);
      if INTEGER {
        value = round(value * (127.0 / max(largest, 1e-30))) * (largest / 127.0);
      }
      sum += value * element(0, STORAGE, ZEROS, sizes.N, sizes.K, sizes.block, column, k);
    }
  }
  if BIAS != 0 && column < sizes.biasRows {
    sum += optional(BIAS, column);
  }
  return sum;
}

// Series informed activation of one value; a single branch has no parameters.
fn series(z: f32, column: u32) -> f32 {
  if SCALE == 0 {
    return activate(GATE, z);
  }
  var sum = 0.0;
  for (var branch = 0u; branch < sizes.branches; branch++) {
    let i = branch * sizes.columns + column;
    sum += activate(GATE, optional(SCALE, i) * z + optional(OFFSET, i));
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  if index >= sizes.M * sizes.columns {
    return;
  }
  let row = index / sizes.columns;
  let column = index % sizes.columns;
  let norm = normOf(row);

  var result = product(row, column, norm);
  if GATE != 0 {
    result = series(result, column);
    if GATED {
      result *= product(row, column + sizes.columns, norm);
    }
  }
  if ACTIVATION != 0 && column >= sizes.activationFrom {
    result = activate(ACTIVATION, result);
  }
  if WEIGHT2 != 0 {
    for (var k = 0u; k < sizes.K2; k++) {
      let value = optional(X2, row * sizes.stride2 + sizes.offset2 + k);
      result += value * element(WEIGHT2, STORAGE2, ZEROS2, sizes.columns, sizes.K2, sizes.block2, column, k);
    }
  }
  if RESIDUAL != 0 {
    result += sizes.residualScale * optional(RESIDUAL, index);
  }
  y[index] = result;

  if KEEP_NORMED {
    for (var k = column; k < sizes.K; k += sizes.columns) {
      normed[row * sizes.K + k] = input(row, k, norm);
    }
  }
}
