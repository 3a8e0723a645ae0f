// q columns of headsGradient[M,(H+2G)·D] = Σ_j dS · k_j / √D, statistics[M,H,2] = (logSumExp, delta), where
// P = exp(q · k_j / √D − logSumExp), dS = P · (gradient · v_j − delta), delta = Σ_d gradient · out. D % 4 == 0, D ≤ 32.
//
// One thread owns four rows of one head: their queries, gradients and sums are eight matrices each, in which column i belongs
// to row i. The four threads of a workgroup own neighbouring rows and walk the same keys, see head-thread.wgsl.

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
@group(0) @binding(3) var<storage, read> out: array<vec4f>;
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>;
// The third is the prefix length.
@group(0) @binding(5) var<storage, read> cursor: array<u32>;
@group(0) @binding(6) var<storage, read_write> headsGradient: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> statistics: array<vec2f>;

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
  let scale = inverseSqrt(f32(sizes.D));

  let own = (base + t) * sizes.H + head;
  let start = (base + t) * columns + head * VECTORS;
  var query: array<mat4x4f, 8>;
  var arriving: array<mat4x4f, 8>;
  var delta = vec4f();
  for (var d = 0u; d < VECTORS; d++) {
    let at = own * VECTORS + d;
    let own0 = gradient[at.x];
    let own1 = gradient[at.y];
    let own2 = gradient[at.z];
    let own3 = gradient[at.w];
    delta += vec4f(dot(own0, out[at.x]), dot(own1, out[at.y]), dot(own2, out[at.z]), dot(own3, out[at.w]));
    arriving[d] = mat4x4f(own0, own1, own2, own3);
    query[d] = mat4x4f(heads[start.x + d], heads[start.y + d], heads[start.z + d], heads[start.w + d]) * scale;
  }
  let logs = vec4f(logSumExp[own.x], logSumExp[own.y], logSumExp[own.z], logSumExp[own.w]);
  var sum0 = mat4x4f();
  var sum1 = mat4x4f();
  var sum2 = mat4x4f();
  var sum3 = mat4x4f();
  var sum4 = mat4x4f();
  var sum5 = mat4x4f();
  var sum6 = mat4x4f();
  var sum7 = mat4x4f();
  // What any row of the workgroup sees: later rows see no less at the end and no more at the start.
  let first = firstSeen(vec4u(block)).x;
  let end = endSeen(vec4u(min(block + rows, sizes.T) - 1)).x;
  for (var j = first; j < end; j++) {
    let k = (base + j) * columns + keyColumn;
    let v = k + sizes.G * VECTORS;
    let key0 = part(k, 0);
    let key1 = part(k, 1);
    let key2 = part(k, 2);
    let key3 = part(k, 3);
    let key4 = part(k, 4);
    let key5 = part(k, 5);
    let key6 = part(k, 6);
    let key7 = part(k, 7);
    let scores = key0 * query[0] + key1 * query[1] + key2 * query[2] + key3 * query[3]
      + key4 * query[4] + key5 * query[5] + key6 * query[6] + key7 * query[7];
    let arrived = part(v, 0) * arriving[0] + part(v, 1) * arriving[1] + part(v, 2) * arriving[2] + part(v, 3) * arriving[3]
      + part(v, 4) * arriving[4] + part(v, 5) * arriving[5] + part(v, 6) * arriving[6] + part(v, 7) * arriving[7];
    let slopes = arrived - delta;
    let isSeen = (vec4u(j) >= firsts) & (vec4u(j) < ends);
    // A hidden key's score may be anything; no exponent may overflow.
    let weights = exp(select(vec4f(-1e30), scores - logs, isSeen)) * slopes;
    sum0 = added(sum0, key0, weights);
    sum1 = added(sum1, key1, weights);
    sum2 = added(sum2, key2, weights);
    sum3 = added(sum3, key3, weights);
    sum4 = added(sum4, key4, weights);
    sum5 = added(sum5, key5, weights);
    sum6 = added(sum6, key6, weights);
    sum7 = added(sum7, key7, weights);
  }

  var sums = array<mat4x4f, 8>(sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7);
  for (var i = 0u; i < 4; i++) {
    if row[i] < sizes.T {
      for (var d = 0u; d < VECTORS; d++) {
        headsGradient[start[i] + d] = sums[d][i] * scale;
      }
      statistics[own[i]] = vec2f(logs[i], delta[i]);
    }
  }
}
