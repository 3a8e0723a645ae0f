// projectedGradient[M,N], queryGradient[M,H·D] from headsGradient[M,(H+2G)·D] and shortcutGradient[M,R]: the turn of
// splitHeads backwards, a = a'·cos + b'·sin, b = b'·cos − a'·sin, and gelu′ at the shortcut's columns of projected.
//
// The readable definition: one thread owns one pair (j, j + D/2) of one head of one row, or one column of the shortcut.

override ROTATE: bool = true;
// The queries are a tensor of their own; projected then starts with the keys.
override SEPARATE: bool = false;
// Which gradients arrive; the others are zero.
override HEADS: bool = true;
override SHORTCUT: bool = true;

struct Sizes {
  H: u32,
  G: u32,
  D: u32,
  M: u32,
  T: u32,
  R: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> headsGradient: array<f32>;
@group(0) @binding(2) var<storage, read> shortcutGradient: array<f32>;
@group(0) @binding(3) var<storage, read> projected: array<f32>;
@group(0) @binding(4) var<storage, read> turns: array<f32>;
@group(0) @binding(5) var<storage, read_write> projectedGradient: array<f32>;
@group(0) @binding(6) var<storage, read_write> queryGradient: array<f32>;

// Derivative of gelu, z · s with s = sigmoid(2u): s + z · s · (1 − s) · 2u′. The exponent is capped, see naive.wgsl.
fn geluSlope(z: f32) -> f32 {
  let u = 1.5957691216057308 * (z + 0.044715 * z * z * z);
  let s = 1.0 / (1.0 + exp(min(-u, 80.0)));
  return s + z * s * (1.0 - s) * 1.5957691216057308 * (1.0 + 0.134145 * z * z);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let half = sizes.D / 2;
  let columns = (sizes.H + 2 * sizes.G) * sizes.D;
  let each = columns / 2 + sizes.R;
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.M * each {
    return;
  }
  let row = index / each;
  let item = index % each;
  let missing = select(0u, sizes.H * sizes.D, SEPARATE);
  let start = row * (columns - missing + sizes.R);
  if item >= columns / 2 {
    let c = item - columns / 2;
    let place = start + columns - missing + c;
    var gradient = 0.0;
    if SHORTCUT {
      gradient = shortcutGradient[row * sizes.R + c] * geluSlope(projected[place]);
    }
    projectedGradient[place] = gradient;
    return;
  }
  let head = item / half;
  let j = item % half;
  let column = head * sizes.D + j;
  var pair: vec2f;
  if HEADS {
    let i = row * columns + column;
    pair = vec2f(headsGradient[i], headsGradient[i + half]);
  }
  if ROTATE && head < sizes.H + sizes.G {
    let turn = (row % sizes.T * half + j) * 2;
    let cosine = turns[turn];
    let sine = turns[turn + 1];
    pair = vec2f(pair.x * cosine + pair.y * sine, pair.y * cosine - pair.x * sine);
  }
  if SEPARATE && head < sizes.H {
    let i = row * missing + column;
    queryGradient[i] = pair.x;
    queryGradient[i + half] = pair.y;
  } else {
    let i = start + column - missing;
    projectedGradient[i] = pair.x;
    projectedGradient[i + half] = pair.y;
  }
}
