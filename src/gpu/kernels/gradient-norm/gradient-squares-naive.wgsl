// squares[P/256] = Σ gradients² over each chunk of 256 elements; infinite where a gradient is not finite.
//
// The readable definition: one thread owns one chunk. Gradients of 2⁵⁰ and more count as not finite, so that the squares of
// all chunks can be summed in f32. WGSL may assume that infinities do not occur, so they are told, and written, by their bits.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradients: array<u32>;
@group(0) @binding(2) var<storage, read_write> squares: array<u32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let chunk = (group.y * groups.x + group.x) * 64 + lane;
  if chunk >= sizes.chunks {
    return;
  }
  var sum = 0.0;
  var magnitude = 0u;
  for (var i = 256 * chunk; i < 256 * chunk + 256; i++) {
    let gradient = bitcast<f32>(gradients[i]);
    magnitude = max(magnitude, gradients[i] & 0x7fffffff);
    sum += gradient * gradient;
  }
  squares[chunk] = select(bitcast<u32>(sum), 0x7f800000, magnitude >= 0x58800000);
}
