// y[M,N] = act(x[M,K] · weight[N,K]ᵀ + bias[≤N]), or y = x · weightᵀ + bias + x2[M,K2] · weight2[N,K2]ᵀ,
// plus residualScale · residual[M,N]. K % 4 == 0 and K2 % 4 == 0; M and N are any.
//
// A thread owns a tile of 16 rows and 8 columns of y and keeps it in 4 × 4 matrices, so that 24 loaded elements serve 128
// products: on a software adapter a loaded scalar costs as much as three multiply-adds, and a barrier far more, so there
// is no workgroup memory. (16 columns run 15 % faster and take twice as long to compile.) One step takes four columns of
// x and of the weight; a 4 × 4 block of y then grows by a product of matrices. Rows and columns beyond the end read the
// last one again and are not written.

override WORKGROUP: u32 = 4;
override HALF: bool = false;
override HALF2: bool = false;
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
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec2u>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read> weight2: array<vec2u>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

// Sixteen rows of x, or of four columns of y: a matrix holds four rows, one a column of the matrix.
struct Strip {
  a: mat4x4f,
  b: mat4x4f,
  c: mat4x4f,
  d: mat4x4f,
}

fn multiplyAdd(sum: Strip, block: mat4x4f, rows: Strip) -> Strip {
  return Strip(sum.a + block * rows.a, sum.b + block * rows.b, sum.c + block * rows.c, sum.d + block * rows.d);
}

fn inputs(row: u32, k: u32) -> mat4x4f {
  let i = min(vec4u(row, row + 1, row + 2, row + 3), vec4u(sizes.M - 1)) * (sizes.K / 4) + k;
  return mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]);
}

fn inputs2(row: u32, k: u32) -> mat4x4f {
  let i = (min(vec4u(row, row + 1, row + 2, row + 3), vec4u(sizes.M - 1)) * sizes.stride2 + sizes.offset2) / 4 + k;
  return mat4x4f(x2[i.x], x2[i.y], x2[i.z], x2[i.w]);
}

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

// Four rows of the weight from `column` on, elements 4k to 4k + 3, transposed: times four rows of x a block of y.
fn block(column: u32, k: u32) -> mat4x4f {
  let i = min(vec4u(column, column + 1, column + 2, column + 3), vec4u(sizes.N - 1)) * (sizes.K / 4) + k;
  return transpose(mat4x4f(weightAt(i.x), weightAt(i.y), weightAt(i.z), weightAt(i.w)));
}

fn block2(column: u32, k: u32) -> mat4x4f {
  let i = min(vec4u(column, column + 1, column + 2, column + 3), vec4u(sizes.N - 1)) * (sizes.K2 / 4) + k;
  return transpose(mat4x4f(weight2At(i.x), weight2At(i.y), weight2At(i.z), weight2At(i.w)));
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
  let row = workgroup.y * 16;
  let column = (workgroup.x * WORKGROUP + lane) * 8;
  if column >= sizes.N {
    return;
  }

  var first = Strip();
  var second = Strip();
  for (var k = 0u; k < sizes.K / 4; k++) {
    let rows = Strip(inputs(row, k), inputs(row + 4, k), inputs(row + 8, k), inputs(row + 12, k));
    first = multiplyAdd(first, block(column, k), rows);
    second = multiplyAdd(second, block(column + 4, k), rows);
  }
  if SECOND {
    for (var k = 0u; k < sizes.K2 / 4; k++) {
      let rows = Strip(inputs2(row, k), inputs2(row + 4, k), inputs2(row + 8, k), inputs2(row + 12, k));
      first = multiplyAdd(first, block2(column, k), rows);
      second = multiplyAdd(second, block2(column + 4, k), rows);
        }
  }

  // A loop keeps the code of what follows the product short: unrolled, it would be compiled 128 times.
  var tile = array<mat4x4f, 8>(
    first.a, first.b, first.c, first.d, second.a, second.b, second.c, second.d,
  );
  for (var i = 0u; i < 32; i++) {
    let values = tile[i / 4][i % 4];
    let to = vec2u(row + i % 16, column + i / 16 * 4);
    write(to.x, to.y, values.x);
    write(to.x, to.y + 1, values.y);
    write(to.x, to.y + 2, values.z);
    write(to.x, to.y + 3, values.w);
  }
}
