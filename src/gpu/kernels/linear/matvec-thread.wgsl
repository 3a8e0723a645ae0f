// y[M,N] = act(norm(x[M,K]) · weight[N,K]ᵀ + bias[≤N]) + x2[M,K2] · weight2[N,K2]ᵀ + residualScale · residual[M,N]
// or, with a gate, y[M,F] = S(z_f) · z_{F+f} of the first product z. K % 8 == 0; made for M = 1 (a token), right for any M.
//
// A thread owns four rows of the weight and walks along them, eight elements a step, so that one load of x and of the
// norm's gain serves four products: four neighbouring columns of y, or two columns of a gated FFN with the gate's and
// the up rows. There is no workgroup memory and no barrier. The factor of the norm is a property of the whole row of x,
// so RMSNorm gathers Σx² in the same walk and multiplies at the end; LayerNorm walks once more to find its mean first.
//
// Optional inputs stand behind four shared bindings, see naive.wgsl. Those that are read in vectors (gain, shift, x2 and
// weight2) stand behind 3 and 4. With a second product K2 % 8 == 0.

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
  // Rows of the weight that have a bias.
  biasRows: u32,
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

// Elements 8i to 8i + 7 of the weight.
fn weights(i: u32) -> Eight {
  if HALF {
    return unpack(weight[i]);
  }
  return Eight(bitcast<vec4f>(weight[2 * i]), bitcast<vec4f>(weight[2 * i + 1]));
}

fn weights2(i: u32) -> Eight {
  if HALF2 {
    return unpack(optionalWide(WEIGHT2, i));
  }
  return Eight(
    bitcast<vec4f>(optionalWide(WEIGHT2, 2 * i)),
    bitcast<vec4f>(optionalWide(WEIGHT2, 2 * i + 1)),
  );
}

// Elements 8k to 8k + 7 of the part of x2 that is used.
fn inputs2(row: u32, k: u32) -> Eight {
  let i = (row * sizes.stride2 + sizes.offset2) / 4 + 2 * k;
  return Eight(bitcast<vec4f>(optionalWide(X2, i)), bitcast<vec4f>(optionalWide(X2, i + 1)));
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

// The four rows of the weight behind output `column`; beyond the end the last row is read again and not written.
fn weightRows(column: u32) -> vec4u {
  if GATED {
    let next = min(column + 1, sizes.columns - 1);
    return vec4u(column, next, sizes.columns + column, sizes.columns + next);
  }
  return min(column + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1));
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
  var squares = 0.0;
  if NORM == 2 {
    mean = meanOf(row);
    factor = factorOf(squaresOf(row, mean));
  }

  let start = row * (sizes.K / 4);
  let rows = weightRows(column);
  let starts = rows * (sizes.K / 8);
  var sums = vec4f();
  for (var k = 0u; k < sizes.K / 8; k++) {
    let low = x[start + 2 * k];
    let high = x[start + 2 * k + 1];
    if NORM == 1 {
      squares += dot(low, low) + dot(high, high);
    }
    let value = Eight(normedInput(low, 2 * k, mean, factor), normedInput(high, 2 * k + 1, mean, factor));
    sums += vec4f(
      product(value, weights(starts.x + k)),
      product(value, weights(starts.y + k)),
      product(value, weights(starts.z + k)),
      product(value, weights(starts.w + k)),
    );
  }

  if NORM == 1 {
    factor = factorOf(squares);
    sums *= factor;
  }

  if BIAS != 0 {
    let bias = vec4f(optional(BIAS, rows.x), optional(BIAS, rows.y), optional(BIAS, rows.z), optional(BIAS, rows.w));
    sums += select(vec4f(), bias, rows < vec4u(sizes.biasRows));
  }

  var seconds = vec4f();
  if WEIGHT2 != 0 {
    let starts2 = rows * (sizes.K2 / 8);
    for (var k = 0u; k < sizes.K2 / 8; k++) {
      let value = inputs2(row, k);
      seconds += vec4f(
        product(value, weights2(starts2.x + k)),
        product(value, weights2(starts2.y + k)),
        product(value, weights2(starts2.z + k)),
        product(value, weights2(starts2.w + k)),
      );
    }
  }

  for (var i = 0u; i < columnsEach; i++) {
    write(row, column + i, sums[i], sums[(i + 2) % 4], seconds[i]);
  }

  if KEEP_NORMED {
    for (var k = thread; k < sizes.K / 4; k += threads) {
      normed[start + k] = normedInput(x[start + k], k, mean, factor);
    }
  }
}
