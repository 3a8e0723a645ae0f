// losses[M] = logSumExp(logits[M,V]) − logits[row, targets[row]] in nats, and logSumExp[M]; both 0 where the target is 0xffffffff.
//
// One thread owns one row and walks it once, sixteen logits at a time: their largest rescales the sum before they join it.
// V is any, so a row may start anywhere and logits are loaded one by one. Workgroups are as small as a SIMD register:
// 64 rows then keep sixteen cores busy. A logit that is not finite makes both NaN; it is told by its bits.

struct Sizes {
  M: u32,
  V: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> logits: array<u32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> losses: array<u32>;
@group(0) @binding(4) var<storage, read_write> logSumExp: array<u32>;

// Stands below every logit, and its exponential is 0.
const lowest = vec4f(-3e38);

// Largest magnitude of the row so far, as bits.
var<private> magnitude: vec4u;

fn four(i: u32) -> vec4f {
  let bits = vec4u(logits[i], logits[i + 1], logits[i + 2], logits[i + 3]);
  magnitude = max(magnitude, bits & vec4u(0x7fffffff));
  return bitcast<vec4f>(bits);
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * 4 + lane;
  if row >= sizes.M {
    return;
  }
  if targets[row] == 0xffffffff {
    losses[row] = 0;
    logSumExp[row] = 0;
    return;
  }
  let start = row * sizes.V;
  let end = start + sizes.V;
  var i = start;
  var largest = lowest;
  var sums = vec4f();
  for (; i + 15 < end; i += 16) {
    let a = four(i);
    let b = four(i + 4);
    let c = four(i + 8);
    let d = four(i + 12);
    let larger = max(max(max(a, b), max(c, d)), largest);
    sums = sums * exp(largest - larger) + exp(a - larger) + exp(b - larger) + exp(c - larger) + exp(d - larger);
    largest = larger;
  }
  for (; i < end; i++) {
    let bits = logits[i];
    magnitude.x = max(magnitude.x, bits & 0x7fffffff);
    let larger = max(bitcast<f32>(bits), largest.x);
    sums.x = sums.x * exp(largest.x - larger) + exp(bitcast<f32>(bits) - larger);
    largest.x = larger;
  }
  if max(max(magnitude.x, magnitude.y), max(magnitude.z, magnitude.w)) >= 0x7f800000 {
    losses[row] = 0x7fc00000;
    logSumExp[row] = 0x7fc00000;
    return;
  }
  let top = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let logOfSum = log(dot(sums, exp(largest - top)));
  let right = bitcast<f32>(logits[start + min(targets[row], sizes.V - 1)]);
  losses[row] = bitcast<u32>(logOfSum + (top - right));
  logSumExp[row] = bitcast<u32>(logOfSum + top);
}
