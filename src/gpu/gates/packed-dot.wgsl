// results[i] = left[i] · right[i], four signed bytes each
requires packed_4x8_integer_dot_product;

@group(0) @binding(0) var<storage, read> left: array<u32>;
@group(0) @binding(1) var<storage, read> right: array<u32>;
@group(0) @binding(2) var<storage, read_write> results: array<i32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  results[id.x] = dot4I8Packed(left[id.x], right[id.x]);
}
