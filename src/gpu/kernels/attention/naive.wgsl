// out[T,H·D] = softmax(query · keyCacheᵀ / √D + mask) · valueCache, for each head.
//
// The readable definition: one thread owns one head of one row and walks the keys that it sees with the online softmax:
// when a larger score appears, what was summed so far shrinks by exp(old − new). The sum stands in out itself.

struct Sizes {
  H: u32,
  G: u32,
  D: u32,
  // 1: the prompt sees itself in both directions.
  prefix: u32,
  // 0 is no window.
  window: u32,
  T: u32,
  S: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> query: array<f32>;
@group(0) @binding(2) var<storage, read> keyCache: array<f32>;
@group(0) @binding(3) var<storage, read> valueCache: array<f32>;
// Position of the first row, valid rows, prefix length, 0.
@group(0) @binding(4) var<storage, read> cursor: array<u32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

// First key that is seen from `position`, and the end of what is seen.
fn visible(position: u32) -> vec2u {
  var first = 0u;
  if sizes.window != 0 && position + 1 > sizes.window {
    first = position + 1 - sizes.window;
  }
  var end = position + 1;
  if sizes.prefix != 0 {
    end = max(end, cursor[2]);
  }
  return vec2u(first, min(end, min(cursor[0] + cursor[1], sizes.S)));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.T * sizes.H {
    return;
  }
  let row = index / sizes.H;
  let head = index % sizes.H;
  let start = index * sizes.D;
  let column = head * sizes.G / sizes.H * sizes.D;
  let keys = visible(cursor[0] + row);
  let scale = inverseSqrt(f32(sizes.D));

  for (var d = 0u; d < sizes.D; d++) {
    out[start + d] = 0.0;
  }
  var largest = -1e30;
  var total = 0.0;
  for (var j = keys.x; j < keys.y; j++) {
    let keyStart = j * sizes.G * sizes.D + column;
    var score = 0.0;
    for (var d = 0u; d < sizes.D; d++) {
      score += query[start + d] * keyCache[keyStart + d];
    }
    score *= scale;
    let next = max(largest, score);
    let shrink = exp(largest - next);
    let weight = exp(score - next);
    largest = next;
    total = total * shrink + weight;
    for (var d = 0u; d < sizes.D; d++) {
      out[start + d] = out[start + d] * shrink + weight * valueCache[keyStart + d];
    }
  }
  if total > 0.0 {
    for (var d = 0u; d < sizes.D; d++) {
      out[start + d] /= total;
    }
  }
}
