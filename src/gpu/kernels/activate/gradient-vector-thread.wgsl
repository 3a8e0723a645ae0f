// Gradient of y[M,F] = act(z), or gated y[M,F] = act(z) · up; h[M,F] = z, gated h[M,2F] = (z, up).
// dz = dy (· up) · act′(z),  dup = dy · act(z).
//
// One thread owns four neighbouring elements of y. F % 4 == 0, no series: scale, offset and their gradients are never read.

// 1 SiLU, 2 GELU (tanh), 3 ReLU.
override KIND: u32 = 1;
override GATED: bool = false;

struct Sizes {
  M: u32,
  F: u32,
  branches: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> h: array<vec4f>;
@group(0) @binding(3) var<storage, read> scale: array<vec4f>;
@group(0) @binding(4) var<storage, read> offset: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> scaleGradient: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> offsetGradient: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dh: array<vec4f>;

struct Act {
  value: vec4f,
  slope: vec4f,
}

// Arguments are capped where the slope has long become 0 or 1, so that no power or exponential overflows: WGSL may assume
// that no infinity occurs.
fn act(z: vec4f) -> Act {
  switch KIND {
    case 1u: {
      let near = clamp(z, vec4f(-80.0), vec4f(80.0));
      let e = exp(-near);
      let s = 1.0 / (1.0 + e);
      return Act(z * s, s + near * (e * s * s));
    }
    // z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³).
    case 2u: {
      let near = clamp(z, vec4f(-9.0), vec4f(9.0));
      let square = near * near;
      let e = exp(-1.5957691216057308 * near * (1.0 + 0.044715 * square));
      let s = 1.0 / (1.0 + e);
      return Act(z * s, s + near * (e * s * s) * (1.5957691216057308 * (1.0 + 0.134145 * square)));
    }
    default: {
      return Act(max(z, vec4f()), select(vec4f(), vec4f(1.0), z > vec4f()));
    }
  }
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
  let dy = gradient[index];
  if GATED {
    let at = index + index / columns * columns;
    let a = act(h[at]);
    dh[at] = dy * h[at + columns] * a.slope;
    dh[at + columns] = dy * a.value;
  } else {
    dh[index] = dy * act(h[index]).slope;
  }
}
