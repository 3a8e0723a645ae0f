// y[M,N] = act(x[M,K] · weight[N,K]ᵀ + bias[≤N]), or y = x · weightᵀ + bias + x2[M,K2] · weight2[N,K2]ᵀ,
// plus residualScale · residual[M,N]. The weight is quantised, weight2 may be, with x in 8 bits. K % 8 == 0
// and K2 % 8 == 0; M and N are any.
//
// Each 32 neighbouring elements of x are rounded to 8 bits with a scale of their own, and packed dot products take four elements
// at once; sums over 32 are exact integers. A thread owns a tile of 4 rows and 8 columns of y and rounds its rows itself.
// It reads a block of x twice, for its largest element and to round it: an array in between would be read with an index, which
// software adapters do a lane at a time. There is no workgroup memory and no barrier. The second product keeps x2 in f32.
//
// On SwiftShader, which has no such instruction, matmul-quad with INTEGER is faster.

requires packed_4x8_integer_dot_product;

override WORKGROUP: u32 = 4;
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

// Row r at the columns of tile t is at 4t + r: sums, and those of one block of 32.
var<private> sums: array<vec4f, 8>;
var<private> products: array<vec4i, 8>;

// Four rows of x from `row` on, elements 4k to 4k + 3; rows beyond the end are the last one again.
fn inputs(row: u32, k: u32) -> mat4x4f {
  let i = min(row + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1)) * (sizes.K / 4) + k;
  return mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]);
}

// Largest of the elements of each of four rows.
fn largestOf(rows: mat4x4f) -> vec4f {
  let columns = transpose(mat4x4f(abs(rows[0]), abs(rows[1]), abs(rows[2]), abs(rows[3])));
  return max(max(columns[0], columns[1]), max(columns[2], columns[3]));
}

// Four rows of four integers, a word a row.
fn rounded(rows: mat4x4f, levels: vec4f) -> vec4u {
  return vec4u(
    pack4xI8(vec4i(round(rows[0] * levels.x))), pack4xI8(vec4i(round(rows[1] * levels.y))),
    pack4xI8(vec4i(round(rows[2] * levels.z))), pack4xI8(vec4i(round(rows[3] * levels.w))),
  );
}

// Σ digit · integer over four elements of four columns. Digits of 8 bits are read as signed, 128 less than they are.
fn dots(words: vec4u, integers: u32) -> vec4i {
  return vec4i(
    dot4I8Packed(words.x, integers), dot4I8Packed(words.y, integers),
    dot4I8Packed(words.z, integers), dot4I8Packed(words.w, integers),
  );
}

// Elements 8k to 8k + 7 of the four columns of a tile, a byte each, as `dots` reads them; `at` is the first word of the tile.
struct Bytes {
  low: vec4u,
  high: vec4u,
}

fn digitsAt(at: u32, k: u32) -> Bytes {
  if BITS == 4 {
    let words = weight[at + k];
    return Bytes(words & vec4u(0x0f0f0f0f), (words >> vec4u(4)) & vec4u(0x0f0f0f0f));
  }
  return Bytes(weight[at + 2 * k] ^ vec4u(0x80808080), weight[at + 2 * k + 1] ^ vec4u(0x80808080));
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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = workgroup.y * 4;
  let column = (workgroup.x * WORKGROUP + lane) * 8;
  if column >= sizes.N {
    return;
  }

  // Beyond the end the last tile is read again and not written.
  let tiles = min(vec2u(column / 4, column / 4 + 1), vec2u((sizes.N + 3) / 4 - 1));
  let steps = sizes.K / 8;
  let starts = tiles * steps * (BITS / 4);
  let blocks = (sizes.K + sizes.block - 1) / sizes.block;
  for (var first = 0u; first < steps; first += 4) {
    let end = min(first + 4, steps);
    var largest = vec4f();
    for (var k = 2 * first; k < 2 * end; k++) {
      largest = max(largest, largestOf(inputs(row, k)));
    }
    let levels = vec4f(127.0) / max(largest, vec4f(1e-30));
    let scales = largest / 127.0;

    var total = vec4i();
    for (var i = 0u; i < 8; i++) {
      products[i] = vec4i();
    }
    for (var k = first; k < end; k++) {
      let low = rounded(inputs(row, 2 * k), levels);
      let high = rounded(inputs(row, 2 * k + 1), levels);
      total += dots(low, 0x01010101) + dots(high, 0x01010101);
      let a = digitsAt(starts.x, k);
      let b = digitsAt(starts.y, k);
      products[0] += dots(a.low, low.x) + dots(a.high, high.x);
      products[1] += dots(a.low, low.y) + dots(a.high, high.y);
      products[2] += dots(a.low, low.z) + dots(a.high, high.z);
      products[3] += dots(a.low, low.w) + dots(a.high, high.w);
      products[4] += dots(b.low, low.x) + dots(b.high, high.x);
      products[5] += dots(b.low, low.y) + dots(b.high, high.y);
      products[6] += dots(b.low, low.z) + dots(b.high, high.z);
      products[7] += dots(b.low, low.w) + dots(b.high, high.w);
    }
    for (var t = 0u; t < 2; t++) {
      let at = tiles[t] * blocks + 8 * first / sizes.block;
      let scale = scalesAt(at);
      let zero = zerosAt(at);
      for (var r = 0u; r < 4; r++) {
        sums[4 * t + r] += scales[r] * scale * vec4f(products[4 * t + r] - zero * total[r]);
      }
    }
  }
  if SECOND {
    for (var k = 0u; k < sizes.K2 / 4; k++) {
      let rows = inputs2(row, k);
      for (var i = 0u; i < 8; i++) {
        sums[i] += blockAt2(tiles[i / 4], k) * rows[i % 4];
      }
    }
  }

  for (var i = 0u; i < 32; i++) {
    write(row + i / 4 % 4, column + i / 16 * 4 + i % 4, sums[i / 4][i % 4]);
  }
}
