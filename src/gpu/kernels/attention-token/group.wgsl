// out[1,H·D] = softmax(rope(query) · keysᵀ / √D + mask) · values, where keys and values are the cache with the new row of
// this token at `position`; that row is written too.
//
// One workgroup owns one head and takes 256 keys at a time: a thread scores one key, a tree finds the largest score, and then
// the threads turn to the columns of the values: as many slices of D threads as fit, each adding its share of the keys.
// Softmax is online over the tiles. The new row is read from the projection, and written by the first head of a group.

override ROTATE: bool = true;

struct Sizes {
  H: u32,
  G: u32,
  D: u32,
  // 1: the prompt sees itself in both directions.
  prefix: u32,
  // 0 is no window.
  window: u32,
  S: u32,
  queryOffset: u32,
  keyOffset: u32,
  valueOffset: u32,
  // 2 · log2(θ) / D: pair j turns by position · 2^(−j · step).
  step: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> query: array<f32>;
@group(0) @binding(2) var<storage, read> keyValue: array<f32>;
// Position, 1, prefix length, 0.
@group(0) @binding(3) var<storage, read> cursor: array<u32>;
@group(0) @binding(4) var<storage, read_write> keyCache: array<f32>;
@group(0) @binding(5) var<storage, read_write> valueCache: array<f32>;
@group(0) @binding(6) var<storage, read_write> out: array<f32>;

const threads = 256u;

var<workgroup> turnedQuery: array<f32, 256>;
var<workgroup> turnedKey: array<f32, 256>;
var<workgroup> weights: array<f32, threads>;
var<workgroup> partial: array<f32, threads>;

// Cosine and sine of the turn of pair j. WGSL allows its own an error of 2⁻¹¹, and some adapters use it, so both are
// polynomials (Cephes' sinf and cosf, error 2⁻²³) of what is left of the angle after whole quarter turns; π/2 is split in
// three so that those are taken off exactly.
fn turn(position: u32, j: u32) -> vec2f {
  if !ROTATE {
    return vec2f(1.0, 0.0);
  }
  let angle = f32(position) * exp2(-f32(j) * sizes.step);
  let quarters = round(angle * 0.6366197723675814);
  let r = ((angle - quarters * 1.5703125) - quarters * 4.837512969970703e-4) - quarters * 7.549789948768648e-8;
  let z = r * r;
  let sine = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  let cosine = 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (2.443315711809948e-5 * z - 1.388731625493765e-3));
  switch u32(quarters) % 4 {
    case 0u: { return vec2f(cosine, sine); }
    case 1u: { return vec2f(-sine, cosine); }
    case 2u: { return vec2f(-cosine, -sine); }
    default: { return vec2f(sine, -cosine); }
  }
}

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
  return vec2u(first, min(end, sizes.S));
}

// Largest value or sum over the workgroup; every thread gets it.
fn reduce(value: f32, takeLargest: bool, lane: u32) -> f32 {
  partial[lane] = value;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride {
      let other = partial[lane + stride];
      partial[lane] = select(partial[lane] + other, max(partial[lane], other), takeLargest);
    }
    workgroupBarrier();
  }
  let result = partial[0];
  workgroupBarrier();
  return result;
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let head = group.y * groups.x + group.x;
  if head >= sizes.H {
    return;
  }
  let position = min(cursor[0], sizes.S - 1);
  let stride = sizes.G * sizes.D;
  let column = head * sizes.G / sizes.H * sizes.D;
  let half = sizes.D / 2;
  if lane < half {
    let rotation = turn(position, lane);
    let i = sizes.queryOffset + head * sizes.D + lane;
    turnedQuery[lane] = query[i] * rotation.x - query[i + half] * rotation.y;
    turnedQuery[lane + half] = query[i + half] * rotation.x + query[i] * rotation.y;
    let k = sizes.keyOffset + column + lane;
    turnedKey[lane] = keyValue[k] * rotation.x - keyValue[k + half] * rotation.y;
    turnedKey[lane + half] = keyValue[k + half] * rotation.x + keyValue[k] * rotation.y;
  }
  workgroupBarrier();
  if lane < sizes.D && head % (sizes.H / sizes.G) == 0 {
    keyCache[position * stride + column + lane] = turnedKey[lane];
    valueCache[position * stride + column + lane] = keyValue[sizes.valueOffset + column + lane];
  }

  let scale = inverseSqrt(f32(sizes.D));
  let keys = visible(position);
  let slices = threads / sizes.D;
  let slice = lane / sizes.D;
  let d = lane % sizes.D;
  var sum = 0.0;
  var largest = -1e30;
  var total = 0.0;
  for (var base = keys.x; base < keys.y; base += threads) {
    let j = base + lane;
    var score = -1e30;
    if j < keys.y {
      score = 0.0;
      for (var i = 0u; i < sizes.D; i++) {
        if j == position {
          score += turnedQuery[i] * turnedKey[i];
        } else {
          score += turnedQuery[i] * keyCache[j * stride + column + i];
        }
      }
      score *= scale;
    }
    let next = max(largest, reduce(score, true, lane));
    let shrink = exp(largest - next);
    largest = next;
    let weight = select(0.0, exp(score - next), j < keys.y);
    total = total * shrink + weight;
    weights[lane] = weight;
    workgroupBarrier();

    if slice < slices {
      sum *= shrink;
      let count = min(threads, keys.y - base);
      for (var k = slice; k < count; k += slices) {
        var value = keyValue[sizes.valueOffset + column + d];
        if base + k != position {
          value = valueCache[(base + k) * stride + column + d];
        }
        sum += weights[k] * value;
      }
    }
    workgroupBarrier();
  }

  let all = reduce(total, false, lane);
  partial[lane] = sum;
  workgroupBarrier();
  if lane < sizes.D {
    var result = 0.0;
    for (var i = 0u; i < slices; i++) {
      result += partial[i * sizes.D + lane];
    }
    out[head * sizes.D + lane] = result / all;
  }
}
