// ratios[g] = √(Σ Δw² / Σ w²) over the chunks of group g < 12, from changes[P/256] = (Σ Δw², Σ w²); 0 for an empty group, and
// for g ≥ 12.
//
// One workgroup owns one group: its 256 threads read neighbouring chunks, and a tree in workgroup memory adds their sums.

const threads = 256u;

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> changes: array<vec2f>;
@group(0) @binding(2) var<storage, read> groups: array<u32>;
@group(0) @binding(3) var<storage, read_write> ratios: array<f32>;

var<workgroup> partial: array<vec2f, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let owner = workgroup.x;
  var own = vec2f();
  for (var chunk = lane; chunk < sizes.chunks; chunk += threads) {
    own += select(vec2f(), changes[chunk], owner < 12 && groups[chunk] == owner);
  }
  partial[lane] = own;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride {
      partial[lane] += partial[lane + stride];
    }
    workgroupBarrier();
  }
  if lane == 0 {
    let sum = partial[0];
    ratios[owner] = select(0.0, sqrt(sum.x / max(sum.y, 1e-30)), sum.y > 0.0);
  }
}
