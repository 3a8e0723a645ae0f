// y[M,C] = N(x[M,C]) + residual[M,C]; N is RMSNorm, x / √(mean(x²) + ε) · gain, or LayerNorm,
// (x − mean) / √(var + ε) · gain + shift with the biased variance.
//
// One workgroup owns one row: 64 threads read neighbouring elements, and a tree in workgroup memory adds their sums.

override LAYER: bool = false;
override SHIFT: bool = false;
override RESIDUAL: bool = false;
// Keep statistics[M,2] = (mean, 0 for RMSNorm; 1 / √(var + ε)) for the gradient.
override STATISTICS: bool = false;

const threads = 64u;

struct Sizes {
  M: u32,
  C: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read> shift: array<f32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> statistics: array<vec2f>;

var<workgroup> partial: array<f32, threads>;

// Sum over the workgroup; every thread gets it.
fn sumOfAll(value: f32, lane: u32) -> f32 {
  partial[lane] = value;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride {
      partial[lane] += partial[lane + stride];
    }
    workgroupBarrier();
  }
  let sum = partial[0];
  workgroupBarrier();
  return sum;
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if row >= sizes.M {
    return;
  }
  let start = row * sizes.C;
  var mean = 0.0;
  if LAYER {
    var sum = 0.0;
    for (var c = lane; c < sizes.C; c += threads) {
      sum += x[start + c];
    }
    mean = sumOfAll(sum, lane) / f32(sizes.C);
  }
  var squares = 0.0;
  for (var c = lane; c < sizes.C; c += threads) {
    let centred = x[start + c] - mean;
    squares += centred * centred;
  }
  let factor = inverseSqrt(sumOfAll(squares, lane) / f32(sizes.C) + sizes.epsilon);
  if STATISTICS && lane == 0 {
    statistics[row] = vec2f(mean, factor);
  }
  for (var c = lane; c < sizes.C; c += threads) {
    var value = (x[start + c] - mean) * factor * gain[c];
    if SHIFT {
      value += shift[c];
    }
    if RESIDUAL {
      value += residual[start + c];
    }
    y[start + c] = value;
  }
}
