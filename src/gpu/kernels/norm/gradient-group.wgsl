// Gradient of y = x̂ · gain + shift with x̂[m,c] = (x − mean[m]) · factor[m]; statistics[m] = (mean, factor).
// With g = dy · gain:  dx[M,C] = factor · (g − mean_c(g) − x̂ · mean_c(g · x̂)) + residualScale · residual, where RMSNorm has
// no mean_c(g);  gainGradient[c] += Σ_m dy · x̂;  shiftGradient[c] += Σ_m dy.
//
// Two jobs in one dispatch. The first `columnGroups` workgroups own 16 columns each: thread (stripe, column) of 16 × 16 sums
// every 16th row, so that 16 neighbours read one line, and the stripes are added in order. Each other workgroup owns four
// rows: 64 threads a row read neighbouring elements, and a tree in workgroup memory adds their sums.

override LAYER: bool = false;
override RESIDUAL: bool = false;
override GAIN: bool = false;
override SHIFT: bool = false;

const threads = 256u;
const side = 16u;
const team = 64u;

struct Sizes {
  M: u32,
  C: u32,
  residualScale: f32,
  columnGroups: u32,
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

var<workgroup> partial: array<vec2f, threads>;

fn passRows(first: u32, lane: u32) {
  // A team without a row of its own goes through the barriers with the others.
  let row = min(first + lane / team, sizes.M - 1);
  let start = row * sizes.C;
  let mean = statistics[row].x;
  let factor = statistics[row].y;
  var own = vec2f();
  for (var c = lane % team; c < sizes.C; c += team) {
    let g = gradient[start + c] * gain[c];
    own += vec2f(g, g * (x[start + c] - mean));
  }
  partial[lane] = own;
  workgroupBarrier();
  for (var stride = team / 2; stride > 0; stride /= 2) {
    if lane % team < stride {
      partial[lane] += partial[lane + stride];
    }
    workgroupBarrier();
  }
  if first + lane / team >= sizes.M {
    return;
  }
  let sums = partial[lane / team * team];
  // dx = factor · g + slope · (x − mean) + constant.
  let slope = -factor * factor * factor * sums.y / f32(sizes.C);
  let constant = select(0.0, -factor * sums.x / f32(sizes.C), LAYER);
  for (var c = lane % team; c < sizes.C; c += team) {
    var value = factor * (gradient[start + c] * gain[c]) + slope * (x[start + c] - mean) + constant;
    if RESIDUAL {
      value += sizes.residualScale * residual[start + c];
    }
    dx[start + c] = value;
  }
}

fn passColumns(first: u32, lane: u32) {
  let c = first + lane % side;
  var own = vec2f();
  if c < sizes.C {
    for (var row = lane / side; row < sizes.M; row += side) {
      let dy = gradient[row * sizes.C + c];
      own += vec2f(dy * (x[row * sizes.C + c] - statistics[row].x) * statistics[row].y, dy);
    }
  }
  partial[lane] = own;
  workgroupBarrier();
  if lane >= side || c >= sizes.C {
    return;
  }
  for (var stripe = 1u; stripe < side; stripe++) {
    own += partial[stripe * side + lane];
  }
  if GAIN {
    gainGradient[c] += own.x;
  }
  if SHIFT {
    shiftGradient[c] += own.y;
  }
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  if index < sizes.columnGroups {
    passColumns(index * side, lane);
  } else {
    passRows((index - sizes.columnGroups) * (threads / team), lane);
  }
}
