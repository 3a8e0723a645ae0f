// Gradient of y = x̂ · gain + shift with x̂[m,c] = (x − mean[m]) · factor[m]; statistics[m] = (mean, factor). C % 4 == 0.
// With g = dy · gain:  dx[M,C] = factor · (g − mean_c(g) − x̂ · mean_c(g · x̂)) + residualScale · residual, where RMSNorm has
// no mean_c(g);  gainGradient[c] += Σ_m dy · x̂;  shiftGradient[c] += Σ_m dy.
//
// Two jobs in one dispatch: in the first `columnGroups` workgroups a thread owns eight columns and walks all rows, in the rest
// it owns two rows and walks them twice. The tiles save loads, which are what a software adapter spends its time on: of the
// gain and of the statistics. Columns come first because they take longest. No workgroup memory, no barrier.

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

// What turns a row into its gradient: dx = factor · g + slope · x + constant.
struct Affine {
  factor: f32,
  slope: f32,
  constant: f32,
}

// Of the row's Σ g and Σ g · (x − mean).
fn affineOf(statistic: vec2f, sums: vec4f, products: vec4f) -> Affine {
  let one = vec4f(1.0);
  let factor = statistic.y;
  let slope = -factor * factor * factor * dot(products, one) / f32(sizes.C);
  let mean = select(0.0, dot(sums, one) / f32(sizes.C), LAYER);
  return Affine(factor, slope, -factor * mean - slope * statistic.x);
}

fn store(index: u32, scaling: vec4f, affine: Affine) {
  var value = affine.factor * (gradient[index] * scaling) + affine.slope * x[index] + affine.constant;
  if RESIDUAL {
    value += sizes.residualScale * residual[index];
  }
  dx[index] = value;
}

// When the second row is past the end, the first stands in for it.
fn passRows(first: u32) {
  let second = min(first + 1, sizes.M - 1);
  let columns = sizes.C / 4;
  let a = first * columns;
  let b = second * columns;
  let statisticA = statistics[first];
  let statisticB = statistics[second];
  var sumsA = vec4f();
  var sumsB = vec4f();
  var productsA = vec4f();
  var productsB = vec4f();
  for (var c = 0u; c < columns; c++) {
    let scaling = gain[c];
    let gA = gradient[a + c] * scaling;
    let gB = gradient[b + c] * scaling;
    sumsA += gA;
    sumsB += gB;
    productsA += gA * (x[a + c] - statisticA.x);
    productsB += gB * (x[b + c] - statisticB.x);
  }
  let affineA = affineOf(statisticA, sumsA, productsA);
  let affineB = affineOf(statisticB, sumsB, productsB);
  for (var c = 0u; c < columns; c++) {
    let scaling = gain[c];
    store(a + c, scaling, affineA);
    if second > first {
      store(b + c, scaling, affineB);
    }
  }
}

// Adds to four columns.
fn accumulate(c: u32, gainSum: vec4f, shiftSum: vec4f) {
  if GAIN {
    gainGradient[c] += gainSum;
  }
  if SHIFT {
    shiftGradient[c] += shiftSum;
  }
}

// When the second four columns are past the end, the first stand in for them.
fn passColumns(first: u32) {
  let columns = sizes.C / 4;
  let second = min(first + 1, columns - 1);
  var gainA = vec4f();
  var gainB = vec4f();
  var shiftA = vec4f();
  var shiftB = vec4f();
  for (var row = 0u; row < sizes.M; row++) {
    let a = row * columns + first;
    let b = row * columns + second;
    let dyA = gradient[a];
    let dyB = gradient[b];
    if GAIN {
      let statistic = statistics[row];
      gainA += dyA * ((x[a] - statistic.x) * statistic.y);
      gainB += dyB * ((x[b] - statistic.x) * statistic.y);
    }
    shiftA += dyA;
    shiftB += dyB;
  }
  accumulate(first, gainA, shiftA);
  if second > first {
    accumulate(second, gainB, shiftB);
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
    let column = (index * 4 + lane) * 2;
    if column < sizes.C / 4 {
      passColumns(column);
    }
  } else {
    let row = ((index - sizes.columnGroups) * 4 + lane) * 2;
    if row < sizes.M {
      passRows(row);
    }
  }
}
