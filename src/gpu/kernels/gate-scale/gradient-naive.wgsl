// dh[r] = p · gradient[r] and dscores[r,e] = dp · p · (δ(e, expert[r]) − s_e) + weight · s_e · (f_e − Σ f ⊙ s),
// with s = softmax(scores[r]), p = s[expert[r]], dp = Σ gradient[r] ⊙ h[r], f_e the share of the rows that expert e has and
// weight = balancing · lossWeight[0]. A row without an expert gets zeros.
//
// The readable definition: one thread owns one row.

override BALANCING: bool = false;

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

fn shareOfRows(e: u32) -> f32 {
  return f32(places[e + 1] - places[e]) / f32(places[sizes.E]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  if row >= sizes.M {
    return;
  }
  let own = expert[row];
  let start = row * sizes.E;
  if own == 0xffffffffu {
    for (var i = row * sizes.F; i < (row + 1) * sizes.F; i++) {
      dh[i] = 0.0;
    }
    for (var e = 0u; e < sizes.E; e++) {
      dscores[start + e] = 0.0;
    }
    return;
  }

  var largest = scores[start];
  for (var e = 1u; e < sizes.E; e++) {
    largest = max(largest, scores[start + e]);
  }
  var sum = 0.0;
  var mean = 0.0;
  for (var e = 0u; e < sizes.E; e++) {
    let exponential = exp(scores[start + e] - largest);
    sum += exponential;
    if BALANCING {
      mean += exponential * shareOfRows(e);
    }
  }
  mean /= sum;
  let p = exp(scores[start + own] - largest) / sum;

  var dp = 0.0;
  for (var i = row * sizes.F; i < (row + 1) * sizes.F; i++) {
    dp += gradient[i] * h[i];
    dh[i] = p * gradient[i];
  }
  for (var e = 0u; e < sizes.E; e++) {
    let s = exp(scores[start + e] - largest) / sum;
    var result = dp * p * (select(0.0, 1.0, e == own) - s);
    if BALANCING {
      result += sizes.balancing * lossWeight[0] * s * (shareOfRows(e) - mean);
    }
    dscores[start + e] = result;
  }
}
