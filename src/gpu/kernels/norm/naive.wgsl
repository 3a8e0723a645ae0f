// y[M,C] = N(x[M,C]) + residual[M,C]; N is RMSNorm, x / √(mean(x²) + ε) · gain, or LayerNorm,
// (x − mean) / √(var + ε) · gain + shift with the biased variance.
//
// The readable definition: one thread owns one row and walks it three times.

override LAYER: bool = false;
override SHIFT: bool = false;
override RESIDUAL: bool = false;
// Keep statistics[M,2] = (mean, 0 for RMSNorm; 1 / √(var + ε)) for the gradient.
override STATISTICS: bool = false;

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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * 64 + lane;
  if row >= sizes.M {
    return;
  }
  let start = row * sizes.C;
  var mean = 0.0;
  if LAYER {
    for (var c = 0u; c < sizes.C; c++) {
      mean += x[start + c];
    }
    mean /= f32(sizes.C);
  }
  var variance = 0.0;
  for (var c = 0u; c < sizes.C; c++) {
    let centred = x[start + c] - mean;
    variance += centred * centred;
  }
  let factor = inverseSqrt(variance / f32(sizes.C) + sizes.epsilon);
  if STATISTICS {
    statistics[row] = vec2f(mean, factor);
  }
  for (var c = 0u; c < sizes.C; c++) {
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
