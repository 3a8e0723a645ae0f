// logits[M,V] ← lossWeight[0] · (exp(logits − logSumExp[row]) − [id = targets[row]]), in place; 0 where the target is 0xffffffff.
//
// One thread owns up to 32 neighbouring logits of a row: V is any, so it walks them in fours that may start anywhere and
// takes the last ones one by one. The right token's share is taken off afterwards, by the thread that owns it. Where the
// row's log-sum-exp is not finite, its gradient is NaN.

struct Sizes {
  M: u32,
  V: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> logits: array<u32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read> logSumExp: array<u32>;
@group(0) @binding(4) var<storage, read> lossWeight: array<f32>;

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let strip = (group.y * groups.x + group.x) * 16 + lane;
  let strips = (sizes.V + 31) / 32;
  let row = strip / strips;
  if row >= sizes.M {
    return;
  }
  let start = row * sizes.V + strip % strips * 32;
  let end = min(start + 32, (row + 1) * sizes.V);
  let counts = targets[row] != 0xffffffff;
  let isFinite = (logSumExp[row] & 0x7f800000) != 0x7f800000;
  if !counts || !isFinite {
    for (var i = start; i < end; i++) {
      logits[i] = select(0u, 0x7fc00000u, counts);
    }
    return;
  }
  let normaliser = bitcast<f32>(logSumExp[row]);
  let weight = lossWeight[0];
  var i = start;
  for (; i + 3 < end; i += 4) {
    let four = bitcast<vec4f>(vec4u(logits[i], logits[i + 1], logits[i + 2], logits[i + 3]));
    let gradient = bitcast<vec4u>(weight * exp(four - normaliser));
    logits[i] = gradient.x;
    logits[i + 1] = gradient.y;
    logits[i + 2] = gradient.z;
    logits[i + 3] = gradient.w;
  }
  for (; i < end; i++) {
    logits[i] = bitcast<u32>(weight * exp(bitcast<f32>(logits[i]) - normaliser));
  }
  let right = row * sizes.V + min(targets[row], sizes.V - 1);
  if right >= start && right < end {
    logits[right] = bitcast<u32>(bitcast<f32>(logits[right]) - weight);
  }
}
