// dh[r] = p · gradient[r] and dscores[r,e] = dp · p · (δ(e, expert[r]) − s_e) + weight · s_e · (f_e − Σ f ⊙ s),
// with s = softmax(scores[r]), p = s[expert[r]], dp = Σ gradient[r] ⊙ h[r], f_e the share of the rows that expert e has and
// weight = balancing · lossWeight[0]. A row without an expert gets zeros. E ≤ 64.
//
// A workgroup owns one row: each lane one score and every 64th element. Sums are taken in a tree in workgroup memory.

override BALANCING: bool = false;

const lanes = 64u;

struct Sizes {
  M: u32,
  F: u32,
  E: u32,
  // The coefficient of the load-balancing loss times E.
  balancing: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> h: array<f32>;
@group(0) @binding(2) var<storage, read> scores: array<f32>;
@group(0) @binding(3) var<storage, read> expert: array<u32>;
@group(0) @binding(4) var<storage, read> places: array<u32>;
@group(0) @binding(5) var<storage, read> lossWeight: array<f32>;
@group(0) @binding(6) var<storage, read> gradient: array<f32>;
@group(0) @binding(7) var<storage, read_write> dh: array<f32>;
@group(0) @binding(8) var<storage, read_write> dscores: array<f32>;

var<workgroup> exponentials: array<f32, lanes>;
// Sums of gradient ⊙ h, of the exponentials, and of the exponentials times the shares of the rows.
var<workgroup> partial: array<vec3f, lanes>;

fn sumOverLanes(own: vec3f, lane: u32) -> vec3f {
  partial[lane] = own;
  for (var stride = lanes / 2; stride > 0; stride /= 2) {
    workgroupBarrier();
    if lane < stride {
      partial[lane] += partial[lane + stride];
    }
  }
  workgroupBarrier();
  return partial[0];
}

@compute @workgroup_size(lanes)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = workgroup.y * workgroups.x + workgroup.x;
  // All lanes leave together, so the barriers below stay uniform.
  if row >= sizes.M {
    return;
  }
  let own = expert[row];
  let counts = own != 0xffffffffu;
  let start = row * sizes.E;
  let scored = lane < sizes.E;

  var largest = scores[start];
  for (var e = 1u; e < sizes.E; e++) {
    largest = max(largest, scores[start + e]);
  }
  var exponential = 0.0;
  var share = 0.0;
  if scored {
    exponential = exp(scores[start + lane] - largest);
    if BALANCING {
      share = f32(places[lane + 1] - places[lane]) / f32(places[sizes.E]);
    }
  }
  exponentials[lane] = exponential;
  var product = 0.0;
  for (var f = lane; f < sizes.F; f += lanes) {
    let i = row * sizes.F + f;
    product += gradient[i] * h[i];
  }
  let sums = sumOverLanes(vec3f(product, exponential, exponential * share), lane);

  let p = select(0.0, exponentials[min(own, lanes - 1)] / sums.y, counts);
  for (var f = lane; f < sizes.F; f += lanes) {
    let i = row * sizes.F + f;
    dh[i] = p * gradient[i];
  }
  if scored {
    let s = exponential / sums.y;
    var result = sums.x * p * (select(0.0, 1.0, lane == own) - s);
    if BALANCING {
      result += sizes.balancing * lossWeight[0] * s * (share - sums.z / sums.y);
    }
    dscores[start + lane] = select(0.0, result, counts);
  }
}
