// q columns of headsGradient[M,(H+2G)·D] = Σ_j dS · k_j / √D, statistics[M,H,2] = (logSumExp, delta), where
// P = exp(q · k_j / √D − logSumExp), dS = P · (gradient · v_j − delta), delta = Σ_d gradient · out. D % 4 == 0.
//
// One workgroup owns eight rows of one head, eight threads a row, and walks tiles of keys as in group.wgsl: the threads of a
// row share its slopes dS among them, and then its sums (each an eighth of the columns, in registers).

// D / 4.
override VECTORS: u32 = 8;
// Keys a tile.
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
@group(0) @binding(3) var<storage, read> out: array<vec4f>;
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>;
// The third is the prefix length.
@group(0) @binding(5) var<storage, read> cursor: array<u32>;
@group(0) @binding(6) var<storage, read_write> headsGradient: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> statistics: array<vec2f>;

var<workgroup> keys: array<vec4f, TILE * VECTORS>;
var<workgroup> values: array<vec4f, TILE * VECTORS>;
var<workgroup> slopes: array<f32, rows * TILE>;
var<workgroup> partial: array<f32, threads>;

// First key that token t sees, and the end of what it sees.
fn visible(t: u32) -> vec2u {
  var first = 0u;
  if sizes.window != 0 && t + 1 > sizes.window {
    first = t + 1 - sizes.window;
  }
  var end = t + 1;
  if sizes.prefix != 0 {
    end = min(max(end, cursor[2]), sizes.T);
  }
  return vec2u(first, end);
}

// Sum of `value` over the threads of each row; every thread gets its row's.
fn sumOfRow(value: f32, thread: u32) -> f32 {
  partial[thread] = value;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < threadsEach; i++) {
    sum += partial[thread / threadsEach * threadsEach + i];
  }
  workgroupBarrier();
  return sum;
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
  let head = index / blocks % sizes.H;
  let base = index / blocks / sizes.H * sizes.T;
  if base >= sizes.M {
    return;
  }
  let lane = thread % threadsEach;
  let local = thread / threadsEach;
  // Rows past the end repeat the last one and are not written.
  let t = min(block + local, sizes.T - 1);
  let isWritten = block + local < sizes.T;
  let columns = (sizes.H + 2 * sizes.G) * VECTORS;
  let query = (base + t) * columns + head * VECTORS;
  let key = (sizes.H + head * sizes.G / sizes.H) * VECTORS;
  let own = (base + t) * sizes.H + head;
  let scale = inverseSqrt(f32(sizes.D));
  let seen = visible(t);
  // Later rows see no less at the end and no more at the start.
  let first = visible(block).x;
  let end = visible(min(block + rows, sizes.T) - 1).y;

  var share = 0.0;
  for (var d = lane; d < VECTORS; d += threadsEach) {
    share += dot(gradient[own * VECTORS + d], out[own * VECTORS + d]);
  }
  let delta = sumOfRow(share, thread);
  let logs = logSumExp[own];
  var sums: array<vec4f, vectorsEach>;
  for (var tile = first; tile < end; tile += TILE) {
    for (var i = thread; i < TILE * VECTORS; i += threads) {
      // The last tile repeats the last key; its score is masked.
      let place = (base + min(tile + i / VECTORS, end - 1)) * columns + key + i % VECTORS;
      keys[i] = heads[place];
      values[i] = heads[place + sizes.G * VECTORS];
    }
    workgroupBarrier();
    for (var k = lane; k < TILE; k += threadsEach) {
      var score = 0.0;
      var arrived = 0.0;
      for (var d = 0u; d < VECTORS; d++) {
        score += dot(heads[query + d], keys[k * VECTORS + d]);
        arrived += dot(gradient[own * VECTORS + d], values[k * VECTORS + d]);
      }
      let isSeen = tile + k >= seen.x && tile + k < seen.y;
      // A hidden key's score may be anything; no exponent may overflow.
      let weight = exp(select(-1e30, score * scale - logs, isSeen));
      slopes[local * TILE + k] = weight * (arrived - delta) * scale;
    }
    workgroupBarrier();

    for (var i = 0u; i < vectorsEach; i++) {
      let d = i * threadsEach + lane;
      if d < VECTORS {
        var sum = sums[i];
        for (var k = 0u; k < TILE; k++) {
          sum += slopes[local * TILE + k] * keys[k * VECTORS + d];
        }
        sums[i] = sum;
      }
    }
    workgroupBarrier();
  }

  if isWritten {
    for (var i = 0u; i < vectorsEach; i++) {
      let d = i * threadsEach + lane;
      if d < VECTORS {
        headsGradient[query + d] = sums[i];
      }
    }
    if lane == 0 {
      statistics[own] = vec2f(logs, delta);
    }
  }
}
