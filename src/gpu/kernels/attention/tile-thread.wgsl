// out[T,H·D] = softmax(query · keyCacheᵀ / √D + mask) · valueCache, for each head. D % 4 == 0.
//
// One thread owns four neighbouring rows of one head and walks the keys four at a time, so that a load of a key or value
// serves four rows and a load of a query four keys. Softmax is online, see naive.wgsl; the sums stand in out itself, which
// takes heads of any size without indexing private memory. Neighbouring threads take other heads of the same rows: they
// walk equally far. No workgroup memory, no barrier.

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
@group(0) @binding(1) var<storage, read> query: array<vec4f>;
@group(0) @binding(2) var<storage, read> keyCache: array<vec4f>;
@group(0) @binding(3) var<storage, read> valueCache: array<vec4f>;
// Position of the first row, valid rows, prefix length, 0.
@group(0) @binding(4) var<storage, read> cursor: array<u32>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

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

fn largestOf(v: vec4f) -> f32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

// The scores of one row for four neighbouring keys from j on; hidden keys get a score that weighs nothing.
fn masked(scores: vec4f, j: u32, keys: vec2u) -> vec4f {
  let places = j + vec4u(0, 1, 2, 3);
  return select(vec4f(-1e30), scores, (places >= vec4u(keys.x)) & (places < vec4u(keys.y)));
}

// exp(score − largest); 0 for hidden keys, also while a row has seen none.
fn weigh(scores: vec4f, largest: f32) -> vec4f {
  return select(exp(scores - largest), vec4f(), scores <= vec4f(-1e30));
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 4 + lane;
  let firstRow = index / sizes.H * 4;
  let head = index % sizes.H;
  if firstRow >= sizes.T {
    return;
  }
  let vectors = sizes.D / 4;
  let rows = min(4, sizes.T - firstRow);
  // Rows past the end repeat the last one and are not written.
  let row = min(firstRow + vec4u(0, 1, 2, 3), vec4u(sizes.T - 1));
  let start = (row * sizes.H + head) * vectors;
  let stride = sizes.G * vectors;
  let column = head * sizes.G / sizes.H * vectors;
  let scale = inverseSqrt(f32(sizes.D));
  let keys0 = visible(cursor[0] + row.x);
  let keys1 = visible(cursor[0] + row.y);
  let keys2 = visible(cursor[0] + row.z);
  let keys3 = visible(cursor[0] + row.w);

  for (var i = 0u; i < rows; i++) {
    for (var d = 0u; d < vectors; d++) {
      out[start[i] + d] = vec4f();
    }
  }
  var largest = vec4f(-1e30);
  var total = vec4f();
  // Later rows see no less at the end and no more at the start.
  for (var j = keys0.x; j < keys3.y; j += 4) {
    let places = min(j + vec4u(0, 1, 2, 3), vec4u(keys3.y - 1)) * stride + column;
    var scores0 = vec4f();
    var scores1 = vec4f();
    var scores2 = vec4f();
    var scores3 = vec4f();
    for (var d = 0u; d < vectors; d++) {
      let key0 = keyCache[places.x + d];
      let key1 = keyCache[places.y + d];
      let key2 = keyCache[places.z + d];
      let key3 = keyCache[places.w + d];
      let query0 = query[start.x + d];
      scores0 += vec4f(dot(query0, key0), dot(query0, key1), dot(query0, key2), dot(query0, key3));
      let query1 = query[start.y + d];
      scores1 += vec4f(dot(query1, key0), dot(query1, key1), dot(query1, key2), dot(query1, key3));
      let query2 = query[start.z + d];
      scores2 += vec4f(dot(query2, key0), dot(query2, key1), dot(query2, key2), dot(query2, key3));
      let query3 = query[start.w + d];
      scores3 += vec4f(dot(query3, key0), dot(query3, key1), dot(query3, key2), dot(query3, key3));
    }
    scores0 = masked(scores0 * scale, j, keys0);
    scores1 = masked(scores1 * scale, j, keys1);
    scores2 = masked(scores2 * scale, j, keys2);
    scores3 = masked(scores3 * scale, j, keys3);
    let next = max(
      largest,
      vec4f(largestOf(scores0), largestOf(scores1), largestOf(scores2), largestOf(scores3)),
    );
    let shrink = exp(largest - next);
    largest = next;
    let weights0 = weigh(scores0, next.x);
    let weights1 = weigh(scores1, next.y);
    let weights2 = weigh(scores2, next.z);
    let weights3 = weigh(scores3, next.w);
    let ones = vec4f(1.0);
    total = total * shrink
      + vec4f(dot(weights0, ones), dot(weights1, ones), dot(weights2, ones), dot(weights3, ones));
    for (var d = 0u; d < vectors; d++) {
      let values = mat4x4f(
        valueCache[places.x + d], valueCache[places.y + d], valueCache[places.z + d], valueCache[places.w + d],
      );
      out[start.x + d] = out[start.x + d] * shrink.x + values * weights0;
      if rows > 1 {
        out[start.y + d] = out[start.y + d] * shrink.y + values * weights1;
      }
      if rows > 2 {
        out[start.z + d] = out[start.z + d] * shrink.z + values * weights2;
      }
      if rows > 3 {
        out[start.w + d] = out[start.w + d] * shrink.w + values * weights3;
      }
    }
  }
  for (var i = 0u; i < rows; i++) {
    if total[i] > 0.0 {
      for (var d = 0u; d < vectors; d++) {
        out[start[i] + d] /= total[i];
      }
    }
  }
}
