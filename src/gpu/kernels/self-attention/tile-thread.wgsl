// out[M,H·D] = softmax(q · kᵀ / √D + mask) · v for each head, logSumExp[M,H]; q, k, v are columns of heads[M,(H+2G)·D].
// D % 4 == 0.
//
// One thread owns four rows of one head and walks the keys four at a time with the online softmax, see naive.wgsl: a vector of
// every row times a vector of every key is a product of two matrices. The sums stand in out itself, which takes heads of any
// size. The four threads of a workgroup own neighbouring rows and read the same keys at the same time. No workgroup memory,
// no barrier.

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

// Column i: vectors[i] · m, four vectors with the four columns of m.
fn products(vectors: mat4x4f, m: mat4x4f) -> mat4x4f {
  return mat4x4f(vectors[0] * m, vectors[1] * m, vectors[2] * m, vectors[3] * m);
}

// Vectors at four places of heads.
fn headsAt(places: vec4u) -> mat4x4f {
  return mat4x4f(heads[places.x], heads[places.y], heads[places.z], heads[places.w]);
}

// exp(score − largest) of each row for one key; 0 where it is hidden, also while a row has seen none.
fn weigh(scores: vec4f, largest: vec4f) -> vec4f {
  return select(exp(scores - largest), vec4f(), scores <= vec4f(-1e30));
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

  for (var i = 0u; i < 4; i++) {
    for (var d = 0u; d < vectors && row[i] < sizes.T; d++) {
      out[own[i] * vectors + d] = vec4f();
    }
  }
  var largest = vec4f(-1e30);
  var total = vec4f();
  // What any row of the workgroup sees: later rows see no less at the end and no more at the start.
  let first = firstSeen(vec4u(block)).x;
  let end = endSeen(vec4u(min(block + rows, sizes.T) - 1)).x;
  for (var j = first; j < end; j += 4) {
    let keys = (base + min(j + vec4u(0, 1, 2, 3), vec4u(end - 1))) * columns + keyColumn;
    let values = keys + sizes.G * vectors;
    // Column i: key j + i, a row each.
    var scores = mat4x4f();
    for (var d = 0u; d < vectors; d++) {
      scores += products(headsAt(keys + d), headsAt(start + d));
    }
    for (var i = 0u; i < 4; i++) {
      let isSeen = (vec4u(j + i) >= firsts) & (vec4u(j + i) < ends);
      scores[i] = select(vec4f(-1e30), scores[i] * scale, isSeen);
    }
    let next = max(largest, max(max(scores[0], scores[1]), max(scores[2], scores[3])));
    let shrink = exp(largest - next);
    largest = next;
    let weights = mat4x4f(
      weigh(scores[0], next), weigh(scores[1], next), weigh(scores[2], next), weigh(scores[3], next),
    );
    total = total * shrink + weights[0] + weights[1] + weights[2] + weights[3];
    // Column i: row i, a key each.
    let ofRows = transpose(weights);
    for (var d = 0u; d < vectors; d++) {
      let sums = headsAt(values + d) * ofRows;
      for (var i = 0u; i < 4; i++) {
        if row[i] < sizes.T {
          let place = own[i] * vectors + d;
          out[place] = out[place] * shrink[i] + sums[i];
        }
      }
    }
  }
  let logs = largest + log(total);
  for (var i = 0u; i < 4; i++) {
    if row[i] < sizes.T {
      for (var d = 0u; d < vectors; d++) {
        out[own[i] * vectors + d] /= total[i];
      }
      logSumExp[own[i]] = logs[i];
    }
  }
}
