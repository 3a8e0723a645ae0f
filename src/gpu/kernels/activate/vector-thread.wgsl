// y[M,F] = S(h[M,F]), or gated y[M,F] = S(h[:, :F]) · h[:, F:], with S(z) = Σᵢ act(scale[i,f] · z + offset[i,f]).
//
// One thread owns four neighbouring elements of y, so that loads, exponentials and stores are vectors. F % 4 == 0.

// 1 SiLU, 2 GELU (tanh), 3 ReLU.
override KIND: u32 = 1;
override GATED: bool = false;
override SERIES: bool = false;

struct Sizes {
  M: u32,
  F: u32,
  branches: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> h: array<vec4f>;
@group(0) @binding(2) var<storage, read> scale: array<vec4f>;
@group(0) @binding(3) var<storage, read> offset: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

// The exponent is capped so that 1 + exp stays finite: WGSL may assume that no infinity occurs.
fn sigmoid(z: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(min(-z, vec4f(80.0))));
}

fn act(z: vec4f) -> vec4f {
  switch KIND {
    case 1u: { return z * sigmoid(z); }
    // z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³).
    case 2u: { return z * sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z)); }
    default: { return max(z, vec4f()); }
  }
}

fn series(z: vec4f, column: u32) -> vec4f {
  if !SERIES {
    return act(z);
  }
  var sum = vec4f();
  for (var branch = 0u; branch < sizes.branches; branch++) {
    let i = branch * (sizes.F / 4) + column;
    sum += act(scale[i] * z + offset[i]);
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  let columns = sizes.F / 4;
  if index >= sizes.M * columns {
    return;
  }
  let row = index / columns;
  let column = index % columns;
  if GATED {
    let start = row * 2 * columns;
    y[index] = series(h[start + column], column) * h[start + columns + column];
  } else {
    y[index] = series(h[index], column);
  }
}
