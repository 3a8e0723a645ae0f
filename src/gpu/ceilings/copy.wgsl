// to[i] = source[i], vec4 a thread; the grid is folded into two dimensions
@group(0) @binding(0) var<storage, read> source: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> to: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.x + id.y * grid.x * 64u;
  if (index < arrayLength(&source)) {
    to[index] = source[index];
  }
}
