// y[M,N] = act(norm(x[M,K]) · weight[N,K]ᵀ + bias[≤N]) + x2[M,K2] · weight2[N,K2]ᵀ + residualScale · residual[M,N]
// or, with a gate, y[M,F] = S(z_f) · z_{F+f} of the first product z. The weight is quantised, weight2 may be.
// K % 8 == 0, K2 % 8 == 0, F % 4 == 0; made for M = 1 (a token), right for any M.
//
// A thread owns two tiles of four columns: eight neighbouring columns of y, or four of a gated FFN with the gate's and the up
// rows. A vec4u holds the digits of four columns, so that x enters as a scalar and a tile's sums are one vector. Within a block
// Σ digit · x and Σ x grow apart: scale and zero point enter once a block, as scale · (Σ digit · x − zero · Σ x). There is no
// workgroup memory and no barrier. RMSNorm gathers Σx² in the same walk and multiplies at the end; LayerNorm walks once more.
//
// With INTEGER x takes the values that 8 bits have, and the products stay in f32: what packed dot products give, and faster
// where a device has no instruction for them.
//
// Tried on SwiftShader, on a busy machine, so only the ratios mean anything: a vec4u load costs two of a u32, wherever the lanes
// point; shifts in place of masks take a quarter longer, four columns a thread a third; sixteen gain little and compile longer.
//
// Optional inputs stand behind four shared bindings, see naive.wgsl. Those that are read in vectors (gain, shift, x2 and
// weight2) stand behind 3 and 4.

override WORKGROUP: u32 = 4;
// Bits of the quantised weight, 4 or 8; of weight2: 0 f32, 1 packed f16, else the bits of a quantised matrix.
override BITS: u32 = 4;
override STORAGE2: u32 = 0;
// Whether blocks have zero points of their own; else it is the middle, 8 or 128.
override ZEROS: bool = false;
override ZEROS2: bool = false;
// Rounds each 32 neighbouring elements of norm(x) to 8 bits.
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
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4u>;
@group(0) @binding(3) var<storage, read> option1: array<u32>;
@group(0) @binding(4) var<storage, read> option2: array<u32>;
@group(0) @binding(5) var<storage, read> option3: array<vec4u>;
@group(0) @binding(6) var<storage, read> option4: array<vec4u>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;
@group(0) @binding(8) var<storage, read_write> normed: array<vec4f>;

fn optional(binding: u32, i: u32) -> f32 {
  switch binding {
    case 1u: { return bitcast<f32>(option1[i]); }
    case 2u: { return bitcast<f32>(option2[i]); }
    case 3u: { return bitcast<f32>(option3[i / 4][i % 4]); }
    case 4u: { return bitcast<f32>(option4[i / 4][i % 4]); }
    default: { return 0.0; }
  }
}

// Four words of an input behind binding 3 or 4.
fn optionalWide(binding: u32, i: u32) -> vec4u {
  if binding == 3 {
    return option3[i];
  }
  return option4[i];
}

// Eight neighbouring elements.
struct Eight {
  low: vec4f,
  high: vec4f,
}

fn unpack(packed: vec4u) -> Eight {
  return Eight(
    vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y)),
    vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w)),
  );
}

// Sums of the eight columns of two tiles.
struct Pair {
  a: vec4f,
  b: vec4f,
}

fn sumOf(v: vec4f) -> f32 {
  return v.x + v.y + v.z + v.w;
}

// Four words of digits, one a column of the tile, are four elements of each: a matrix whose columns, by place in the byte,
// hold the digits times 1, 2⁸, 2¹⁶ and 1. It costs no shift but the last; `places` takes the factors away again.
const places = vec4f(1.0, 1.0 / 256.0, 1.0 / 65536.0, 1.0);

fn digits(bits: u32, words: vec4u) -> mat4x4f {
  let mask = (1u << bits) - 1;
  return mat4x4f(
    vec4f(bitcast<vec4i>(words & vec4u(mask))),
    vec4f(bitcast<vec4i>(words & vec4u(mask << 8))),
    vec4f(bitcast<vec4i>(words & vec4u(mask << 16))),
    vec4f(bitcast<vec4i>((words >> vec4u(24)) & vec4u(mask))),
  );
}

// Σ digit · value over elements 8k to 8k + 7 of the four columns of a tile, `at` its first words. Values come times `places`.
fn digitProducts(at: u32, k: u32, value: Eight) -> vec4f {
  if BITS == 4 {
    let words = weight[at + k];
    return digits(4, words) * value.low + digits(4, words >> vec4u(4)) * value.high;
  }
  return digits(8, weight[at + 2 * k]) * value.low + digits(8, weight[at + 2 * k + 1]) * value.high;
}

fn digitProducts2(at: u32, k: u32, value: Eight) -> vec4f {
  if STORAGE2 == 4 {
    let words = optionalWide(WEIGHT2, at + k);
    return digits(4, words) * value.low + digits(4, words >> vec4u(4)) * value.high;
  }
  let low = optionalWide(WEIGHT2, at + 2 * k);
  let high = optionalWide(WEIGHT2, at + 2 * k + 1);
  return digits(8, low) * value.low + digits(8, high) * value.high;
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
  return bitcast<vec4f>(optionalWide(WEIGHT2, tiles * (sizes.K2 / 8) * (STORAGE2 / 4) + i));
}

fn zerosAt2(i: u32) -> vec4f {
  if !ZEROS2 {
    return vec4f(select(8.0, 128.0, STORAGE2 == 8));
  }
  let tiles = (sizes.columns + 3) / 4;
  let blocks = (sizes.K2 + sizes.block2 - 1) / sizes.block2;
  let word = optionalWide(WEIGHT2, tiles * ((sizes.K2 / 8) * (STORAGE2 / 4) + blocks) + i / 4)[i % 4];
  return vec4f((vec4u(word) >> vec4u(0, 8, 16, 24)) & vec4u(255));
}

// Elements 8k to 8k + 7 of the part of x2 that is used.
fn inputs2(row: u32, k: u32) -> Eight {
  let i = (row * sizes.stride2 + sizes.offset2) / 4 + 2 * k;
  return Eight(bitcast<vec4f>(optionalWide(X2, i)), bitcast<vec4f>(optionalWide(X2, i + 1)));
}

// Elements 8i to 8i + 7 of a weight2 that is not quantised.
fn weights2(i: u32) -> Eight {
  if STORAGE2 == 1 {
    return unpack(optionalWide(WEIGHT2, i));
  }
  return Eight(bitcast<vec4f>(optionalWide(WEIGHT2, 2 * i)), bitcast<vec4f>(optionalWide(WEIGHT2, 2 * i + 1)));
}

// value · weight2ᵀ over eight elements, for the four columns of a tile.
fn products2(tile: u32, k: u32, value: Eight) -> vec4f {
  let i = min(tile * 4 + vec4u(0, 1, 2, 3), vec4u(sizes.columns - 1)) * (sizes.K2 / 8) + k;
  let a = weights2(i.x);
  let b = weights2(i.y);
  let c = weights2(i.z);
  let d = weights2(i.w);
  return value.low * mat4x4f(a.low, b.low, c.low, d.low) + value.high * mat4x4f(a.high, b.high, c.high, d.high);
}

// x2 · weight2ᵀ.
fn secondProducts(row: u32, tiles: vec2u) -> Pair {
  var sums = Pair();
  let steps = sizes.K2 / 8;
  if STORAGE2 < 4 {
    for (var k = 0u; k < steps; k += 1) {
      let value = inputs2(row, k);
      sums.a += products2(tiles.x, k, value);
      sums.b += products2(tiles.y, k, value);
    }
    return sums;
  }
  let blocks = (sizes.K2 + sizes.block2 - 1) / sizes.block2;
  for (var k = 0u; k < steps; k += 1) {
    let value = inputs2(row, k);
    let total = sumOf(value.low + value.high);
    let spread = Eight(value.low * places, value.high * places);
    let at = tiles * blocks + 8 * k / sizes.block2;
    let starts = tiles * steps * (STORAGE2 / 4);
    sums.a += scalesAt2(at.x) * (digitProducts2(starts.x, k, spread) - zerosAt2(at.x) * total);
    sums.b += scalesAt2(at.y) * (digitProducts2(starts.y, k, spread) - zerosAt2(at.y) * total);
  }
  return sums;
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

fn meanOf(row: u32) -> f32 {
  var sum = vec4f();
  for (var k = 0u; k < sizes.K / 4; k++) {
    sum += x[row * (sizes.K / 4) + k];
  }
  return sumOf(sum) / f32(sizes.K);
}

// 1 / √(variance + ε).
fn factorOf(squares: f32) -> f32 {
  return inverseSqrt(squares / f32(sizes.K) + sizes.epsilon);
}

// Sum of squares about the mean.
fn squaresOf(row: u32, mean: f32) -> f32 {
  var sum = vec4f();
  for (var k = 0u; k < sizes.K / 4; k++) {
    let centred = x[row * (sizes.K / 4) + k] - mean;
    sum += centred * centred;
  }
  return sumOf(sum);
}

// Elements 4k to 4k + 3 of the normed row, given what is subtracted from x and what multiplies it.
fn normedInput(value: vec4f, k: u32, mean: f32, factor: f32) -> vec4f {
  var result = value;
  if NORM != 0 {
    result = (result - mean) * factor * bitcast<vec4f>(optionalWide(GAIN, k));
    if SHIFT != 0 {
      result += bitcast<vec4f>(optionalWide(SHIFT, k));
    }
  }
  return result;
}

// How many steps of 8 bits make one, for elements 8k to 8k + 31 of the normed row.
fn levelsOf(row: u32, k: u32, mean: f32, factor: f32) -> f32 {
  var largest = vec4f();
  for (var i = 2 * k; i < min(2 * k + 8, sizes.K / 4); i++) {
    largest = max(largest, abs(normedInput(x[row * (sizes.K / 4) + i], i, mean, factor)));
  }
  return 127.0 / max(max(max(largest.x, largest.y), max(largest.z, largest.w)), 1e-30);
}

// The two tiles behind the outputs from `column` on; beyond the end the last one is read again and not written.
fn tilesFrom(column: u32) -> vec2u {
  if GATED {
    return vec2u(column, sizes.columns + column) / 4;
  }
  return min(vec2u(column / 4, column / 4 + 1), vec2u((sizes.N + 3) / 4 - 1));
}

fn biasOf(tile: u32) -> vec4f {
  let n = tile * 4 + vec4u(0, 1, 2, 3);
  let bias = vec4f(optional(BIAS, n.x), optional(BIAS, n.y), optional(BIAS, n.z), optional(BIAS, n.w));
  return select(vec4f(), bias, n < vec4u(sizes.biasRows));
}

// What follows the products, for one output. `first` is its own product, `up` that of a gated FFN's up row, `second`
// that of x2 and weight2.
fn write(row: u32, column: u32, first: f32, up: f32, second: f32) {
  if column >= sizes.columns {
    return;
  }
  var result = first;
  if GATE != 0 {
    result = series(result, column);
  }
  if GATED {
    result *= up;
  }
  if ACTIVATION != 0 && column >= sizes.activationFrom {
    result = activate(ACTIVATION, result);
  }
  result += second;
  if RESIDUAL != 0 {
    result += sizes.residualScale * optional(RESIDUAL, row * sizes.columns + column);
  }
  y[row * sizes.columns + column] = result;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let columnsEach = select(8u, 4u, GATED);
  let threads = (sizes.columns + columnsEach - 1) / columnsEach;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + lane;
  if index >= sizes.M * threads {
    return;
  }
  let row = index / threads;
  let thread = index % threads;
  let column = thread * columnsEach;

  var mean = 0.0;
  var factor = 1.0;
  var squares = 0.0;
  if NORM == 2 {
    mean = meanOf(row);
    factor = factorOf(squaresOf(row, mean));
  }

  let start = row * (sizes.K / 4);
  let steps = sizes.K / 8;
  let stepsEach = sizes.block / 8;
  let blocks = (steps + stepsEach - 1) / stepsEach;
  let tiles = tilesFrom(column);
  let starts = tiles * steps * (BITS / 4);
  var levels = 1.0;
  var sums = Pair();
  for (var block = 0u; block < blocks; block++) {
    var products = Pair();
    var total = vec4f();
    for (var k = block * stepsEach; k < min((block + 1) * stepsEach, steps); k++) {
      let low = x[start + 2 * k];
      let high = x[start + 2 * k + 1];
      if NORM == 1 {
        squares += dot(low, low) + dot(high, high);
      }
      var value = Eight(normedInput(low, 2 * k, mean, factor), normedInput(high, 2 * k + 1, mean, factor));
      if INTEGER {
        if k % 4 == 0 {
          levels = levelsOf(row, k, mean, factor);
        }
        value = Eight(round(value.low * levels) / levels, round(value.high * levels) / levels);
      }
      total += value.low + value.high;
      let spread = Eight(value.low * places, value.high * places);
      products.a += digitProducts(starts.x, k, spread);
      products.b += digitProducts(starts.y, k, spread);
    }
    let at = tiles * blocks + block;
    sums.a += scalesAt(at.x) * (products.a - zerosAt(at.x) * sumOf(total));
    sums.b += scalesAt(at.y) * (products.b - zerosAt(at.y) * sumOf(total));
  }

  if NORM == 1 {
    factor = factorOf(squares);
    sums = Pair(sums.a * factor, sums.b * factor);
  }
  if BIAS != 0 {
    sums = Pair(sums.a + biasOf(tiles.x), sums.b + biasOf(tiles.y));
  }
  var seconds = Pair();
  if WEIGHT2 != 0 {
    seconds = secondProducts(row, tiles);
  }

  for (var i = 0u; i < 4; i++) {
    write(row, column + i, sums.a[i], sums.b[i], seconds.a[i]);
    if !GATED {
      write(row, column + 4 + i, sums.b[i], 0.0, seconds.b[i]);
    }
  }

  if KEEP_NORMED {
    for (var k = thread; k < sizes.K / 4; k += threads) {
      normed[start + k] = normedInput(x[start + k], k, mean, factor);
    }
  }
}
