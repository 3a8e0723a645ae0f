// out[1,H·D] = softmax(rope(query) · keysᵀ / √D + mask) · values, where keys and values are the cache with the new row of
// this token at `position`; that row is written too. D % 8 == 0, heads start at multiples of four.
//
// One thread owns one head: its turned query stays in private memory, and it walks the cached keys eight at a time, so that
// the running sum, which stands in out itself, is loaded and stored once for eight keys. The new row comes first, from the
// projection; the first head of a group writes it. No workgroup memory, no barrier: a software adapter runs four heads as
// the four lanes of a vector and gives each workgroup to another core.

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
@group(0) @binding(1) var<storage, read> query: array<vec4f>;
@group(0) @binding(2) var<storage, read> keyValue: array<vec4f>;
// Position, 1, prefix length, 0.
@group(0) @binding(3) var<storage, read> cursor: array<u32>;
@group(0) @binding(4) var<storage, read_write> keyCache: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> valueCache: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;

// Vectors of four.
var<private> turnedQuery: array<vec4f, 64>;
var<private> largest: f32;
var<private> total: f32;

// Cosines and sines of four neighbouring pairs.
struct Turn {
  cos: vec4f,
  sin: vec4f,
}

// The turns of the pairs 4j to 4j + 3. WGSL allows its own sine and cosine an error of 2⁻¹¹, and some adapters use it, so
// both are polynomials (Cephes' sinf and cosf, error 2⁻²³) of what is left of the angle after whole quarter turns; π/2 is
// split in three so that those are taken off exactly.
fn turn(position: u32, j: u32) -> Turn {
  if !ROTATE {
    return Turn(vec4f(1.0), vec4f());
  }
  let angle = f32(position) * exp2((f32(4 * j) + vec4f(0.0, 1.0, 2.0, 3.0)) * -sizes.step);
  let quarters = round(angle * 0.6366197723675814);
  let r = ((angle - quarters * 1.5703125) - quarters * 4.837512969970703e-4) - quarters * 7.549789948768648e-8;
  let z = r * r;
  let sine = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  let cosine = 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (2.443315711809948e-5 * z - 1.388731625493765e-3));
  // An odd number of quarters swaps the two; the second and third turn the sine's sign, the first and second the cosine's.
  let quarter = vec4u(quarters) % 4;
  let swaps = quarter % 2 == vec4u(1);
  let s = select(sine, cosine, swaps);
  let c = select(cosine, sine, swaps);
  return Turn(
    select(c, -c, (quarter + 1) / 2 % 2 == vec4u(1)),
    select(s, -s, quarter / 2 == vec4u(1)),
  );
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

// Adds the cached keys first ≤ j < end to the softmax of the head whose sum starts at out[start]. Keys past the end repeat
// the last one and weigh nothing.
fn attend(first: u32, end: u32, start: u32, column: u32) {
  let vectors = sizes.D / 4;
  let stride = sizes.G * vectors;
  let scale = inverseSqrt(f32(sizes.D));
  for (var j = first; j < end; j += 8) {
    let low = j + vec4u(0, 1, 2, 3);
    let high = low + 4;
    let lowPlace = min(low, vec4u(end - 1)) * stride + column;
    let highPlace = min(high, vec4u(end - 1)) * stride + column;
    var lowScore = vec4f();
    var highScore = vec4f();
    for (var d = 0u; d < vectors; d++) {
      let q = turnedQuery[d];
      lowScore += vec4f(
        dot(q, keyCache[lowPlace.x + d]), dot(q, keyCache[lowPlace.y + d]),
        dot(q, keyCache[lowPlace.z + d]), dot(q, keyCache[lowPlace.w + d]),
      );
      highScore += vec4f(
        dot(q, keyCache[highPlace.x + d]), dot(q, keyCache[highPlace.y + d]),
        dot(q, keyCache[highPlace.z + d]), dot(q, keyCache[highPlace.w + d]),
      );
    }
    lowScore *= scale;
    highScore *= scale;
    let best = max(lowScore, highScore);
    let next = max(largest, max(max(best.x, best.y), max(best.z, best.w)));
    let shrink = exp(largest - next);
    let lowWeight = select(vec4f(), exp(lowScore - next), low < vec4u(end));
    let highWeight = select(vec4f(), exp(highScore - next), high < vec4u(end));
    largest = next;
    total = total * shrink + dot(lowWeight + highWeight, vec4f(1.0));
    for (var d = 0u; d < vectors; d++) {
      out[start + d] = out[start + d] * shrink
        + valueCache[lowPlace.x + d] * lowWeight.x + valueCache[lowPlace.y + d] * lowWeight.y
        + valueCache[lowPlace.z + d] * lowWeight.z + valueCache[lowPlace.w + d] * lowWeight.w
        + valueCache[highPlace.x + d] * highWeight.x + valueCache[highPlace.y + d] * highWeight.y
        + valueCache[highPlace.z + d] * highWeight.z + valueCache[highPlace.w + d] * highWeight.w;
    }
  }
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let head = (group.y * groups.x + group.x) * 4 + lane;
  if head >= sizes.H {
    return;
  }
  let vectors = sizes.D / 4;
  let half = vectors / 2;
  let position = min(cursor[0], sizes.S - 1);
  let start = head * vectors;
  let column = head * sizes.G / sizes.H * vectors;
  let cached = position * sizes.G * vectors + column;
  let isFirstOfGroup = head % (sizes.H / sizes.G) == 0;

  let queryStart = sizes.queryOffset / 4 + start;
  let keyStart = sizes.keyOffset / 4 + column;
  let valueStart = sizes.valueOffset / 4 + column;
  var score = 0.0;
  for (var j = 0u; j < half; j++) {
    let rotation = turn(position, j);
    let queryLow = query[queryStart + j];
    let queryHigh = query[queryStart + j + half];
    turnedQuery[j] = queryLow * rotation.cos - queryHigh * rotation.sin;
    turnedQuery[j + half] = queryHigh * rotation.cos + queryLow * rotation.sin;
    let keyLow = keyValue[keyStart + j];
    let keyHigh = keyValue[keyStart + j + half];
    let turnedLow = keyLow * rotation.cos - keyHigh * rotation.sin;
    let turnedHigh = keyHigh * rotation.cos + keyLow * rotation.sin;
    score += dot(turnedQuery[j], turnedLow) + dot(turnedQuery[j + half], turnedHigh);
    if isFirstOfGroup {
      keyCache[cached + j] = turnedLow;
      keyCache[cached + j + half] = turnedHigh;
    }
  }
  for (var d = 0u; d < vectors; d++) {
    let value = keyValue[valueStart + d];
    out[start + d] = value;
    if isFirstOfGroup {
      valueCache[cached + d] = value;
    }
  }

  // The new row is in; the cached ones follow on both sides of it.
  largest = score * inverseSqrt(f32(sizes.D));
  total = 1.0;
  let keys = visible(position);
  for (var side = 0u; side < 2; side++) {
    attend(select(position + 1, keys.x, side == 0), select(keys.y, position, side == 0), start, column);
  }
  for (var d = 0u; d < vectors; d++) {
    out[start + d] /= total;
  }
}
