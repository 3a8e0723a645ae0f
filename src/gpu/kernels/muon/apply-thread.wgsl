// w ← w (1 − lr · decay) − lr · iterate for the first lengths[chunk] elements of each chunk, and changes[P/256] = (Σ Δw², Σ w²) of
// the chunks that have any. Nothing changes where the record says not finite.
//
// One thread owns one chunk and walks it in vectors of four; lengths are multiples of 4.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(2) var<storage, read> iterate: array<vec4f>;
@group(0) @binding(3) var<storage, read> groups: array<u32>;
@group(0) @binding(4) var<storage, read> lengths: array<u32>;
@group(0) @binding(5) var<storage, read> rules: array<vec4f>;
@group(0) @binding(6) var<storage, read> record: array<f32>;
@group(0) @binding(7) var<storage, read_write> changes: array<vec2f>;

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let chunk = (workgroup.y * workgroups.x + workgroup.x) * 16 + lane;
  if chunk >= sizes.chunks || lengths[chunk] == 0 {
    return;
  }
  var changed = vec4f();
  var held = vec4f();
  if record[3] == 1.0 {
    let rule = rules[groups[chunk]];
    let rate = record[20] * rule.x;
    let keep = 1.0 - rate * rule.y;
    let end = 64 * chunk + lengths[chunk] / 4;
    for (var i = 64 * chunk; i < end; i++) {
      let before = parameters[i];
      let after = before * keep - rate * iterate[i];
      let change = after - before;
      parameters[i] = after;
      changed += change * change;
      held += after * after;
    }
  }
  changes[chunk] = vec2f(dot(changed, vec4f(1.0)), dot(held, vec4f(1.0)));
}
