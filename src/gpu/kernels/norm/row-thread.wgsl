// y[M,C] = N(x[M,C]) + residual[M,C]; N is RMSNorm, x / √(mean(x²) + ε) · gain, or LayerNorm,
// (x − mean) / √(var + ε) · gain + shift with the biased variance. C % 4 == 0.
//
// One thread owns one row and walks it in vectors of four. Workgroups are small: there are few rows, and every core of a
// software adapter should get some. No workgroup memory, no barrier.

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
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;
@group(0) @binding(3) var<storage, read> shift: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> statistics: array<vec2f>;

fn sumOf(v: vec4f) -> f32 {
  return v.x + v.y + v.z + v.w;
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * 4 + lane;
  if row >= sizes.M {
    return;
  }
  let columns = sizes.C / 4;
  let start = row * columns;
  var mean = 0.0;
  if LAYER {
    var sum = vec4f();
    for (var c = 0u; c < columns; c++) {
      sum += x[start + c];
    }
    mean = sumOf(sum) / f32(sizes.C);
  }
  var squares = vec4f();
  for (var c = 0u; c < columns; c++) {
    let centred = x[start + c] - mean;
    squares += centred * centred;
  }
  let factor = inverseSqrt(sumOf(squares) / f32(sizes.C) + sizes.epsilon);
  if STATISTICS {
    statistics[row] = vec2f(mean, factor);
  }
  for (var c = 0u; c < columns; c++) {
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
