// lossSum[0] += Σ losses[M]; NaN once any loss is not finite.
//
// The readable definition: one thread walks all losses. WGSL may assume that infinities and NaN do not occur, so they are
// told, and written, by their bits.

struct Sizes {
  M: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> losses: array<u32>;
@group(0) @binding(2) var<storage, read_write> lossSum: array<u32>;

@compute @workgroup_size(1)
fn main() {
  var sum = bitcast<f32>(lossSum[0]);
  var magnitude = lossSum[0] & 0x7fffffff;
  for (var row = 0u; row < sizes.M; row++) {
    sum += bitcast<f32>(losses[row]);
    magnitude = max(magnitude, losses[row] & 0x7fffffff);
  }
  lossSum[0] = select(bitcast<u32>(sum), 0x7fc00000, magnitude >= 0x7f800000);
}
