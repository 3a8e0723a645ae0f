// w ← w (1 − lr · decay) − lr · iterate for the first lengths[chunk] elements of each chunk, and changes[P/256] = (Σ Δw², Σ w²) of
// the chunks that have any. Nothing changes where the record says not finite.
//
// One workgroup owns one chunk, each of its 64 threads every 64th element; a tree in workgroup memory adds the sums.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> iterate: array<f32>;
@group(0) @binding(3) var<storage, read> groups: array<u32>;
@group(0) @binding(4) var<storage, read> lengths: array<u32>;
@group(0) @binding(5) var<storage, read> rules: array<vec4f>;
@group(0) @binding(6) var<storage, read> record: array<f32>;
@group(0) @binding(7) var<storage, read_write> changes: array<vec2f>;

var<workgroup> partial: array<vec2f, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let chunk = workgroup.y * workgroups.x + workgroup.x;
  if chunk >= sizes.chunks {
    return;
  }
  var sum = vec2f();
  if lengths[chunk] > 0 && record[3] == 1.0 {
    let rule = rules[groups[chunk]];
    let rate = record[20] * rule.x;
    let keep = 1.0 - rate * rule.y;
    for (var i = 256 * chunk + lane; i < 256 * chunk + lengths[chunk]; i += 64) {
      let before = parameters[i];
      let after = before * keep - rate * iterate[i];
      let change = after - before;
      parameters[i] = after;
      sum += vec2f(change * change, after * after);
    }
  }
  partial[lane] = sum;
  workgroupBarrier();
  for (var stride = 32u; stride > 0; stride /= 2) {
    if lane < stride {
      partial[lane] += partial[lane + stride];
    }
    workgroupBarrier();
  }
  if lane == 0 && lengths[chunk] > 0 {
    changes[chunk] = partial[0];
  }
}
