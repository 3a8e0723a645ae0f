// Gradient of y = x̂ · gain + shift with x̂[m,c] = (x − mean[m]) · factor[m]; statistics[m] = (mean, factor). C % 4 == 0.
// With g = dy · gain:  dx[M,C] = factor · (g − mean_c(g) − x̂ · mean_c(g · x̂)) + residualScale · residual, where RMSNorm has
// no mean_c(g);  gainGradient[c] += Σ_m dy · x̂;  shiftGradient[c] += Σ_m dy.
//
// Two jobs in one dispatch: in the first `columnGroups` workgroups a thread owns four columns and walks all rows, in the rest
// it owns one row and walks it twice. Columns come first because they take longest. No workgroup memory, no barrier.

override LAYER: bool = false;
override RESIDUAL: bool = false;
override GAIN: bool = false;
override SHIFT: bool = false;

struct Sizes {
  M: u32,
  C: u32,
  residualScale: f32,
  columnGroups: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(4) var<storage, read> gain: array<vec4f>;
@group(0) @binding(5) var<storage, read> residual: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> gainGradient: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> shiftGradient: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dx: array<vec4f>;

fn passRow(row: u32) {
  let columns = sizes.C / 4;
  let start = row * columns;
  let mean = statistics[row].x;
  let factor = statistics[row].y;
  var sums = vec4f();
  var products = vec4f();
  for (var c = 0u; c < columns; c++) {
    let g = gradient[start + c] * gain[c];
    sums += g;
    products += g * (x[start + c] - mean);
  }
  // dx = factor · g + slope · (x − mean) + constant.
  let one = vec4f(1.0);
  let slope = -factor * factor * factor * dot(products, one) / f32(sizes.C);
  let constant = select(0.0, -factor * dot(sums, one) / f32(sizes.C), LAYER);
  for (var c = 0u; c < columns; c++) {
    var value = factor * (gradient[start + c] * gain[c]) + slope * (x[start + c] - mean) + constant;
    if RESIDUAL {
      value += sizes.residualScale * residual[start + c];
    }
    dx[start + c] = value;
  }
}

fn passColumns(c: u32) {
  let columns = sizes.C / 4;
  var gainSum = vec4f();
  var shiftSum = vec4f();
  for (var row = 0u; row < sizes.M; row++) {
    let dy = gradient[row * columns + c];
    if GAIN {
      let statistic = statistics[row];
      gainSum += dy * ((x[row * columns + c] - statistic.x) * statistic.y);
    }
    shiftSum += dy;
  }
  if GAIN {
    gainGradient[c] += gainSum;
  }
  if SHIFT {
    shiftGradient[c] += shiftSum;
  }
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  if index < sizes.columnGroups {
    let column = index * 4 + lane;
    if column < sizes.C / 4 {
      passColumns(column);
    }
  } else {
    let row = (index - sizes.columnGroups) * 4 + lane;
    if row < sizes.M {
      passRow(row);
    }
  }
}
