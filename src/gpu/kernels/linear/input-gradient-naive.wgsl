// dx[M,K] = gradient[M,N] · weight[N,K] + residualScale · residual[M,K], and dx2[M,K2] = gradient · weight2[N,K2].
//
// The readable definition: one thread owns one output, first those of dx, then those of dx2; every shape.

override HALF: bool = false;
override HALF2: bool = false;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  // 0 without a second product.
  K2: u32,
  // 1 with a residual.
  residuals: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> weight2: array<u32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx2: array<f32>;

fn weightAt(i: u32) -> f32 {
  if HALF {
    return unpack2x16float(weight[i / 2])[i % 2];
  }
  return bitcast<f32>(weight[i]);
}

fn weight2At(i: u32) -> f32 {
  if HALF2 {
    return unpack2x16float(weight2[i / 2])[i % 2];
  }
  return bitcast<f32>(weight2[i]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  let columns = sizes.K + sizes.K2;
  if index >= sizes.M * columns {
    return;
  }
  let row = index / columns;
  let column = index % columns;
  var sum = 0.0;
  if column < sizes.K {
    for (var n = 0u; n < sizes.N; n++) {
      sum += gradient[row * sizes.N + n] * weightAt(n * sizes.K + column);
    }
    if sizes.residuals != 0 {
      sum += sizes.residualScale * residual[row * sizes.K + column];
    }
    dx[row * sizes.K + column] = sum;
  } else {
    let k = column - sizes.K;
    for (var n = 0u; n < sizes.N; n++) {
      sum += gradient[row * sizes.N + n] * weight2At(n * sizes.K2 + k);
    }
    dx2[row * sizes.K2 + k] = sum;
  }
}
