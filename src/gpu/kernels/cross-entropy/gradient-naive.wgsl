// logits[M,V] ← lossWeight[0] · (exp(logits − logSumExp[row]) − [id = targets[row]]), in place; 0 where the target is 0xffffffff.
//
// The readable definition: one thread owns one logit. Where the row's log-sum-exp is not finite, its gradient is NaN.

struct Sizes {
  M: u32,
  V: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> logits: array<u32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read> logSumExp: array<u32>;
@group(0) @binding(4) var<storage, read> lossWeight: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.M * sizes.V {
    return;
  }
  let row = index / sizes.V;
  let id = index % sizes.V;
  if targets[row] == 0xffffffff {
    logits[index] = 0;
    return;
  }
  if (logSumExp[row] & 0x7f800000) == 0x7f800000 {
    logits[index] = 0x7fc00000;
    return;
  }
  let probability = exp(bitcast<f32>(logits[index]) - bitcast<f32>(logSumExp[row]));
  let isRight = id == min(targets[row], sizes.V - 1);
  logits[index] = bitcast<u32>(lossWeight[0] * (probability - f32(isRight)));
}
