// k and v columns of headsGradient[M,(H+2G)·D]: a key gets Σ_t dS · q_t / √D, a value Σ_t P · gradient_t, over the queries
// of all heads of its group; P = exp(q_t · k / √D − logSumExp_t), dS = P · (gradient_t · v − delta_t). D % 4 == 0.
//
// One thread owns four rows of one KV head and walks the queries four at a time, see tile-thread.wgsl. The sums stand in
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
  let kvHead = index / blocks % sizes.G;
  let base = index / blocks / sizes.G * sizes.T;
  if base >= sizes.M {
    return;
  }
  let vectors = sizes.D / 4;
  let columns = (sizes.H + 2 * sizes.G) * vectors;
  let headsEach = sizes.H / sizes.G;
  let block = index % blocks * rows;
  let row = block + lane * 4 + vec4u(0, 1, 2, 3);
  // Rows past the end repeat the last one and are not written.
  let j = min(row, vec4u(sizes.T - 1));
  let firsts = firstSeeing(j);
  let ends = endSeeing(j);
  let scale = inverseSqrt(f32(sizes.D));
  let keyAt = (base + j) * columns + (sizes.H + kvHead) * vectors;
  let valueAt = keyAt + sizes.G * vectors;

  for (var i = 0u; i < 4; i++) {
    for (var d = 0u; d < vectors && row[i] < sizes.T; d++) {
      headsGradient[keyAt[i] + d] = vec4f();
      headsGradient[valueAt[i] + d] = vec4f();
    }
  }
  // What sees any row of the workgroup: later rows are seen no earlier.
  let first = firstSeeing(vec4u(block)).x;
  let end = endSeeing(vec4u(min(block + rows, sizes.T) - 1)).x;
  for (var head = kvHead * headsEach; head < (kvHead + 1) * headsEach; head++) {
    for (var t = first; t < end; t += 4) {
      let token = base + min(t + vec4u(0, 1, 2, 3), vec4u(end - 1));
      let own = token * sizes.H + head;
      let queries = token * columns + head * vectors;
      // Column i: query t + i, a row each.
      var scores = mat4x4f();
      var arrived = mat4x4f();
      for (var d = 0u; d < vectors; d++) {
        scores += products(headsAt(queries + d), headsAt(keyAt + d));
        arrived += products(gradientsAt(own * vectors + d), headsAt(valueAt + d));
      }
      var weights: mat4x4f;
      var slopes: mat4x4f;
      for (var i = 0u; i < 4; i++) {
        let known = statistics[own[i]];
        // The last tile repeats the last query: that one is past the end.
        let isSeen = (vec4u(t + i) >= firsts) & (vec4u(t + i) < ends);
        // A hidden query's score may be anything; no exponent may overflow.
        weights[i] = exp(select(vec4f(-1e30), scores[i] * scale - known.x, isSeen));
        slopes[i] = weights[i] * (arrived[i] - known.y) * scale;
      }
      // Column i: row i, a query each.
      let weightsOfRows = transpose(weights);
      let slopesOfRows = transpose(slopes);
      for (var d = 0u; d < vectors; d++) {
        let keySums = headsAt(queries + d) * slopesOfRows;
        let valueSums = gradientsAt(own * vectors + d) * weightsOfRows;
        for (var i = 0u; i < 4; i++) {
          if row[i] < sizes.T {
            headsGradient[keyAt[i] + d] += keySums[i];
            headsGradient[valueAt[i] + d] += valueSums[i];
          }
        }
      }
    }
  }
}
