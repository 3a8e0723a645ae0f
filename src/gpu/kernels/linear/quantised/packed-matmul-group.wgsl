// y[M,N] = act(x[M,K] · weight[N,K]ᵀ + bias[≤N]), or y = x · weightᵀ + bias + x2[M,K2] · weight2[N,K2]ᵀ,
// plus residualScale · residual[M,N]. The weight is quantised, weight2 may be, with x in 8 bits. K % 8 == 0
// and K2 % 8 == 0; M and N are any.
//
// Each 32 neighbouring elements of x are rounded to 8 bits with a scale of their own, and packed dot products take four elements
// at once; sums over 32 are exact integers. A workgroup owns a TILE × TILE tile of y. It walks along K in
// steps of 32: its threads round a slice of x and spread a slice of the digits over bytes in workgroup memory, zero beyond the
// ends, and each then grows its own 4 × 4 block of y from there. The second product keeps x2 in f32 and reads it where it lies.

requires packed_4x8_integer_dot_product;

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

// Slices: four elements a word, word i of row r at i · TILE + r; and what a row has once.
var<workgroup> inputWords: array<u32, 8 * TILE>;
var<workgroup> inputScales: array<f32, TILE>;
var<workgroup> inputTotals: array<i32, TILE>;
var<workgroup> weightWords: array<u32, 8 * TILE>;
var<workgroup> weightScales: array<f32, TILE>;
var<workgroup> weightZeros: array<i32, TILE>;

// Elements 32b to 32b + 31 of a row of x in 8 bits: value = scale · integer. Words hold four neighbouring elements each.
struct Integers {
  words: array<u32, 8>,
  // Sum of the 32 integers.
  total: i32,
  scale: f32,
}

fn integersOf(values: array<vec4f, 8>) -> Integers {
  var largest = vec4f();
  for (var i = 0u; i < 8; i++) {
    largest = max(largest, abs(values[i]));
  }
  let most = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let factor = 127.0 / max(most, 1e-30);
  var result = Integers();
  result.scale = most / 127.0;
  for (var i = 0u; i < 8; i++) {
    result.words[i] = pack4xI8(vec4i(round(values[i] * factor)));
    result.total += dot4I8Packed(result.words[i], 0x01010101u);
  }
  return result;
}

// Elements 32b to 32b + 31 of a row of x, zeros beyond its end.
fn valuesAt(row: u32, b: u32) -> array<vec4f, 8> {
  let start = min(row, sizes.M - 1) * (sizes.K / 4);
  var values = array<vec4f, 8>();
  for (var i = 0u; i < min(8, sizes.K / 4 - 8 * b); i++) {
    values[i] = x[start + 8 * b + i];
  }
  return values;
}

fn inputs2(row: u32, k: u32) -> mat4x4f {
  let i = (min(row + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1)) * sizes.stride2 + sizes.offset2) / 4 + k;
  return mat4x4f(x2[i.x], x2[i.y], x2[i.z], x2[i.w]);
}

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

// Words with elements 4k to 4k + 3 of a tile of weight2 in their bytes, in the low halves where there are 4 bits.
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

// Of digits as `dots` reads them.
fn zerosAt(i: u32) -> vec4i {
  if !ZEROS {
    return vec4i(select(8, 0, BITS == 8));
  }
  let tiles = (sizes.N + 3) / 4;
  let blocks = (sizes.K + sizes.block - 1) / sizes.block;
  let word = weight[tiles * ((sizes.K / 8) * (BITS / 4) + blocks) + i / 4][i % 4];
  return vec4i((vec4u(word) >> vec4u(0, 8, 16, 24)) & vec4u(255)) - select(0, 128, BITS == 8);
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

fn loadInput(row: u32, r: u32, b: u32) {
  let integers = integersOf(valuesAt(row + r, b));
  for (var i = 0u; i < 8; i++) {
    inputWords[i * TILE + r] = integers.words[i];
  }
  inputScales[r] = integers.scale;
  inputTotals[r] = integers.total;
}

// Columns beyond the end repeat the last tile and are not written; elements beyond K meet zeros of x.
fn loadWeight(column: u32, r: u32, b: u32) {
  let tile = min((column + r) / 4, (sizes.N + 3) / 4 - 1);
  let steps = sizes.K / 8;
  let at = tile * steps * (BITS / 4);
  for (var i = 0u; i < 4; i++) {
    let k = min(4 * b + i, steps - 1);
    var words = vec2u();
    if BITS == 4 {
      let word = weight[at + k][r % 4];
      words = vec2u(word, word >> 4) & vec2u(0x0f0f0f0f);
    } else {
      words = vec2u(weight[at + 2 * k][r % 4], weight[at + 2 * k + 1][r % 4]) ^ vec2u(0x80808080);
    }
    weightWords[2 * i * TILE + r] = words.x;
    weightWords[(2 * i + 1) * TILE + r] = words.y;
  }
  let block = tile * ((sizes.K + sizes.block - 1) / sizes.block) + 32 * b / sizes.block;
  weightScales[r] = scalesAt(block)[r % 4];
  weightZeros[r] = zerosAt(block)[r % 4];
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
  let first = vec2u(local.y * 4, local.x * 4);

  // A column of the matrix is a row of y.
  var sums = mat4x4f();
  for (var b = 0u; b < (sizes.K + 31) / 32; b++) {
    for (var i = thread; i < 2 * TILE; i += THREADS) {
      if i < TILE {
        loadInput(row, i, b);
      } else {
        loadWeight(column, i - TILE, b);
      }
    }
    workgroupBarrier();
    var products = array<vec4i, 4>();
    for (var i = 0u; i < 8; i++) {
      let w = i * TILE + first.y;
      for (var r = 0u; r < 4; r++) {
        let integers = inputWords[i * TILE + first.x + r];
        products[r] += vec4i(
          dot4I8Packed(weightWords[w], integers), dot4I8Packed(weightWords[w + 1], integers),
          dot4I8Packed(weightWords[w + 2], integers), dot4I8Packed(weightWords[w + 3], integers),
        );
      }
    }
    let n = first.y;
    let scale = vec4f(weightScales[n], weightScales[n + 1], weightScales[n + 2], weightScales[n + 3]);
    let zero = vec4i(weightZeros[n], weightZeros[n + 1], weightZeros[n + 2], weightZeros[n + 3]);
    for (var r = 0u; r < 4; r++) {
      let i = first.x + r;
      sums[r] += inputScales[i] * scale * vec4f(products[r] - zero * inputTotals[i]);
    }
    workgroupBarrier();
  }
  if SECOND {
    let tile = min((column + first.y) / 4, (sizes.N + 3) / 4 - 1);
    for (var k = 0u; k < sizes.K2 / 4; k++) {
      sums += blockAt2(tile, k) * inputs2(row + first.x, k);
    }
  }

  for (var i = 0u; i < 16; i++) {
    write(row + first.x + i / 4, column + first.y + i % 4, sums[i / 4][i % 4]);
  }
}
