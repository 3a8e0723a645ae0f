// dx[r] = gradient[r] · weight[expert[r]] + residualScale · residual[r], dx[M,K], gradient[M,N], weight[E·N,K].
//
// The readable definition: one thread owns one output; every shape.

override HALF: bool = false;
override RESIDUAL: bool = false;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  E: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> expert: array<u32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

fn weightAt(i: u32) -> f32 {
  if HALF {
    return unpack2x16float(weight[i / 2])[i % 2];
  }
  return bitcast<f32>(weight[i]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  let row = index / sizes.K;
  let column = index % sizes.K;
  if row >= sizes.M {
    return;
  }
  let first = expert[row] * sizes.N;
  var sum = 0.0;
  for (var n = 0u; n < sizes.N; n++) {
    sum += gradient[row * sizes.N + n] * weightAt((first + n) * sizes.K + column);
  }
  if RESIDUAL {
    sum += sizes.residualScale * residual[index];
  }
  dx[index] = sum;
}
