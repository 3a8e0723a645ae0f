// records[M,24] of logits[M,V]: the ten best tokens of each row and the entropy, see record.ts.
//
// One workgroup owns one row, each of its threads every 256th logit. A thread remembers the best token of its own that is
// not listed yet; a tree in workgroup memory finds the best of the 256, and only the thread that owned it looks for its
// next, so ten tokens cost ten trees and not ten walks over the row.

const threads = 256u;

struct Sizes {
  M: u32,
  V: u32,
}

struct Best {
  value: f32,
  id: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> logits: array<u32>;
@group(0) @binding(2) var<storage, read_write> records: array<u32>;

var<workgroup> partial: array<Best, threads>;
var<workgroup> sums: array<vec2f, threads>;

// Stands after every token.
const none = Best(-2e30, 0xffffffff);

// The logit at index i: ±1e30 for infinities, −1e30 for what is not a number, and one zero. WGSL may assume that such
// values do not occur, so they are told by their bits.
fn logit(i: u32) -> f32 {
  let bits = logits[i];
  let magnitude = bits & 0x7fffffffu;
  if magnitude > 0x7f800000u {
    return -1e30;
  }
  if magnitude == 0x7f800000u {
    return select(1e30, -1e30, bits > magnitude);
  }
  return select(clamp(bitcast<f32>(bits), -1e30, 1e30), 0.0, magnitude == 0u);
}

fn isBetter(a: Best, b: Best) -> bool {
  return a.value > b.value || (a.value == b.value && a.id < b.id);
}

// The best of this thread's tokens that stands behind `listed`.
fn bestBehind(listed: Best, start: u32, lane: u32) -> Best {
  var best = none;
  for (var id = lane; id < sizes.V; id += threads) {
    let here = Best(logit(start + id), id);
    if isBetter(listed, here) && isBetter(here, best) {
      best = here;
    }
  }
  return best;
}

fn bestOfAll(own: Best, lane: u32) -> Best {
  partial[lane] = own;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride && isBetter(partial[lane + stride], partial[lane]) {
      partial[lane] = partial[lane + stride];
    }
    workgroupBarrier();
  }
  let best = partial[0];
  workgroupBarrier();
  return best;
}

fn sumOfAll(own: vec2f, lane: u32) -> vec2f {
  sums[lane] = own;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride {
      sums[lane] += sums[lane + stride];
    }
    workgroupBarrier();
  }
  return sums[0];
}

@compute @workgroup_size(threads)
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
  let record = row * 24;

  var own = bestBehind(Best(2e30, 0), start, lane);
  var best = bestOfAll(own, lane);
  let largest = best.value;
  // Sum of the exponentials, and of each times its exponent.
  var sum = vec2f();
  for (var id = lane; id < sizes.V; id += threads) {
    let below = max(logit(start + id) - largest, -1e6);
    sum += exp(below) * vec2f(1.0, below);
  }
  let total = sumOfAll(sum, lane);

  if lane == 0 {
    records[record] = best.id;
    records[record + 1] = 0;
    records[record + 2] = bitcast<u32>(1.0 / total.x);
    records[record + 3] = bitcast<u32>(log(total.x) - total.y / total.x);
  }
  for (var i = 0u; i < 10; i++) {
    if lane == 0 {
      let probability = exp(max(best.value - largest, -1e6)) / total.x;
      records[record + 4 + i] = select(best.id, 0, i >= sizes.V);
      records[record + 14 + i] = select(bitcast<u32>(probability), 0, i >= sizes.V);
    }
    if own.id == best.id && i < sizes.V {
      own = bestBehind(best, start, lane);
    }
    best = bestOfAll(own, lane);
  }
}
