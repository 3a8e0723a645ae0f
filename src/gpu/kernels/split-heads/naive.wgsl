// heads[M,(H+2G)·D] = (turned queries | turned keys | values), shortcut[M,R] = gelu(last R columns of projected[M,N]).
//
// The readable definition: one thread owns one pair (j, j + D/2) of one head of one row, or one column of the shortcut.
// The heads are counted queries first, then keys, then values. A pair turns by the angle of its row's position r % T:
// a' = a·cos − b·sin, b' = b·cos + a·sin. Without ROTATE nothing turns.

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
  let columns = (sizes.H + 2 * sizes.G) * sizes.D;
  let each = columns / 2 + sizes.R;
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.M * each {
    return;
  }
  let row = index / each;
  let item = index % each;
  let missing = select(0u, sizes.H * sizes.D, SEPARATE);
  // Row r of the projection is r·N; the shortcut stands at its end.
  let start = row * (columns - missing + sizes.R);
  if item >= columns / 2 {
    let c = item - columns / 2;
    shortcut[row * sizes.R + c] = gelu(projected[start + columns - missing + c]);
    return;
  }
  let head = item / half;
  let j = item % half;
  let column = head * sizes.D + j;
  var pair: vec2f;
  if SEPARATE && head < sizes.H {
    let i = row * missing + column;
    pair = vec2f(query[i], query[i + half]);
  } else {
    let i = start + column - missing;
    pair = vec2f(projected[i], projected[i + half]);
  }
  if ROTATE && head < sizes.H + sizes.G {
    let turn = (row % sizes.T * half + j) * 2;
    let cosine = turns[turn];
    let sine = turns[turn + 1];
    pair = vec2f(pair.x * cosine - pair.y * sine, pair.y * cosine + pair.x * sine);
  }
  heads[row * columns + column] = pair.x;
  heads[row * columns + column + half] = pair.y;
}
