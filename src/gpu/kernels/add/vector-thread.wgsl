// out = scaleA · a + scaleB · b, element by element; without b out = scaleA · a.
//
// One thread owns four neighbouring elements, so that loads and stores are vectors. count % 4 == 0.

override B: bool = false;

struct Sizes {
  count: u32,
  scaleA: f32,
  scaleB: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.count / 4 {
    return;
  }
  var value = sizes.scaleA * a[index];
  if B {
    value += sizes.scaleB * b[index];
  }
  out[index] = value;
}
