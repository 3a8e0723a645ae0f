// weights[H,S] = softmax(rope(query) · keyCacheᵀ / √D + mask), 0 beyond what the token sees.
//
// One workgroup owns one head: its threads turn the query together, share the keys among them, and find the largest score
// and the sum of the exponentials by a tree in workgroup memory. Each thread keeps to its own columns of weights.

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
  // 2 · log2(θ) / D: pair j turns by position · 2^(−j · step).
  step: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> query: array<f32>;
@group(0) @binding(2) var<storage, read> keyCache: array<f32>;
// Position, 1, prefix length, 0.
@group(0) @binding(3) var<storage, read> cursor: array<u32>;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;

const threads = 64u;

var<workgroup> turnedQuery: array<f32, 256>;
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
  let half = sizes.D / 2;
  for (var j = lane; j < half; j += threads) {
    let rotation = turn(position, j);
    let i = sizes.queryOffset + head * sizes.D + j;
    turnedQuery[j] = query[i] * rotation.x - query[i + half] * rotation.y;
    turnedQuery[j + half] = query[i + half] * rotation.x + query[i] * rotation.y;
  }
  workgroupBarrier();

  let start = head * sizes.S;
  let column = head * sizes.G / sizes.H * sizes.D;
  let scale = inverseSqrt(f32(sizes.D));
  let keys = visible(position);
  var largest = -1e30;
  for (var j = keys.x + lane; j < keys.y; j += threads) {
    var score = 0.0;
    for (var d = 0u; d < sizes.D; d++) {
      score += turnedQuery[d] * keyCache[j * sizes.G * sizes.D + column + d];
    }
    weights[start + j] = score * scale;
    largest = max(largest, score * scale);
  }
  largest = reduce(largest, true, lane);
  var sum = 0.0;
  for (var j = keys.x + lane; j < keys.y; j += threads) {
    let weight = exp(weights[start + j] - largest);
    weights[start + j] = weight;
    sum += weight;
  }
  let total = reduce(sum, false, lane);
  for (var j = keys.x + lane; j < keys.y; j += threads) {
    weights[start + j] /= total;
  }
  for (var j = lane; j < keys.x; j += threads) {
    weights[start + j] = 0.0;
  }
  for (var j = keys.y + lane; j < sizes.S; j += threads) {
    weights[start + j] = 0.0;
  }
}
