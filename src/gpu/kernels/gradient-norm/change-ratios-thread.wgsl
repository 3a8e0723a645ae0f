// ratios[g] = √(Σ Δw² / Σ w²) over the chunks of group g < 12, from changes[P/256] = (Σ Δw², Σ w²); 0 for an empty group, and
// for g ≥ 12.
//
// One thread owns one group and walks all chunks, 64 at a time so that the sums stay short. The four threads of a workgroup
// read the same chunk, which a software adapter loads once for all.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> changes: array<vec2f>;
@group(0) @binding(2) var<storage, read> groups: array<u32>;
@group(0) @binding(3) var<storage, read_write> ratios: array<f32>;

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) thread: vec3u) {
  let owner = thread.x;
  var total = vec2f();
  for (var start = 0u; start < sizes.chunks; start += 64) {
    var sum = vec2f();
    for (var chunk = start; chunk < min(start + 64, sizes.chunks); chunk++) {
      sum += select(vec2f(), changes[chunk], owner < 12 && groups[chunk] == owner);
    }
    total += sum;
  }
  ratios[owner] = select(0.0, sqrt(total.x / max(total.y, 1e-30)), total.y > 0.0);
}
