// projectedGradient[M,N], queryGradient[M,H·D] from headsGradient[M,(H+2G)·D] and shortcutGradient[M,R]: the turn of
// splitHeads backwards, a = a'·cos + b'·sin, b = b'·cos − a'·sin, and gelu′ at the shortcut's columns of projected.
//
// One thread owns the pair (j, j + D/2) of every head of one row and every D/2-th column of the shortcut, see thread.wgsl.

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

// Element i of headsGradient; zero when nothing depends on the heads.
fn arriving(i: u32) -> f32 {
  if HEADS {
    return headsGradient[i];
  }
  return 0.0;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let half = sizes.D / 2;
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.M * half {
    return;
  }
  let row = index / half;
  let j = index % half;
  let queryColumns = sizes.H * sizes.D;
  let turned = queryColumns + sizes.G * sizes.D;
  let columns = turned + sizes.G * sizes.D;
  let missing = select(0u, queryColumns, SEPARATE);
  let start = row * (columns - missing + sizes.R);
  var rotation = vec2f(1.0, 0.0);
  if ROTATE {
    let turn = (row % sizes.T * half + j) * 2;
    rotation = vec2f(turns[turn], turns[turn + 1]);
  }

  for (var column = j; column < turned; column += sizes.D) {
    let place = row * columns + column;
    let pair = vec2f(arriving(place), arriving(place + half));
    let back = vec2f(pair.x * rotation.x + pair.y * rotation.y, pair.y * rotation.x - pair.x * rotation.y);
    if SEPARATE && column < queryColumns {
      let i = row * queryColumns + column;
      queryGradient[i] = back.x;
      queryGradient[i + half] = back.y;
    } else {
      let i = start + column - missing;
      projectedGradient[i] = back.x;
      projectedGradient[i + half] = back.y;
    }
  }
  for (var column = turned + j; column < columns; column += half) {
    projectedGradient[start + column - missing] = arriving(row * columns + column);
  }
  for (var c = j; c < sizes.R; c += half) {
    let place = start + columns - missing + c;
    var gradient = 0.0;
    if SHORTCUT {
      gradient = shortcutGradient[row * sizes.R + c] * geluSlope(projected[place]);
    }
    projectedGradient[place] = gradient;
  }
}
