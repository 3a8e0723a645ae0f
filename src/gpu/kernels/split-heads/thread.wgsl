// heads[M,(H+2G)·D] = (turned queries | turned keys | values), shortcut[M,R] = gelu(last R columns of projected[M,N]).
//
// One thread owns the pair (j, j + D/2) of every head of one row, so that a turn is read once and serves H + G heads, and
// every D/2-th column of the shortcut. Neighbouring threads read neighbouring numbers. No workgroup memory, no barrier.

override ROTATE: bool = true;
// The queries are a tensor of their own; projected then starts with the keys.
override SEPARATE: bool = false;

struct Sizes {
  H: u32,
  G: u32,
  D: u32,
  M: u32,
  T: u32,
  R: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> projected: array<f32>;
@group(0) @binding(2) var<storage, read> query: array<f32>;
@group(0) @binding(3) var<storage, read> turns: array<f32>;
@group(0) @binding(4) var<storage, read_write> heads: array<f32>;
@group(0) @binding(5) var<storage, read_write> shortcut: array<f32>;

// z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³); the exponent is capped so that 1 + exp stays
// finite: WGSL may assume that no infinity occurs.
fn gelu(z: f32) -> f32 {
  let u = 1.5957691216057308 * (z + 0.044715 * z * z * z);
  return z / (1.0 + exp(min(-u, 80.0)));
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
    var pair: vec2f;
    if SEPARATE && column < queryColumns {
      let i = row * queryColumns + column;
      pair = vec2f(query[i], query[i + half]);
    } else {
      let i = start + column - missing;
      pair = vec2f(projected[i], projected[i + half]);
    }
    let place = row * columns + column;
    heads[place] = pair.x * rotation.x - pair.y * rotation.y;
    heads[place + half] = pair.y * rotation.x + pair.x * rotation.y;
  }
  for (var column = turned + j; column < columns; column += half) {
    heads[row * columns + column] = projected[start + column - missing];
  }
  for (var c = j; c < sizes.R; c += half) {
    shortcut[row * sizes.R + c] = gelu(projected[start + columns - missing + c]);
  }
}
