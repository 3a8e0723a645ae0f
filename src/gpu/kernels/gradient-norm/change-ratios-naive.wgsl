// ratios[g] = √(Σ Δw² / Σ w²) over the chunks of group g < 12, from changes[P/256] = (Σ Δw², Σ w²); 0 for an empty group, and
// for g ≥ 12.
//
// The readable definition: one thread owns one group and walks all chunks.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> changes: array<vec2f>;
@group(0) @binding(2) var<storage, read> groups: array<u32>;
@group(0) @binding(3) var<storage, read_write> ratios: array<f32>;

@compute @workgroup_size(16)
fn main(@builtin(local_invocation_index) owner: u32) {
  var sum = vec2f();
  for (var chunk = 0u; chunk < sizes.chunks; chunk++) {
    if owner < 12 && groups[chunk] == owner {
      sum += changes[chunk];
    }
  }
  ratios[owner] = select(0.0, sqrt(sum.x / max(sum.y, 1e-30)), sum.y > 0.0);
}
