// sums[i] = the sum of values[j] over all lanes j of i's subgroup · sizes[i] = that subgroup's size
// One workgroup of 64; the host checks that consecutive lanes with equal size agree with a plain sum.
enable subgroups;

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<storage, read_write> sizes: array<u32>;
@group(0) @binding(3) var<storage, read_write> lanes: array<u32>;

@compute @workgroup_size(64)
fn main(
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  sums[index] = subgroupAdd(values[index]);
  sizes[index] = size;
  lanes[index] = lane;
}
