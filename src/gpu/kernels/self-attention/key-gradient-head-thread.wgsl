// k and v columns of headsGradient[M,(H+2G)·D]: a key gets Σ_t dS · q_t / √D, a value Σ_t P · gradient_t, over the queries
// of all heads of its group; P = exp(q_t · k / √D − logSumExp_t), dS = P · (gradient_t · v − delta_t). D % 4 == 0, D ≤ 32.
//
// One thread owns four rows of one KV head: keys, values and the sums of both are eight matrices each, in which column i
// belongs to row i. The four threads of a workgroup own neighbouring rows and walk the same queries, see head-thread.wgsl.

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
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
// logSumExp and delta of each query.
@group(0) @binding(3) var<storage, read> statistics: array<vec2f>;
// The third is the prefix length.
@group(0) @binding(4) var<storage, read> cursor: array<u32>;
@group(0) @binding(5) var<storage, read_write> headsGradient: array<vec4f>;

const rows = 16u;

// First token that sees each key.
fn firstSeeing(j: vec4u) -> vec4u {
  return select(j, vec4u(), vec4<bool>(sizes.prefix != 0) & (j < vec4u(cursor[2])));
}

// End of the tokens that see each key.
fn endSeeing(j: vec4u) -> vec4u {
  return select(vec4u(sizes.T), min(j + sizes.window, vec4u(sizes.T)), vec4<bool>(sizes.window != 0));
}

// Vector d of the head that starts at `start`; zero past its end, for which no load remains once VECTORS is known.
fn part(start: u32, d: u32) -> vec4f {
  if d < VECTORS {
    return heads[start + d];
  }
  return vec4f();
}

// Likewise of a gradient.
fn arrivingPart(start: u32, d: u32) -> vec4f {
  if d < VECTORS {
    return gradient[start + d];
  }
  return vec4f();
}

// Column i: m[i] + v · weights[i]. One function, because a matrix in between costs a software adapter time.
fn added(m: mat4x4f, v: vec4f, weights: vec4f) -> mat4x4f {
  return mat4x4f(
    m[0] + v * weights.x,
    m[1] + v * weights.y,
    m[2] + v * weights.z,
    m[3] + v * weights.w,
  );
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  let blocks = (sizes.T + rows - 1) / rows;
  let kvHead = index / blocks % sizes.G;
  let base = index / blocks / sizes.G * sizes.T;
  if base >= sizes.M {
    return;
  }
  let columns = (sizes.H + 2 * sizes.G) * VECTORS;
  let headsEach = sizes.H / sizes.G;
  let block = index % blocks * rows;
  let row = block + lane * 4 + vec4u(0, 1, 2, 3);
  // Rows past the end repeat the last one and are not written.
  let j = min(row, vec4u(sizes.T - 1));
  let firsts = firstSeeing(j);
  let ends = endSeeing(j);
  let scale = inverseSqrt(f32(sizes.D));

  let keyAt = (base + j) * columns + (sizes.H + kvHead) * VECTORS;
  let valueAt = keyAt + sizes.G * VECTORS;
  var key: array<mat4x4f, 8>;
  var value: array<mat4x4f, 8>;
  for (var d = 0u; d < VECTORS; d++) {
    key[d] = mat4x4f(heads[keyAt.x + d], heads[keyAt.y + d], heads[keyAt.z + d], heads[keyAt.w + d]) * scale;
    value[d] = mat4x4f(heads[valueAt.x + d], heads[valueAt.y + d], heads[valueAt.z + d], heads[valueAt.w + d]);
  }
  var keySum0 = mat4x4f();
  var keySum1 = mat4x4f();
  var keySum2 = mat4x4f();
  var keySum3 = mat4x4f();
  var keySum4 = mat4x4f();
  var keySum5 = mat4x4f();
  var keySum6 = mat4x4f();
  var keySum7 = mat4x4f();
  var valueSum0 = mat4x4f();
  var valueSum1 = mat4x4f();
  var valueSum2 = mat4x4f();
  var valueSum3 = mat4x4f();
  var valueSum4 = mat4x4f();
  var valueSum5 = mat4x4f();
  var valueSum6 = mat4x4f();
  var valueSum7 = mat4x4f();
  // What sees any row of the workgroup, for one head after the other: later rows are seen no earlier.
  let first = firstSeeing(vec4u(block)).x;
  let count = endSeeing(vec4u(min(block + rows, sizes.T) - 1)).x - first;
  for (var i = 0u; i < count * headsEach; i++) {
    let t = first + i % count;
    let own = (base + t) * sizes.H + kvHead * headsEach + i / count;
    let q = own * VECTORS + (base + t) * 2 * sizes.G * VECTORS;
    let known = statistics[own];
    let query0 = part(q, 0);
    let query1 = part(q, 1);
    let query2 = part(q, 2);
    let query3 = part(q, 3);
    let query4 = part(q, 4);
    let query5 = part(q, 5);
    let query6 = part(q, 6);
    let query7 = part(q, 7);
    let arriving0 = arrivingPart(own * VECTORS, 0);
    let arriving1 = arrivingPart(own * VECTORS, 1);
    let arriving2 = arrivingPart(own * VECTORS, 2);
    let arriving3 = arrivingPart(own * VECTORS, 3);
    let arriving4 = arrivingPart(own * VECTORS, 4);
    let arriving5 = arrivingPart(own * VECTORS, 5);
    let arriving6 = arrivingPart(own * VECTORS, 6);
    let arriving7 = arrivingPart(own * VECTORS, 7);
    let scores = query0 * key[0] + query1 * key[1] + query2 * key[2] + query3 * key[3]
      + query4 * key[4] + query5 * key[5] + query6 * key[6] + query7 * key[7];
    let isSeen = (vec4u(t) >= firsts) & (vec4u(t) < ends);
    // A hidden query's score may be anything; no exponent may overflow.
    let weights = exp(select(vec4f(-1e30), scores - known.x, isSeen));
    let arrived = arriving0 * value[0] + arriving1 * value[1] + arriving2 * value[2] + arriving3 * value[3]
      + arriving4 * value[4] + arriving5 * value[5] + arriving6 * value[6] + arriving7 * value[7];
    let slopes = weights * (arrived - known.y);
    keySum0 = added(keySum0, query0, slopes);
    keySum1 = added(keySum1, query1, slopes);
    keySum2 = added(keySum2, query2, slopes);
    keySum3 = added(keySum3, query3, slopes);
    keySum4 = added(keySum4, query4, slopes);
    keySum5 = added(keySum5, query5, slopes);
    keySum6 = added(keySum6, query6, slopes);
    keySum7 = added(keySum7, query7, slopes);
    valueSum0 = added(valueSum0, arriving0, weights);
    valueSum1 = added(valueSum1, arriving1, weights);
    valueSum2 = added(valueSum2, arriving2, weights);
    valueSum3 = added(valueSum3, arriving3, weights);
    valueSum4 = added(valueSum4, arriving4, weights);
    valueSum5 = added(valueSum5, arriving5, weights);
    valueSum6 = added(valueSum6, arriving6, weights);
    valueSum7 = added(valueSum7, arriving7, weights);
  }

  var keySums = array<mat4x4f, 8>(keySum0, keySum1, keySum2, keySum3, keySum4, keySum5, keySum6, keySum7);
  var valueSums = array<mat4x4f, 8>(
    valueSum0, valueSum1, valueSum2, valueSum3, valueSum4, valueSum5, valueSum6, valueSum7,
  );
  for (var i = 0u; i < 4; i++) {
    if row[i] < sizes.T {
      for (var d = 0u; d < VECTORS; d++) {
        headsGradient[keyAt[i] + d] = keySums[d][i] * scale;
        headsGradient[valueAt[i] + d] = valueSums[d][i];
      }
    }
  }
}
