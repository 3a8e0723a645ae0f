// Gradient of y = x̂ · gain + shift with x̂[m,c] = (x − mean[m]) · factor[m]; statistics[m] = (mean, factor).
// With g = dy · gain:  dx[M,C] = factor · (g − mean_c(g) − x̂ · mean_c(g · x̂)) + residualScale · residual, where RMSNorm has
// no mean_c(g);  gainGradient[c] += Σ_m dy · x̂;  shiftGradient[c] += Σ_m dy.
//
// The readable definition, two jobs in one dispatch: the first M threads own a row each, the next C own a column each.

override LAYER: bool = false;
override RESIDUAL: bool = false;
override GAIN: bool = false;
override SHIFT: bool = false;

struct Sizes {
  M: u32,
  C: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(4) var<storage, read> gain: array<f32>;
@group(0) @binding(5) var<storage, read> residual: array<f32>;
@group(0) @binding(6) var<storage, read_write> gainGradient: array<f32>;
@group(0) @binding(7) var<storage, read_write> shiftGradient: array<f32>;
@group(0) @binding(8) var<storage, read_write> dx: array<f32>;

fn normed(index: u32, row: u32) -> f32 {
  return (x[index] - statistics[row].x) * statistics[row].y;
}

fn passRow(row: u32) {
  let start = row * sizes.C;
  var sum = 0.0;
  var product = 0.0;
  for (var c = 0u; c < sizes.C; c++) {
    let g = gradient[start + c] * gain[c];
    sum += g;
    product += g * normed(start + c, row);
  }
  let mean = select(0.0, sum / f32(sizes.C), LAYER);
  for (var c = 0u; c < sizes.C; c++) {
    let g = gradient[start + c] * gain[c];
    var value = statistics[row].y * (g - mean - normed(start + c, row) * product / f32(sizes.C));
    if RESIDUAL {
      value += sizes.residualScale * residual[start + c];
    }
    dx[start + c] = value;
  }
}

fn passColumn(c: u32) {
  var gainSum = 0.0;
  var shiftSum = 0.0;
  for (var row = 0u; row < sizes.M; row++) {
    let index = row * sizes.C + c;
    gainSum += gradient[index] * normed(index, row);
    shiftSum += gradient[index];
  }
  if GAIN {
    gainGradient[c] += gainSum;
  }
  if SHIFT {
    shiftGradient[c] += shiftSum;
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index < sizes.M {
    passRow(index);
  } else if (GAIN || SHIFT) && index - sizes.M < sizes.C {
    passColumn(index - sizes.M);
  }
}
