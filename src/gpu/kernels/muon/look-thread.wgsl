// look[P] = g + momentum · m with m ← momentum · m + g and g = clip factor · gradient, gradient ← 0, in chunks that hold matrices.
// Where the record says not finite, look is 0 and nothing changes.
//
// One thread owns four neighbouring elements.

struct Sizes {
  chunks: u32,
  momentum: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(3) var<storage, read> lengths: array<u32>;
@group(0) @binding(4) var<storage, read> record: array<f32>;
@group(0) @binding(5) var<storage, read_write> look: array<vec4f>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 64 + lane;
  let chunk = i / 64;
  if chunk >= sizes.chunks || lengths[chunk] == 0 {
    return;
  }
  if record[3] != 1.0 {
    look[i] = vec4f();
    return;
  }
  let gradient = record[2] * gradients[i];
  let m = sizes.momentum * first[i] + gradient;
  first[i] = m;
  gradients[i] = vec4f();
  look[i] = gradient + sizes.momentum * m;
}
