// lossSum[0] += Σ losses[M]; NaN once any loss is not finite.
//
// One thread walks all losses, eight a turn in two vectors of sums: there are few, and the errors of eight short sums are
// smaller than those of a long one. Values that are not finite are told by their bits.

struct Sizes {
  M: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> losses: array<u32>;
@group(0) @binding(2) var<storage, read_write> lossSum: array<u32>;

var<private> magnitude: vec4u;

fn four(row: u32) -> vec4f {
  let bits = vec4u(losses[row], losses[row + 1], losses[row + 2], losses[row + 3]);
  magnitude = max(magnitude, bits & vec4u(0x7fffffff));
  return bitcast<vec4f>(bits);
}

@compute @workgroup_size(1)
fn main() {
  magnitude.x = lossSum[0] & 0x7fffffff;
  var low = vec4f();
  var high = vec4f();
  var row = 0u;
  for (; row + 7 < sizes.M; row += 8) {
    low += four(row);
    high += four(row + 4);
  }
  for (; row < sizes.M; row++) {
    magnitude.y = max(magnitude.y, losses[row] & 0x7fffffff);
    low.x += bitcast<f32>(losses[row]);
  }
  let sums = low + high;
  let sum = bitcast<f32>(lossSum[0]) + ((sums.x + sums.y) + (sums.z + sums.w));
  let largest = max(max(magnitude.x, magnitude.y), max(magnitude.z, magnitude.w));
  lossSum[0] = select(bitcast<u32>(sum), 0x7fc00000, largest >= 0x7f800000);
}
