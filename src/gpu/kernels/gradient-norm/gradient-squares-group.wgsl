// squares[P/256] = Σ gradients² over each chunk of 256 elements; infinite where a gradient is not finite.
//
// One workgroup owns one chunk, each of its 64 threads four neighbouring elements, and a tree in workgroup memory adds
// their squares. Gradients of 2⁵⁰ and more count as not finite, so that the squares of all chunks can be summed in f32;
// they are told by their bits.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradients: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> squares: array<u32>;

struct Partial {
  sum: f32,
  magnitude: u32,
}

var<workgroup> partial: array<Partial, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let chunk = group.y * groups.x + group.x;
  if chunk >= sizes.chunks {
    return;
  }
  let bits = gradients[64 * chunk + lane];
  let gradient = bitcast<vec4f>(bits);
  let magnitudes = bits & vec4u(0x7fffffff);
  partial[lane].sum = dot(gradient, gradient);
  partial[lane].magnitude = max(max(magnitudes.x, magnitudes.y), max(magnitudes.z, magnitudes.w));
  workgroupBarrier();
  for (var stride = 32u; stride > 0; stride /= 2) {
    if lane < stride {
      partial[lane].sum += partial[lane + stride].sum;
      partial[lane].magnitude = max(partial[lane].magnitude, partial[lane + stride].magnitude);
    }
    workgroupBarrier();
  }
  if lane == 0 {
    squares[chunk] = select(bitcast<u32>(partial[0].sum), 0x7f800000, partial[0].magnitude >= 0x58800000);
  }
}
