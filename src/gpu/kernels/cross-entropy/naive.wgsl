// losses[M] = logSumExp(logits[M,V]) − logits[row, targets[row]] in nats, and logSumExp[M]; both 0 where the target is 0xffffffff.
//
// The readable definition: one thread owns one row. A logit that is not finite makes both NaN; WGSL may assume that such
// values do not occur, so they are told, and written, by their bits.

struct Sizes {
  M: u32,
  V: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> logits: array<u32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> losses: array<u32>;
@group(0) @binding(4) var<storage, read_write> logSumExp: array<u32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * 64 + lane;
  if row >= sizes.M {
    return;
  }
  if targets[row] == 0xffffffff {
    losses[row] = 0;
    logSumExp[row] = 0;
    return;
  }
  let start = row * sizes.V;
  var largest = -3e38;
  var magnitude = 0u;
  for (var i = start; i < start + sizes.V; i++) {
    magnitude = max(magnitude, logits[i] & 0x7fffffff);
    largest = max(largest, bitcast<f32>(logits[i]));
  }
  if magnitude >= 0x7f800000 {
    losses[row] = 0x7fc00000;
    logSumExp[row] = 0x7fc00000;
    return;
  }
  var sum = 0.0;
  for (var i = start; i < start + sizes.V; i++) {
    sum += exp(bitcast<f32>(logits[i]) - largest);
  }
  let right = bitcast<f32>(logits[start + min(targets[row], sizes.V - 1)]);
  losses[row] = bitcast<u32>(log(sum) + (largest - right));
  logSumExp[row] = bitcast<u32>(log(sum) + largest);
}
