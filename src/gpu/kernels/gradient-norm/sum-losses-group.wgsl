// lossSum[0] += Σ losses[M]; NaN once any loss is not finite.
//
// One workgroup: its 256 threads read neighbouring losses, and a tree in workgroup memory adds their sums. Values that are not
// finite are told by their bits.

const threads = 256u;

struct Sizes {
  M: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> losses: array<u32>;
@group(0) @binding(2) var<storage, read_write> lossSum: array<u32>;

struct Partial {
  sum: f32,
  magnitude: u32,
}

var<workgroup> partial: array<Partial, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(local_invocation_index) lane: u32) {
  var own = Partial(0.0, 0);
  for (var row = lane; row < sizes.M; row += threads) {
    own.sum += bitcast<f32>(losses[row]);
    own.magnitude = max(own.magnitude, losses[row] & 0x7fffffff);
  }
  partial[lane] = own;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride {
      partial[lane].sum += partial[lane + stride].sum;
      partial[lane].magnitude = max(partial[lane].magnitude, partial[lane + stride].magnitude);
    }
    workgroupBarrier();
  }
  if lane == 0 {
    let magnitude = max(partial[0].magnitude, lossSum[0] & 0x7fffffff);
    let sum = bitcast<f32>(lossSum[0]) + partial[0].sum;
    lossSum[0] = select(bitcast<u32>(sum), 0x7fc00000, magnitude >= 0x7f800000);
  }
}
