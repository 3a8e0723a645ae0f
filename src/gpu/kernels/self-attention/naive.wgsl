// out[M,H·D] = softmax(q · kᵀ / √D + mask) · v for each head, logSumExp[M,H]; q, k, v are columns of heads[M,(H+2G)·D].
//
// The readable definition: one thread owns one head of one row and walks the keys that it sees with the online softmax:
// when a larger score appears, what was summed so far shrinks by exp(old − new). The sum stands in out itself.

struct Sizes {
  H: u32,
  G: u32,
  D: u32,
  // 1: the first cursor[2] tokens are seen from everywhere.
  prefix: u32,
  // 0 is no window.
  window: u32,
  M: u32,
  T: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> heads: array<f32>;
// The third is the prefix length.
@group(0) @binding(2) var<storage, read> cursor: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<storage, read_write> logSumExp: array<f32>;

// First key that token t sees, and the end of what it sees.
fn visible(t: u32) -> vec2u {
  var first = 0u;
  if sizes.window != 0 && t + 1 > sizes.window {
    first = t + 1 - sizes.window;
  }
  var end = t + 1;
  if sizes.prefix != 0 {
    end = min(max(end, cursor[2]), sizes.T);
  }
  return vec2u(first, end);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.M * sizes.H {
    return;
  }
  let row = index / sizes.H;
  let head = index % sizes.H;
  let t = row % sizes.T;
  let columns = (sizes.H + 2 * sizes.G) * sizes.D;
  let query = row * columns + head * sizes.D;
  let key = (sizes.H + head * sizes.G / sizes.H) * sizes.D;
  let value = key + sizes.G * sizes.D;
  let start = index * sizes.D;
  let keys = visible(t);
  let scale = inverseSqrt(f32(sizes.D));

  for (var d = 0u; d < sizes.D; d++) {
    out[start + d] = 0.0;
  }
  var largest = -1e30;
  var total = 0.0;
  for (var j = keys.x; j < keys.y; j++) {
    let other = (row - t + j) * columns;
    var score = 0.0;
    for (var d = 0u; d < sizes.D; d++) {
      score += heads[query + d] * heads[other + key + d];
    }
    score *= scale;
    let next = max(largest, score);
    let shrink = exp(largest - next);
    let weight = exp(score - next);
    largest = next;
    total = total * shrink + weight;
    for (var d = 0u; d < sizes.D; d++) {
      out[start + d] = out[start + d] * shrink + weight * heads[other + value + d];
    }
  }
  for (var d = 0u; d < sizes.D; d++) {
    out[start + d] /= total;
  }
  logSumExp[index] = largest + log(total);
}
