// y[M,N] = act(norm(x[M,K]) · weight[N,K]ᵀ + bias[≤N]) + x2[M,K2] · weight2[N,K2]ᵀ + residualScale · residual[M,N]
// or, with a gate, y[M,F] = S(z_f) · z_{F+f} of the first product z. K % 8 == 0; made for M = 1 (a token), right for any M.
//
// A workgroup owns four rows of the weight, as a thread of matvec-thread does, and its lanes walk along them together:
// lane i takes eight elements at i, then at i + WORKGROUP, …, so that a row is read in one piece. The partial sums of the
// lanes are added in a tree in workgroup memory, which needs no subgroups and is right for every size of them.
//
// Optional inputs stand behind four shared bindings, see naive.wgsl. Those that are read in vectors (gain, shift, x2 and
// weight2) stand behind 3 and 4. With a second product K2 % 8 == 0.

// A power of two.
override WORKGROUP: u32 = 64;
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

var<workgroup> partial: array<vec4f, WORKGROUP>;

// The sum of `value` over the workgroup, the same in every lane.
fn sumOverLanes(value: vec4f, lane: u32) -> vec4f {
  partial[lane] = value;
  for (var stride = WORKGROUP / 2; stride > 0; stride /= 2) {
    workgroupBarrier();
    if lane < stride {
      partial[lane] += partial[lane + stride];
    }
  }
  workgroupBarrier();
  let sum = partial[0];
  // Nobody may write the next sum before all have read this one.
  workgroupBarrier();
  return sum;
}

fn meanOf(row: u32, lane: u32) -> f32 {
  var sum = vec4f();
  for (var k = lane; k < sizes.K / 4; k += WORKGROUP) {
    sum += x[row * (sizes.K / 4) + k];
  }
  return sumOf(sumOverLanes(sum, lane)) / f32(sizes.K);
}

// 1 / √(variance + ε) about `mean` (0 for RMSNorm).
fn factorOf(row: u32, mean: f32, lane: u32) -> f32 {
  var sum = vec4f();
  for (var k = lane; k < sizes.K / 4; k += WORKGROUP) {
    let centred = x[row * (sizes.K / 4) + k] - mean;
    sum += centred * centred;
  }
  return inverseSqrt(sumOf(sumOverLanes(sum, lane)) / f32(sizes.K) + sizes.epsilon);
}

// Elements 4k to 4k + 3 of the normed row.
fn input(row: u32, k: u32, mean: f32, factor: f32) -> vec4f {
  var value = x[row * (sizes.K / 4) + k];
  if NORM != 0 {
    value = (value - mean) * factor * bitcast<vec4f>(optionalWide(GAIN, k));
    if SHIFT != 0 {
      value += bitcast<vec4f>(optionalWide(SHIFT, k));
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
  let groups = (sizes.columns + columnsEach - 1) / columnsEach;
  let index = workgroup.y * workgroups.x + workgroup.x;
  // All lanes leave together, so the barriers below stay uniform.
  if index >= sizes.M * groups {
    return;
  }
  let row = index / groups;
  let group = index % groups;
  let column = group * columnsEach;

  var mean = 0.0;
  var factor = 1.0;
  if NORM == 2 {
    mean = meanOf(row, lane);
  }
  if NORM != 0 {
    factor = factorOf(row, mean, lane);
  }

  let rows = weightRows(column);
  let starts = rows * (sizes.K / 8);
  var sums = vec4f();
  for (var k = lane; k < sizes.K / 8; k += WORKGROUP) {
    let value = Eight(input(row, 2 * k, mean, factor), input(row, 2 * k + 1, mean, factor));
    sums += vec4f(
      product(value, weights(starts.x + k)),
      product(value, weights(starts.y + k)),
      product(value, weights(starts.z + k)),
      product(value, weights(starts.w + k)),
    );
  }
  sums = sumOverLanes(sums, lane);
  if BIAS != 0 {
    let bias = vec4f(optional(BIAS, rows.x), optional(BIAS, rows.y), optional(BIAS, rows.z), optional(BIAS, rows.w));
    sums += select(vec4f(), bias, rows < vec4u(sizes.biasRows));
  }

  var seconds = vec4f();
  if WEIGHT2 != 0 {
    let starts2 = rows * (sizes.K2 / 8);
    for (var k = lane; k < sizes.K2 / 8; k += WORKGROUP) {
      let value = inputs2(row, k);
      seconds += vec4f(
        product(value, weights2(starts2.x + k)),
        product(value, weights2(starts2.y + k)),
        product(value, weights2(starts2.z + k)),
        product(value, weights2(starts2.w + k)),
      );
    }
    seconds = sumOverLanes(seconds, lane);
  }

  if lane < columnsEach {
    write(row, column + lane, sums[lane], sums[(lane + 2) % 4], seconds[lane]);
  }

  if KEEP_NORMED {
    for (var k = group * WORKGROUP + lane; k < sizes.K / 4; k += groups * WORKGROUP) {
      normed[row * (sizes.K / 4) + k] = input(row, k, mean, factor);
    }
  }
}
