// out[T,H·D] = softmax(query · keyCacheᵀ / √D + mask) · valueCache, for each head. D % 4 == 0.
//
// One workgroup owns eight rows of one head, eight threads a row. It brings TILE keys and values into workgroup memory, from
// where all eight rows read them. The threads of a row share its scores among them (each an eighth of the keys), and then its
// output (each an eighth of the columns, in registers). Softmax is online over the tiles, see naive.wgsl.

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

var<workgroup> keys: array<vec4f, TILE * VECTORS>;
var<workgroup> values: array<vec4f, TILE * VECTORS>;
var<workgroup> scores: array<f32, rows * TILE>;
var<workgroup> weights: array<f32, rows * TILE>;
var<workgroup> totals: array<f32, threads>;

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

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = group.y * groups.x + group.x;
  let firstRow = index / sizes.H * rows;
  let head = index % sizes.H;
  if firstRow >= sizes.T {
    return;
  }
  let lane = thread % threadsEach;
  let local = thread / threadsEach;
  // Rows past the end repeat the last one and are not written.
  let row = min(firstRow + local, sizes.T - 1);
  let start = (row * sizes.H + head) * VECTORS;
  let column = head * sizes.G / sizes.H * VECTORS;
  let scale = inverseSqrt(f32(sizes.D));
  let seen = visible(cursor[0] + row);
  // Later rows see no less at the end and no more at the start.
  let first = visible(cursor[0] + firstRow).x;
  let end = visible(cursor[0] + min(firstRow + rows, sizes.T) - 1).y;

  var sums: array<vec4f, vectorsEach>;
  var largest = -1e30;
  var total = 0.0;
  for (var base = first; base < end; base += TILE) {
    for (var i = thread; i < TILE * VECTORS; i += threads) {
      // The last tile repeats the last key; its score is masked.
      let place = min(base + i / VECTORS, end - 1) * sizes.G * VECTORS + column + i % VECTORS;
      keys[i] = keyCache[place];
      values[i] = valueCache[place];
    }
    workgroupBarrier();

    for (var k = lane; k < TILE; k += threadsEach) {
      var score = 0.0;
      for (var d = 0u; d < VECTORS; d++) {
        score += dot(query[start + d], keys[k * VECTORS + d]);
      }
      let isSeen = base + k >= seen.x && base + k < seen.y;
      scores[local * TILE + k] = select(-1e30, score * scale, isSeen);
    }
    workgroupBarrier();

    var next = largest;
    for (var k = 0u; k < TILE; k++) {
      next = max(next, scores[local * TILE + k]);
    }
    let shrink = exp(largest - next);
    largest = next;
    total *= shrink;
    for (var k = lane; k < TILE; k += threadsEach) {
      let score = scores[local * TILE + k];
      // Hidden keys weigh nothing, also while the row has seen none.
      let weight = select(exp(score - next), 0.0, score <= -1e30);
      weights[local * TILE + k] = weight;
      total += weight;
    }
    workgroupBarrier();

    for (var i = 0u; i < vectorsEach; i++) {
      let d = i * threadsEach + lane;
      if d < VECTORS {
        var sum = sums[i] * shrink;
        for (var k = 0u; k < TILE; k++) {
          sum += weights[local * TILE + k] * values[k * VECTORS + d];
        }
        sums[i] = sum;
      }
    }
    workgroupBarrier();
  }

  totals[thread] = total;
  workgroupBarrier();
  total = 0.0;
  for (var i = 0u; i < threadsEach; i++) {
    total += totals[local * threadsEach + i];
  }
  // A row that sees nothing is zero.
  let inverse = select(1.0 / total, 0.0, total == 0.0);
  if firstRow + local < sizes.T {
    for (var i = 0u; i < vectorsEach; i++) {
      let d = i * threadsEach + lane;
      if d < VECTORS {
        out[start + d] = sums[i] * inverse;
      }
    }
  }
}
