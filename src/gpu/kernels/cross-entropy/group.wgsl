// losses[M] = logSumExp(logits[M,V]) − logits[row, targets[row]] in nats, and logSumExp[M]; both 0 where the target is 0xffffffff.
//
// One workgroup owns one row: its threads read neighbouring logits, and trees in workgroup memory find the largest and add
// the exponentials. A logit that is not finite makes both NaN; it is told by its bits.

override THREADS: u32 = 256;

struct Sizes {
  M: u32,
  V: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> logits: array<u32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> losses: array<u32>;
@group(0) @binding(4) var<storage, read_write> logSumExp: array<u32>;

// The largest logit and the largest magnitude, as bits; then a sum.
struct Partial {
  value: f32,
  magnitude: u32,
}

var<workgroup> partial: array<Partial, THREADS>;

fn largestOfAll(own: Partial, lane: u32) -> Partial {
  partial[lane] = own;
  workgroupBarrier();
  for (var stride = THREADS / 2; stride > 0; stride /= 2) {
    if lane < stride {
      let other = partial[lane + stride];
      partial[lane].value = max(partial[lane].value, other.value);
      partial[lane].magnitude = max(partial[lane].magnitude, other.magnitude);
    }
    workgroupBarrier();
  }
  let largest = partial[0];
  workgroupBarrier();
  return largest;
}

fn sumOfAll(own: f32, lane: u32) -> f32 {
  partial[lane].value = own;
  workgroupBarrier();
  for (var stride = THREADS / 2; stride > 0; stride /= 2) {
    if lane < stride {
      partial[lane].value += partial[lane + stride].value;
    }
    workgroupBarrier();
  }
  return partial[0].value;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if row >= sizes.M {
    return;
  }
  let start = row * sizes.V;
  var own = Partial(-3e38, 0);
  for (var id = lane; id < sizes.V; id += THREADS) {
    let bits = logits[start + id];
    own.value = max(own.value, bitcast<f32>(bits));
    own.magnitude = max(own.magnitude, bits & 0x7fffffff);
  }
  let largest = largestOfAll(own, lane);
  var sum = 0.0;
  for (var id = lane; id < sizes.V; id += THREADS) {
    sum += exp(min(bitcast<f32>(logits[start + id]) - largest.value, 0.0));
  }
  let logOfSum = log(sumOfAll(sum, lane));
  if lane > 0 {
    return;
  }
  if targets[row] == 0xffffffff {
    losses[row] = 0;
    logSumExp[row] = 0;
  } else if largest.magnitude >= 0x7f800000 {
    losses[row] = 0x7fc00000;
    logSumExp[row] = 0x7fc00000;
  } else {
    let right = bitcast<f32>(logits[start + min(targets[row], sizes.V - 1)]);
    losses[row] = bitcast<u32>(logOfSum + (largest.value - right));
    logSumExp[row] = bitcast<u32>(logOfSum + largest.value);
  }
}
