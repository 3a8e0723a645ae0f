// y[M,N] = act(x[M,K] · weight[N,K]ᵀ + bias[≤N]), or y = x · weightᵀ + bias + x2[M,K2] · weight2[N,K2]ᵀ,
// plus residualScale · residual[M,N]. The weight is quantised, weight2 may be. N % 4 == 0, K % 8 == 0 and K2 % 8 == 0; M is any.
//
// Four lanes own a tile of 16 rows and 16 columns. A lane loads four rows of x and dequantises four rows of the weight, four
// elements of each a step, and takes the rows of x of the other three lanes by quad swaps, as ../matmul-quad takes those of the
// weight: dequantised once, a weight serves 16 products. What comes out of a vec4u of digits is a block of four columns, and a
// block times a row of x is a vector of y.
//
// With INTEGER x takes the values that 8 bits have, and the products stay in f32: what packed dot products give, and faster
// where a device has no instruction for them.

enable subgroups;

// Bits of the quantised weight, 4 or 8; of weight2: 0 f32, 1 packed f16, else the bits of a quantised matrix.
override BITS: u32 = 4;
override STORAGE2: u32 = 0;
// Whether blocks have zero points of their own; else it is the middle, 8 or 128.
override ZEROS: bool = false;
override ZEROS2: bool = false;
// Rounds each 32 neighbouring elements of x to 8 bits.
override INTEGER: bool = false;
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
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

// The rows of lane ^ d at the columns of this lane are at 4d.
var<private> sums: array<vec4f, 16>;

fn grow(block: mat4x4f, rows: mat4x4f) {
  let beside = mat4x4f(quadSwapX(rows[0]), quadSwapX(rows[1]), quadSwapX(rows[2]), quadSwapX(rows[3]));
  let below = mat4x4f(quadSwapY(rows[0]), quadSwapY(rows[1]), quadSwapY(rows[2]), quadSwapY(rows[3]));
  let across = mat4x4f(
    quadSwapDiagonal(rows[0]), quadSwapDiagonal(rows[1]), quadSwapDiagonal(rows[2]), quadSwapDiagonal(rows[3]),
  );
  sums[0] += block * rows[0];
  sums[1] += block * rows[1];
  sums[2] += block * rows[2];
  sums[3] += block * rows[3];
  sums[4] += block * beside[0];
  sums[5] += block * beside[1];
  sums[6] += block * beside[2];
  sums[7] += block * beside[3];
  sums[8] += block * below[0];
  sums[9] += block * below[1];
  sums[10] += block * below[2];
  sums[11] += block * below[3];
  sums[12] += block * across[0];
  sums[13] += block * across[1];
  sums[14] += block * across[2];
  sums[15] += block * across[3];
}

// Four rows of x from `row` on, elements 4k to 4k + 3; rows beyond the end are the last one again.
fn inputs(row: u32, k: u32) -> mat4x4f {
  let i = min(row + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1)) * (sizes.K / 4) + k;
  return mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]);
}

// How many steps of 8 bits make one, for elements 4k to 4k + 31 of four rows of x.
fn levelsOf(row: u32, k: u32) -> vec4f {
  var largest = vec4f();
  for (var i = k; i < min(k + 8, sizes.K / 4); i++) {
    let rows = inputs(row, i);
    let columns = transpose(mat4x4f(abs(rows[0]), abs(rows[1]), abs(rows[2]), abs(rows[3])));
    largest = max(largest, max(max(columns[0], columns[1]), max(columns[2], columns[3])));
  }
  return vec4f(127.0) / max(largest, vec4f(1e-30));
}

fn rounded(rows: mat4x4f, levels: vec4f) -> mat4x4f {
  return mat4x4f(
    round(rows[0] * levels.x) / levels.x, round(rows[1] * levels.y) / levels.y,
    round(rows[2] * levels.z) / levels.z, round(rows[3] * levels.w) / levels.w,
  );
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

// Four columns of y from `column` on.
fn write(row: u32, column: u32, value: vec4f) {
  if row >= sizes.M || column >= sizes.N {
    return;
  }
  let n = column + vec4u(0, 1, 2, 3);
  var result = value;
  if BIAS && column < sizes.biasRows {
    result += select(vec4f(), vec4f(bias[n.x], bias[n.y], bias[n.z], bias[n.w]), n < vec4u(sizes.biasRows));
  }
  if ACTIVATION != 0 {
    let activated = vec4f(activate(result.x), activate(result.y), activate(result.z), activate(result.w));
    result = select(result, activated, n >= vec4u(sizes.activationFrom));
  }
  let index = (row * sizes.N + column) / 4;
  if RESIDUAL {
    result += sizes.residualScale * residual[index];
  }
  y[index] = result;
}

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) invocation: u32) {
  let lane = invocation & 3;
  let row = workgroup.y * 16 + lane * 4;
  let column = workgroup.x * 16 + lane * 4;
  // Beyond the end the last tile is read again and not written.
  let tile = min(column / 4, sizes.N / 4 - 1);

  let blocks = (sizes.K + sizes.block - 1) / sizes.block;
  var levels = vec4f(1.0);
  for (var b = 0u; b < blocks; b++) {
    let scale = scalesAt(tile * blocks + b);
    let zero = zerosAt(tile * blocks + b);
    for (var k = b * sizes.block / 4; k < min((b + 1) * sizes.block, sizes.K) / 4; k++) {
      var rows = inputs(row, k);
      if INTEGER {
        if k % 8 == 0 {
          levels = levelsOf(row, k);
        }
        rows = rounded(rows, levels);
      }
      grow(blockAt(tile, k, scale, zero), rows);
    }
  }
  if SECOND {
    for (var k = 0u; k < sizes.K2 / 4; k++) {
      grow(blockAt2(tile, k), inputs2(row, k));
    }
  }

  // A loop keeps the code of what follows the product short.
  for (var i = 0u; i < 16; i++) {
    write(workgroup.y * 16 + (lane ^ (i / 4)) * 4 + i % 4, column, sums[i]);
  }
}
