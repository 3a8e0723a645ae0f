// weightGradient[e] += Σ over the rows r of expert e of gradient[r]ᵀ · x[r], weightGradient[E·N,K], gradient[M,N], x[M,K].
//
// The readable definition: one thread owns one element of the accumulator and sums over the expert's rows; every shape.

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  E: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> places: array<u32>;
@group(0) @binding(4) var<storage, read_write> weightGradient: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  let e = index / (sizes.N * sizes.K);
  if e >= sizes.E {
    return;
  }
  let n = index / sizes.K % sizes.N;
  let k = index % sizes.K;
  var sum = 0.0;
  for (var place = places[e]; place < places[e + 1]; place++) {
    let row = places[sizes.E + 1 + place];
    sum += gradient[row * sizes.N + n] * x[row * sizes.K + k];
  }
  weightGradient[index] += sum;
}
