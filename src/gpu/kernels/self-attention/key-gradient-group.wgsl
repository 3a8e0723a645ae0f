// k and v columns of headsGradient[M,(H+2G)·D]: a key gets Σ_t dS · q_t / √D, a value Σ_t P · gradient_t, over the queries
// of all heads of its group; P = exp(q_t · k / √D − logSumExp_t), dS = P · (gradient_t · v − delta_t). D % 4 == 0.
//
// One workgroup owns eight rows of one KV head, eight threads a row, and walks tiles of queries as group.wgsl walks keys: the
// threads of a row share its weights P and slopes dS among them, and then its sums (each an eighth of the columns).

// D / 4.
override VECTORS: u32 = 8;
// Queries a tile.
override TILE: u32 = 32;

const rows = 8u;
const threadsEach = 8u;
const threads = rows * threadsEach;
// A head of 256 has 64 vectors, of which a thread holds an eighth.
const vectorsEach = 8u;

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

var<workgroup> queries: array<vec4f, TILE * VECTORS>;
var<workgroup> gradients: array<vec4f, TILE * VECTORS>;
var<workgroup> weights: array<f32, rows * TILE>;
var<workgroup> slopes: array<f32, rows * TILE>;

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

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = group.y * groups.x + group.x;
  let blocks = (sizes.T + rows - 1) / rows;
  let block = index % blocks * rows;
  let kvHead = index / blocks % sizes.G;
  let base = index / blocks / sizes.G * sizes.T;
  if base >= sizes.M {
    return;
  }
  let lane = thread % threadsEach;
  let local = thread / threadsEach;
  // Rows past the end repeat the last one and are not written.
  let j = min(block + local, sizes.T - 1);
  let columns = (sizes.H + 2 * sizes.G) * VECTORS;
  let key = (base + j) * columns + (sizes.H + kvHead) * VECTORS;
  let value = key + sizes.G * VECTORS;
  let headsEach = sizes.H / sizes.G;
  let scale = inverseSqrt(f32(sizes.D));
  let sees = seeing(j);
  // Later rows are seen no earlier.
  let first = seeing(block).x;
  let end = seeing(min(block + rows, sizes.T) - 1).y;

  var keySums: array<vec4f, vectorsEach>;
  var valueSums: array<vec4f, vectorsEach>;
  for (var head = kvHead * headsEach; head < (kvHead + 1) * headsEach; head++) {
    for (var tile = first; tile < end; tile += TILE) {
      for (var i = thread; i < TILE * VECTORS; i += threads) {
        // The last tile repeats the last query; its weight is masked.
        let token = base + min(tile + i / VECTORS, end - 1);
        queries[i] = heads[token * columns + head * VECTORS + i % VECTORS];
        gradients[i] = gradient[(token * sizes.H + head) * VECTORS + i % VECTORS];
      }
      workgroupBarrier();

      for (var k = lane; k < TILE; k += threadsEach) {
        var score = 0.0;
        var arrived = 0.0;
        for (var d = 0u; d < VECTORS; d++) {
          score += dot(heads[key + d], queries[k * VECTORS + d]);
          arrived += dot(heads[value + d], gradients[k * VECTORS + d]);
        }
        let known = statistics[(base + min(tile + k, end - 1)) * sizes.H + head];
        let isSeen = tile + k >= sees.x && tile + k < sees.y;
        // A hidden query's score may be anything; no exponent may overflow.
        let weight = exp(select(-1e30, score * scale - known.x, isSeen));
        weights[local * TILE + k] = weight;
        slopes[local * TILE + k] = weight * (arrived - known.y) * scale;
      }
      workgroupBarrier();

      for (var i = 0u; i < vectorsEach; i++) {
        let d = i * threadsEach + lane;
        if d < VECTORS {
          var keySum = keySums[i];
          var valueSum = valueSums[i];
          for (var k = 0u; k < TILE; k++) {
            keySum += slopes[local * TILE + k] * queries[k * VECTORS + d];
            valueSum += weights[local * TILE + k] * gradients[k * VECTORS + d];
          }
          keySums[i] = keySum;
          valueSums[i] = valueSum;
        }
      }
      workgroupBarrier();
    }
  }

  if block + local < sizes.T {
    for (var i = 0u; i < vectorsEach; i++) {
      let d = i * threadsEach + lane;
      if d < VECTORS {
        headsGradient[key + d] = keySums[i];
        headsGradient[value + d] = valueSums[i];
      }
    }
  }
}
