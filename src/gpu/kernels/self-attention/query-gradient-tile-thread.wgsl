// q columns of headsGradient[M,(H+2G)·D] = Σ_j dS · k_j / √D, statistics[M,H,2] = (logSumExp, delta), where
// P = exp(q · k_j / √D − logSumExp), dS = P · (gradient · v_j − delta), delta = Σ_d gradient · out. D % 4 == 0.
//
// One thread owns four rows of one head and walks the keys four at a time, see tile-thread.wgsl. The sums stand in
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

// Column i: vectors[i] · m, four vectors with the four columns of m.
fn products(vectors: mat4x4f, m: mat4x4f) -> mat4x4f {
  return mat4x4f(vectors[0] * m, vectors[1] * m, vectors[2] * m, vectors[3] * m);
}

// Vectors at four places of heads.
fn headsAt(places: vec4u) -> mat4x4f {
  return mat4x4f(heads[places.x], heads[places.y], heads[places.z], heads[places.w]);
}

// Vectors at four places of gradient.
fn gradientsAt(places: vec4u) -> mat4x4f {
  return mat4x4f(gradient[places.x], gradient[places.y], gradient[places.z], gradient[places.w]);
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
  let vectors = sizes.D / 4;
  let columns = (sizes.H + 2 * sizes.G) * vectors;
  let keyColumn = (sizes.H + head * sizes.G / sizes.H) * vectors;
  let block = index % blocks * rows;
  let row = block + lane * 4 + vec4u(0, 1, 2, 3);
  // Rows past the end repeat the last one and are not written.
  let t = min(row, vec4u(sizes.T - 1));
  let firsts = firstSeen(t);
  let ends = endSeen(t);
  let scale = inverseSqrt(f32(sizes.D));
  let own = (base + t) * sizes.H + head;
  let start = (base + t) * columns + head * vectors;

  var delta = vec4f();
  for (var i = 0u; i < 4; i++) {
    for (var d = 0u; d < vectors; d++) {
      delta[i] += dot(gradient[own[i] * vectors + d], out[own[i] * vectors + d]);
      if row[i] < sizes.T {
        headsGradient[start[i] + d] = vec4f();
      }
    }
  }
  let logs = vec4f(logSumExp[own.x], logSumExp[own.y], logSumExp[own.z], logSumExp[own.w]);
  // What any row of the workgroup sees: later rows see no less at the end and no more at the start.
  let first = firstSeen(vec4u(block)).x;
  let end = endSeen(vec4u(min(block + rows, sizes.T) - 1)).x;
  for (var j = first; j < end; j += 4) {
    let keys = (base + min(j + vec4u(0, 1, 2, 3), vec4u(end - 1))) * columns + keyColumn;
    let values = keys + sizes.G * vectors;
    // Column i: key j + i, a row each.
    var scores = mat4x4f();
    var arrived = mat4x4f();
    for (var d = 0u; d < vectors; d++) {
      scores += products(headsAt(keys + d), headsAt(start + d));
      arrived += products(headsAt(values + d), gradientsAt(own * vectors + d));
    }
    var slopes: mat4x4f;
    for (var i = 0u; i < 4; i++) {
      let isSeen = (vec4u(j + i) >= firsts) & (vec4u(j + i) < ends);
      // A hidden key's score may be anything; no exponent may overflow.
      let weights = exp(select(vec4f(-1e30), scores[i] * scale - logs, isSeen));
      slopes[i] = weights * (arrived[i] - delta) * scale;
    }
    // Column i: row i, a key each.
    let ofRows = transpose(slopes);
    for (var d = 0u; d < vectors; d++) {
      let sums = headsAt(keys + d) * ofRows;
      for (var i = 0u; i < 4; i++) {
        if row[i] < sizes.T {
          headsGradient[start[i] + d] += sums[i];
        }
      }
    }
  }
  for (var i = 0u; i < 4; i++) {
    if row[i] < sizes.T {
      statistics[own[i]] = vec2f(logs[i], delta[i]);
    }
  }
}
