// Gradient of y[M,F] = S(z), or gated y[M,F] = S(z) · up, with S(z) = Σᵢ act(scale[i,f] · z + offset[i,f]); h[M,F] = z, gated
// h[M,2F] = (z, up). With p[i] = dy (· up) · act′(scale[i] · z + offset[i]):  dz = Σᵢ scale[i] · p[i],  dup = dy · S(z),
// scaleGradient[i,f] += Σ_m p[i] · z,  offsetGradient[i,f] += Σ_m p[i].
//
// Two jobs in one dispatch. The first `columnGroups` workgroups own 16 columns of one branch each: thread (stripe, column) of
// 16 × 16 sums every 16th row, so that 16 neighbours read one line, and the stripes are added in order. In the rest a thread
// owns one element of y.

// 1 SiLU, 2 GELU (tanh), 3 ReLU.
override KIND: u32 = 1;
override GATED: bool = false;
override SCALE: bool = false;
override OFFSET: bool = false;

const threads = 256u;
const side = 16u;

struct Sizes {
  M: u32,
  F: u32,
  branches: u32,
  columnGroups: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> h: array<f32>;
@group(0) @binding(3) var<storage, read> scale: array<f32>;
@group(0) @binding(4) var<storage, read> offset: array<f32>;
@group(0) @binding(5) var<storage, read_write> scaleGradient: array<f32>;
@group(0) @binding(6) var<storage, read_write> offsetGradient: array<f32>;
@group(0) @binding(7) var<storage, read_write> dh: array<f32>;

var<workgroup> partial: array<vec2f, threads>;

struct Act {
  value: f32,
  slope: f32,
}

// Arguments are capped where the slope has long become 0 or 1, so that no power or exponential overflows: WGSL may assume
// that no infinity occurs.
fn act(z: f32) -> Act {
  switch KIND {
    case 1u: {
      let near = clamp(z, -80.0, 80.0);
      let e = exp(-near);
      let s = 1.0 / (1.0 + e);
      return Act(z * s, s + near * (e * s * s));
    }
    // z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³).
    case 2u: {
      let near = clamp(z, -9.0, 9.0);
      let square = near * near;
      let e = exp(-1.5957691216057308 * near * (1.0 + 0.044715 * square));
      let s = 1.0 / (1.0 + e);
      return Act(z * s, s + near * (e * s * s) * (1.5957691216057308 * (1.0 + 0.134145 * square)));
    }
    default: {
      return Act(max(z, 0.0), select(0.0, 1.0, z > 0.0));
    }
  }
}

fn passElement(index: u32) {
  let row = index / sizes.F;
  let column = index % sizes.F;
  let at = select(index, row * 2 * sizes.F + column, GATED);
  let z = h[at];
  var value = 0.0;
  var slope = 0.0;
  for (var branch = 0u; branch < sizes.branches; branch++) {
    let i = branch * sizes.F + column;
    let a = act(scale[i] * z + offset[i]);
    value += a.value;
    slope += scale[i] * a.slope;
  }
  if GATED {
    dh[at] = gradient[index] * h[at + sizes.F] * slope;
    dh[at + sizes.F] = gradient[index] * value;
  } else {
    dh[at] = gradient[index] * slope;
  }
}

// dy (· up) · act′(scale · z + offset), and the same times z: what an element adds to the gradients of offset and scale.
fn share(row: u32, column: u32, i: u32) -> vec2f {
  let at = row * sizes.F * select(1u, 2u, GATED) + column;
  let z = h[at];
  var p = gradient[row * sizes.F + column] * act(scale[i] * z + offset[i]).slope;
  if GATED {
    p *= h[at + sizes.F];
  }
  return vec2f(p, p * z);
}

fn passColumns(index: u32, lane: u32) {
  let blocks = (sizes.F + side - 1) / side;
  let column = index % blocks * side + lane % side;
  let i = index / blocks * sizes.F + column;
  var own = vec2f();
  if column < sizes.F {
    for (var row = lane / side; row < sizes.M; row += side) {
      own += share(row, column, i);
    }
  }
  partial[lane] = own;
  workgroupBarrier();
  if lane >= side || column >= sizes.F {
    return;
  }
  for (var stripe = 1u; stripe < side; stripe++) {
    own += partial[stripe * side + lane];
  }
  if OFFSET {
    offsetGradient[i] += own.x;
  }
  if SCALE {
    scaleGradient[i] += own.y;
  }
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  if index < sizes.columnGroups {
    passColumns(index, lane);
  } else {
    let element = (index - sizes.columnGroups) * threads + lane;
    if element < sizes.M * sizes.F {
      passElement(element);
    }
  }
}
