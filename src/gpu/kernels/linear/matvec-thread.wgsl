// y[M,N] = act(norm(x[M,K]) · weight[N,K]ᵀ + bias[N]) + x2[M,K2] · weight2[N,K2]ᵀ + residualScale · residual[M,N]
// or, with a gate, y[M,F] = S(z_f) · z_{F+f} of the first product z. K % 8 == 0; made for M = 1 (a token), right for any M.
//
// A thread owns four rows of the weight and walks along them, eight elements a step, so that one load of x and of the
// norm's gain serves four products: four neighbouring columns of y, or two columns of a gated FFN with the gate's and
// the up rows. There is no workgroup memory and no barrier. The factor of the norm is a property of the whole row of x,
// so RMSNorm gathers Σx² in the same walk and multiplies at the end; LayerNorm walks once more to find its mean first.
//
// Optional inputs stand behind four shared bindings, see naive.wgsl.

override WORKGROUP: u32 = 4;
override HALF: bool = false;
override HALF2: bool = false;
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
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4u>;
@group(0) @binding(3) var<storage, read> option1: array<u32>;
@group(0) @binding(4) var<storage, read> option2: array<u32>;
@group(0) @binding(5) var<storage, read> option3: array<u32>;
@group(0) @binding(6) var<storage, read> option4: array<u32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;
@group(0) @binding(8) var<storage, read_write> normed: array<vec4f>;

fn optionWord(binding: u32, i: u32) -> u32 {
  switch binding {
    case 1u: { return option1[i]; }
    case 2u: { return option2[i]; }
    case 3u: { return option3[i]; }
    case 4u: { return option4[i]; }
    default: { return 0u; }
  }
}

fn optional(binding: u32, i: u32) -> f32 {
  return bitcast<f32>(optionWord(binding, i));
}

fn optional4(binding: u32, i: u32) -> vec4f {
  return vec4f(optional(binding, i), optional(binding, i + 1), optional(binding, i + 2), optional(binding, i + 3));
}

fn weight2At(i: u32) -> f32 {
  if HALF2 {
    return unpack2x16float(optionWord(WEIGHT2, i / 2))[i % 2];
  }
  return optional(WEIGHT2, i);
}

// Eight neighbouring elements.
struct Eight {
  low: vec4f,
  high: vec4f,
}

// Elements 8i to 8i + 7 of the weight.
fn weights(i: u32) -> Eight {
  if HALF {
    let packed = weight[i];
    return Eight(
      vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y)),
      vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w)),
    );
  }
  return Eight(bitcast<vec4f>(weight[2 * i]), bitcast<vec4f>(weight[2 * i + 1]));
}

fn product(a: Eight, b: Eight) -> f32 {
  return dot(a.low, b.low) + dot(a.high, b.high);
}

fn sumOf(v: vec4f) -> f32 {
  return v.x + v.y + v.z + v.w;
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

// 1 / √(variance + ε) about `mean` (0 for RMSNorm).
fn factorOf(row: u32, mean: f32) -> f32 {
  var sum = vec4f();
  for (var k = 0u; k < sizes.K / 4; k++) {
    let centred = x[row * (sizes.K / 4) + k] - mean;
    sum += centred * centred;
  }
  return inverseSqrt(sumOf(sum) / f32(sizes.K) + sizes.epsilon);
}

// Elements 4k to 4k + 3 of the normed row.
fn input(row: u32, k: u32, mean: f32, factor: f32) -> vec4f {
  var value = x[row * (sizes.K / 4) + k];
  if NORM != 0 {
    value = (value - mean) * factor * optional4(GAIN, 4 * k);
    if SHIFT != 0 {
      value += optional4(SHIFT, 4 * k);
    }
  }
  return value;
}

// The four rows of the weight behind output `column`; beyond the end the last row is read again and not written.
fn weightRows(column: u32) -> vec4u {
  if GATED {
    let next = min(column + 1, sizes.columns - 1);
    return vec4u(column, next, sizes.columns + column, sizes.columns + next);
  }
  return min(column + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1));
}

fn write(row: u32, column: u32, value: f32) {
  if column >= sizes.columns {
    return;
  }
  var result = value;
  if ACTIVATION != 0 && column >= sizes.activationFrom {
    result = activate(ACTIVATION, result);
  }
  if WEIGHT2 != 0 {
    for (var k = 0u; k < sizes.K2; k++) {
      result += optional(X2, row * sizes.stride2 + sizes.offset2 + k) * weight2At(column * sizes.K2 + k);
    }
  }
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
  let columnsEach = select(4u, 2u, GATED);
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
  if NORM == 2 {
    mean = meanOf(row);
  }
  if NORM != 0 {
    factor = factorOf(row, mean);
  }

  let rows = weightRows(column) * (sizes.K / 8);
  var sums = vec4f();
  for (var k = 0u; k < sizes.K / 8; k++) {
    let value = Eight(input(row, 2 * k, mean, factor), input(row, 2 * k + 1, mean, factor));
    sums += vec4f(
      product(value, weights(rows.x + k)),
      product(value, weights(rows.y + k)),
      product(value, weights(rows.z + k)),
      product(value, weights(rows.w + k)),
    );
  }

  if BIAS != 0 {
    let biased = weightRows(column);
    sums += vec4f(
      optional(BIAS, biased.x), optional(BIAS, biased.y), optional(BIAS, biased.z), optional(BIAS, biased.w),
    );
  }

  if GATED {
    write(row, column, series(sums.x, column) * sums.z);
    write(row, column + 1, series(sums.y, column + 1) * sums.w);
  } else if GATE != 0 {
    write(row, column, series(sums.x, column));
    write(row, column + 1, series(sums.y, column + 1));
    write(row, column + 2, series(sums.z, column + 2));
    write(row, column + 3, series(sums.w, column + 3));
  } else {
    write(row, column, sums.x);
    write(row, column + 1, sums.y);
    write(row, column + 2, sums.z);
    write(row, column + 3, sums.w);
  }

  if KEEP_NORMED {
    for (var k = thread; k < sizes.K / 4; k += threads) {
      normed[row * (sizes.K / 4) + k] = input(row, k, mean, factor);
    }
  }
}
