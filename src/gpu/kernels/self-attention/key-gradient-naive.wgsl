// k and v columns of headsGradient[M,(H+2G)·D]: a key gets Σ_t dS · q_t / √D, a value Σ_t P · gradient_t, over the queries
// of all heads of its group; P = exp(q_t · k / √D − logSumExp_t), dS = P · (gradient_t · v − delta_t).
//
// The readable definition: one thread owns one KV head of one row and walks the tokens that see it. The sums stand in
// headsGradient itself.

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
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
// logSumExp and delta of each query.
@group(0) @binding(3) var<storage, read> statistics: array<vec2f>;
// The third is the prefix length.
@group(0) @binding(4) var<storage, read> cursor: array<u32>;
@group(0) @binding(5) var<storage, read_write> headsGradient: array<f32>;

// First token that sees key j, and the end of those that see it.
fn seeing(j: u32) -> vec2u {
  var first = j;
  if sizes.prefix != 0 && j < cursor[2] {
    first = 0;
  }
  var end = sizes.T;
  if sizes.window != 0 {
    end = min(end, j + sizes.window);
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
  if index >= sizes.M * sizes.G {
    return;
  }
  let row = index / sizes.G;
  let kvHead = index % sizes.G;
  let j = row % sizes.T;
  let columns = (sizes.H + 2 * sizes.G) * sizes.D;
  let key = row * columns + (sizes.H + kvHead) * sizes.D;
  let value = key + sizes.G * sizes.D;
  let queries = seeing(j);
  let scale = inverseSqrt(f32(sizes.D));
  let headsEach = sizes.H / sizes.G;

  for (var d = 0u; d < sizes.D; d++) {
    headsGradient[key + d] = 0.0;
    headsGradient[value + d] = 0.0;
  }
  for (var head = kvHead * headsEach; head < (kvHead + 1) * headsEach; head++) {
    for (var t = queries.x; t < queries.y; t++) {
      let other = row - j + t;
      let query = other * columns + head * sizes.D;
      let start = (other * sizes.H + head) * sizes.D;
      var score = 0.0;
      var arriving = 0.0;
      for (var d = 0u; d < sizes.D; d++) {
        score += heads[query + d] * heads[key + d];
        arriving += gradient[start + d] * heads[value + d];
      }
      let known = statistics[other * sizes.H + head];
      let weight = exp(score * scale - known.x);
      let slope = weight * (arriving - known.y) * scale;
      for (var d = 0u; d < sizes.D; d++) {
        headsGradient[key + d] += slope * heads[query + d];
        headsGradient[value + d] += weight * gradient[start + d];
      }
    }
  }
}
