// w ← w (1 − lr · decay) − lr · iterate for the first lengths[chunk] elements of each chunk, and changes[P/256] = (Σ Δw², Σ w²) of
// the chunks that have any. Nothing changes where the record says not finite.
//
// The readable definition: one thread owns one chunk.

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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let chunk = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  if chunk >= sizes.chunks || lengths[chunk] == 0 {
    return;
  }
  var changed = 0.0;
  var held = 0.0;
  if record[3] == 1.0 {
    let rule = rules[groups[chunk]];
    let rate = record[20] * rule.x;
    let keep = 1.0 - rate * rule.y;
    let end = 256 * chunk + lengths[chunk];
    for (var i = 256 * chunk; i < end; i++) {
      let before = parameters[i];
      let after = before * keep - rate * iterate[i];
      let change = after - before;
      parameters[i] = after;
      changed += change * change;
      held += after * after;
    }
  }
  changes[chunk] = vec2f(changed, held);
}
