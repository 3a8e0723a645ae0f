// records[M,24] of logits[M,V]: the ten best tokens of each row and the entropy, see record.ts.
//
// The readable definition: one thread owns one row. One walk keeps the ten best in order, inserting each logit that
// beats the tenth; a second walk sums the softmax. There are few rows, so workgroups are small.

struct Sizes {
  M: u32,
  V: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> logits: array<u32>;
@group(0) @binding(2) var<storage, read_write> records: array<u32>;

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
  let start = row * sizes.V;
  var values: array<f32, 10>;
  var ids: array<u32, 10>;
  var count = 0u;
  for (var id = 0u; id < sizes.V; id++) {
    let value = logit(start + id);
    if count == 10 && value <= values[9] {
      continue;
    }
    count = min(count + 1, 10);
    // Strictly better moves on, so that of equals the lower id stays in front.
    var place = count - 1;
    while place > 0 && value > values[place - 1] {
      values[place] = values[place - 1];
      ids[place] = ids[place - 1];
      place--;
    }
    values[place] = value;
    ids[place] = id;
  }

  let largest = values[0];
  var total = 0.0;
  var moment = 0.0;
  for (var id = 0u; id < sizes.V; id++) {
    let below = max(logit(start + id) - largest, -1e6);
    total += exp(below);
    moment += exp(below) * below;
  }

  let record = row * 24;
  records[record] = ids[0];
  records[record + 1] = 0;
  records[record + 2] = bitcast<u32>(1.0 / total);
  records[record + 3] = bitcast<u32>(log(total) - moment / total);
  for (var i = 0u; i < 10; i++) {
    records[record + 4 + i] = select(0, ids[i], i < count);
    records[record + 14 + i] = select(0, bitcast<u32>(exp(max(values[i] - largest, -1e6)) / total), i < count);
  }
}
