// y = gate(x · weight[slot(expert)]ᵀ) + residualScale · residual, of one token. K % 8 == 0.
//
// A workgroup owns four rows of the expert's matrix, as a thread of matvec-thread does, and its lanes walk along them together:
// lane i takes eight elements at i, then at i + WORKGROUP, …, so that a row is read in one piece. The partial sums of the
// lanes are added in a tree in workgroup memory, which needs no subgroups and is right for every size of them.

// A power of two.
override WORKGROUP: u32 = 64;
override HALF: bool = false;
override SLOTS: bool = false;
override WINDOW: bool = false;
override RESIDUAL: bool = false;
override SERIES: bool = false;
// 0 none, 1 SiLU, 2 GELU (tanh), 3 ReLU.
override GATE: u32 = 0;
override GATED: bool = false;

struct Sizes {
  M: u32,
  // Rows of an expert's matrix.
  N: u32,
  K: u32,
  E: u32,
  // Columns of y: N, or F of a gated FFN.
  columns: u32,
  branches: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4u>;
@group(0) @binding(3) var<storage, read> expert: array<u32>;
@group(0) @binding(4) var<storage, read> slots: array<u32>;
@group(0) @binding(5) var<storage, read> window: array<u32>;
@group(0) @binding(6) var<storage, read> residualOrScale: array<f32>;
@group(0) @binding(7) var<storage, read> offset: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;

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

// The exponent is capped so that 1 + exp stays finite: WGSL may assume that no infinity occurs.
fn sigmoid(z: f32) -> f32 {
  return 1.0 / (1.0 + exp(min(-z, 80.0)));
}

fn activate(z: f32) -> f32 {
  switch GATE {
    case 1u: { return z * sigmoid(z); }
    // z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³).
    case 2u: { return z * sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z)); }
    case 3u: { return max(z, 0.0); }
    default: { return z; }
  }
}

// Series informed activation of one value; a single branch has no parameters.
fn series(z: f32, column: u32) -> f32 {
  if !SERIES {
    return activate(z);
  }
  var sum = 0.0;
  for (var branch = 0u; branch < sizes.branches; branch++) {
    let i = branch * sizes.columns + column;
    sum += activate(residualOrScale[i] * z + offset[i]);
  }
  return sum;
}

// The token is at place 0.
fn isOutside() -> bool {
  if WINDOW && (window[0] > 0 || window[1] == 0) {
    return true;
  }
  return expert[0] == 0xffffffffu;
}

// The four rows of an expert's matrix behind output `column`; beyond the end the last row is read again and not written.
fn matrixRows(column: u32) -> vec4u {
  if GATED {
    let next = min(column + 1, sizes.columns - 1);
    return vec4u(column, next, sizes.columns + column, sizes.columns + next);
  }
  return min(column + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1));
}

// What follows the products, for one output. `first` is its own product, `up` that of a gated FFN's up row.
fn write(column: u32, first: f32, up: f32) {
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
  if RESIDUAL {
    result += sizes.residualScale * residualOrScale[column];
  }
  y[column] = result;
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
  return partial[0];
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let columnsEach = select(4u, 2u, GATED);
  let column = (workgroup.y * workgroups.x + workgroup.x) * columnsEach;
  // All lanes leave together, so the barriers below stay uniform.
  if column >= sizes.columns || isOutside() {
    return;
  }
  var slot = expert[0];
  if SLOTS {
    slot = slots[slot];
  }
  let starts = (slot * sizes.N + matrixRows(column)) * (sizes.K / 8);
  var sums = vec4f();
  for (var k = lane; k < sizes.K / 8; k += WORKGROUP) {
    let value = Eight(x[2 * k], x[2 * k + 1]);
    sums += vec4f(
      product(value, weights(starts.x + k)),
      product(value, weights(starts.y + k)),
      product(value, weights(starts.z + k)),
      product(value, weights(starts.w + k)),
    );
  }
  sums = sumOverLanes(sums, lane);
  if lane < columnsEach {
    write(column + lane, sums[lane], sums[(lane + 2) % 4]);
  }
}
