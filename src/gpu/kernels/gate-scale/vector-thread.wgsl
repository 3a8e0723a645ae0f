// out[r] = softmax(scores[r])[expert[r]] · h[r], out[M,F], scores[M,E]; rows without an expert are not written. F % 16 == 0.
//
// A thread owns sixteen neighbouring elements of a row, so that they share one softmax and are read and written in vectors.

struct Sizes {
  M: u32,
  F: u32,
  E: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> h: array<vec4f>;
@group(0) @binding(2) var<storage, read> scores: array<f32>;
@group(0) @binding(3) var<storage, read> expert: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

fn shareOf(row: u32, own: u32) -> f32 {
  let start = row * sizes.E;
  var largest = scores[start];
  for (var e = 1u; e < sizes.E; e++) {
    largest = max(largest, scores[start + e]);
  }
  var sum = 0.0;
  for (var e = 0u; e < sizes.E; e++) {
    sum += exp(scores[start + e] - largest);
  }
  return exp(scores[start + own] - largest) / sum;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  let row = index / (sizes.F / 16);
  if row >= sizes.M {
    return;
  }
  let own = expert[row];
  if own == 0xffffffffu {
    return;
  }
  let share = shareOf(row, own);
  for (var i = 4 * index; i < 4 * index + 4; i++) {
    out[i] = share * h[i];
  }
}
