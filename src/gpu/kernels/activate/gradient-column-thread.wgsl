// Gradient of y[M,F] = S(z), or gated y[M,F] = S(z) · up, with S(z) = Σᵢ act(scale[i,f] · z + offset[i,f]); h[M,F] = z, gated
// h[M,2F] = (z, up). With p[i] = dy (· up) · act′(scale[i] · z + offset[i]):  dz = Σᵢ scale[i] · p[i],  dup = dy · S(z),
// scaleGradient[i,f] += Σ_m p[i] · z,  offsetGradient[i,f] += Σ_m p[i].
//
// One job: a thread owns four columns and walks all rows, two at a time, so that an exponential serves dh and both sums, which
// takes half the time of two jobs. Four rows at a time are no faster and compile longer. F % 4 == 0. No workgroup memory, no
// barrier.

// 1 SiLU, 2 GELU (tanh), 3 ReLU.
override KIND: u32 = 1;
override GATED: bool = false;
override SCALE: bool = false;
override OFFSET: bool = false;

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

struct Row {
  z: vec4f,
  dy: vec4f,
  // dy (· up).
  dS: vec4f,
  S: vec4f,
  dz: vec4f,
}

fn placeOf(row: u32, column: u32) -> u32 {
  return row * (sizes.F / 4) * select(1u, 2u, GATED) + column;
}

// A row past the end has no gradient and adds nothing.
fn load(row: u32, column: u32) -> Row {
  let at = placeOf(min(row, sizes.M - 1), column);
  var dy = vec4f();
  if row < sizes.M {
    dy = gradient[row * (sizes.F / 4) + column];
  }
  var dS = dy;
  if GATED {
    dS *= h[at + sizes.F / 4];
  }
  return Row(h[at], dy, dS, vec4f(), vec4f());
}

// Adds a branch to dz and S; returns p.
fn addBranch(row: ptr<function, Row>, scaling: vec4f, shifting: vec4f) -> vec4f {
  let a = act(scaling * (*row).z + shifting);
  let p = (*row).dS * a.slope;
  (*row).dz += scaling * p;
  (*row).S += a.value;
  return p;
}

fn store(row: u32, column: u32, result: Row) {
  if row >= sizes.M {
    return;
  }
  let at = placeOf(row, column);
  dh[at] = result.dz;
  if GATED {
    dh[at + sizes.F / 4] = result.dy * result.S;
  }
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = (group.y * groups.x + group.x) * 4 + lane;
  if column >= sizes.F / 4 {
    return;
  }
  for (var row = 0u; row < sizes.M; row += 2) {
    var a = load(row, column);
    var b = load(row + 1, column);
    for (var branch = 0u; branch < sizes.branches; branch++) {
      let i = branch * (sizes.F / 4) + column;
      let scaling = scale[i];
      let shifting = offset[i];
      let pa = addBranch(&a, scaling, shifting);
      let pb = addBranch(&b, scaling, shifting);
      if SCALE {
        scaleGradient[i] += pa * a.z + pb * b.z;
      }
      if OFFSET {
        offsetGradient[i] += pa + pb;
      }
    }
    store(row, column, a);
    store(row + 1, column, b);
  }
}
