// out[M,H·D] = softmax(q · kᵀ / √D + mask) · v for each head, logSumExp[M,H]; q, k, v are columns of heads[M,(H+2G)·D].
// D % 4 == 0, D ≤ 32.
//
// One thread owns four rows of one head: their queries and sums are eight matrices in registers, in which column i belongs to
// row i. It walks the keys one at a time with the online softmax, see naive.wgsl. The four threads of a workgroup own
// neighbouring rows and read the same key at the same time, which costs a software adapter one load for sixteen rows.
// No workgroup memory, no barrier.

// D / 4.
override VECTORS: u32 = 8;

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

@group(0) @binding(1) var<storage, read> heads: array<vec4f>;
// The third is the prefix length.
@group(0) @binding(2) var<storage, read> cursor: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> logSumExp: array<f32>;

const rows = 16u;

// First key that each token sees.
fn firstSeen(t: vec4u) -> vec4u {
  return select(vec4u(), t + 1 - sizes.window, vec4<bool>(sizes.window != 0) & (t >= vec4u(sizes.window)));
}

// End of the keys that each token sees.
fn endSeen(t: vec4u) -> vec4u {
  return select(t + 1, min(max(t + 1, vec4u(cursor[2])), vec4u(sizes.T)), vec4<bool>(sizes.prefix != 0));
}

// Vector d of the head that starts at `start`; zero past its end, for which no load remains once VECTORS is known.
fn part(start: u32, d: u32) -> vec4f {
  if d < VECTORS {
    return heads[start + d];
  }
  return vec4f();
}

// Column i: m[i] · shrink[i] + v · weights[i]. One function, because a matrix in between costs a software adapter time.
fn updated(m: mat4x4f, shrink: vec4f, v: vec4f, weights: vec4f) -> mat4x4f {
  return mat4x4f(
    m[0] * shrink.x + v * weights.x,
    m[1] * shrink.y + v * weights.y,
    m[2] * shrink.z + v * weights.z,
    m[3] * shrink.w + v * weights.w,
  );
}

// Column i of m times weights[i].
fn scaled(m: mat4x4f, weights: vec4f) -> mat4x4f {
  return mat4x4f(m[0] * weights.x, m[1] * weights.y, m[2] * weights.z, m[3] * weights.w);
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  let blocks = (sizes.T + rows - 1) / rows;
  let head = index / blocks % sizes.H;
  let base = index / blocks / sizes.H * sizes.T;
  if base >= sizes.M {
    return;
  }
  let columns = (sizes.H + 2 * sizes.G) * VECTORS;
  let keyColumn = (sizes.H + head * sizes.G / sizes.H) * VECTORS;
  let block = index % blocks * rows;
  let row = block + lane * 4 + vec4u(0, 1, 2, 3);
  // Rows past the end repeat the last one and are not written.
  let t = min(row, vec4u(sizes.T - 1));
  let firsts = firstSeen(t);
  let ends = endSeen(t);

  var query: array<mat4x4f, 8>;
  let start = (base + t) * columns + head * VECTORS;
  for (var d = 0u; d < VECTORS; d++) {
    let vectors = mat4x4f(heads[start.x + d], heads[start.y + d], heads[start.z + d], heads[start.w + d]);
    query[d] = vectors * inverseSqrt(f32(sizes.D));
  }
  var sum0 = mat4x4f();
  var sum1 = mat4x4f();
  var sum2 = mat4x4f();
  var sum3 = mat4x4f();
  var sum4 = mat4x4f();
  var sum5 = mat4x4f();
  var sum6 = mat4x4f();
  var sum7 = mat4x4f();
  var largest = vec4f(-1e30);
  var total = vec4f();
  // What any row of the workgroup sees: later rows see no less at the end and no more at the start.
  let first = firstSeen(vec4u(block)).x;
  let end = endSeen(vec4u(min(block + rows, sizes.T) - 1)).x;
  for (var j = first; j < end; j++) {
    let k = (base + j) * columns + keyColumn;
    let v = k + sizes.G * VECTORS;
    let isSeen = (vec4u(j) >= firsts) & (vec4u(j) < ends);
    let all = part(k, 0) * query[0] + part(k, 1) * query[1] + part(k, 2) * query[2] + part(k, 3) * query[3]
      + part(k, 4) * query[4] + part(k, 5) * query[5] + part(k, 6) * query[6] + part(k, 7) * query[7];
    let scores = select(vec4f(-1e30), all, isSeen);
    let next = max(largest, scores);
    let shrink = exp(largest - next);
    let weights = select(vec4f(), exp(scores - next), isSeen);
    largest = next;
    total = total * shrink + weights;
    sum0 = updated(sum0, shrink, part(v, 0), weights);
    sum1 = updated(sum1, shrink, part(v, 1), weights);
    sum2 = updated(sum2, shrink, part(v, 2), weights);
    sum3 = updated(sum3, shrink, part(v, 3), weights);
    sum4 = updated(sum4, shrink, part(v, 4), weights);
    sum5 = updated(sum5, shrink, part(v, 5), weights);
    sum6 = updated(sum6, shrink, part(v, 6), weights);
    sum7 = updated(sum7, shrink, part(v, 7), weights);
  }

  var sums = array<mat4x4f, 8>(sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7);
  let own = (base + t) * sizes.H + head;
  for (var d = 0u; d < VECTORS; d++) {
    let means = scaled(sums[d], 1.0 / total);
    for (var i = 0u; i < 4; i++) {
      if row[i] < sizes.T {
        out[own[i] * VECTORS + d] = means[i];
      }
    }
  }
  let logs = largest + log(total);
  for (var i = 0u; i < 4; i++) {
    if row[i] < sizes.T {
      logSumExp[own[i]] = logs[i];
    }
  }
}
