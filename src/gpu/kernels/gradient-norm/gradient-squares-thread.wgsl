// squares[P/256] = Σ gradients² over each chunk of 256 elements; infinite where a gradient is not finite.
//
// One thread owns one chunk and walks it in vectors of four. Gradients of 2⁵⁰ and more count as not finite, so that the
// squares of all chunks can be summed in f32; they are told by their bits.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradients: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> squares: array<u32>;

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let chunk = (group.y * groups.x + group.x) * 16 + lane;
  if chunk >= sizes.chunks {
    return;
  }
  var sums = vec4f();
  var magnitudes = vec4u();
  for (var i = 64 * chunk; i < 64 * chunk + 64; i++) {
    let bits = gradients[i];
    let gradient = bitcast<vec4f>(bits);
    magnitudes = max(magnitudes, bits & vec4u(0x7fffffff));
    sums += gradient * gradient;
  }
  let sum = sums.x + sums.y + sums.z + sums.w;
  let magnitude = max(max(magnitudes.x, magnitudes.y), max(magnitudes.z, magnitudes.w));
  squares[chunk] = select(bitcast<u32>(sum), 0x7f800000, magnitude >= 0x58800000);
}
