// weightGradient[N,K] += gradient[M,N]ᵀ · x[M,K], weight2Gradient[N,K2] += gradientᵀ · x2[M,K2],
// biasGradient[n] += Σ_m gradient[m,n] for the first biasRows columns.
//
// The readable definition: one thread owns one element of one accumulator and sums over the rows; every shape.

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  K2: u32,
  // Columns of the accumulators of the weights, K and K2, or 0 where none is wanted.
  columns: u32,
  columns2: u32,
  biasRows: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> x2: array<f32>;
@group(0) @binding(4) var<storage, read_write> weightGradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> weight2Gradient: array<f32>;
@group(0) @binding(6) var<storage, read_write> biasGradient: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  // Of each row n: the columns of both weights, then its bias.
  let jobs = sizes.columns + sizes.columns2 + 1;
  let n = index / jobs;
  if n >= sizes.N {
    return;
  }
  let job = index % jobs;
  var sum = 0.0;
  if job < sizes.columns {
    for (var m = 0u; m < sizes.M; m++) {
      sum += gradient[m * sizes.N + n] * x[m * sizes.K + job];
    }
    weightGradient[n * sizes.K + job] += sum;
  } else if job < jobs - 1 {
    let k = job - sizes.columns;
    for (var m = 0u; m < sizes.M; m++) {
      sum += gradient[m * sizes.N + n] * x2[m * sizes.K2 + k];
    }
    weight2Gradient[n * sizes.K2 + k] += sum;
  } else if n < sizes.biasRows {
    for (var m = 0u; m < sizes.M; m++) {
      sum += gradient[m * sizes.N + n];
    }
    biasGradient[n] += sum;
  }
}
