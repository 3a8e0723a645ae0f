// rotated[T,H·D] = rope(query), keyCache[position] = rope(key), valueCache[position] = value, position = cursor[0] + t.
//
// One thread owns the pair (j, j + D/2) of every head of one row, so that the exponential, the sine and the cosine of its
// angle are taken once and serve H + G pairs.

override ROTATE: bool = true;

struct Sizes {
  H: u32,
  G: u32,
  D: u32,
  T: u32,
  S: u32,
  queryColumns: u32,
  keyColumns: u32,
  queryOffset: u32,
  keyOffset: u32,
  valueOffset: u32,
  // 2 · log2(θ) / D: pair j turns by position · 2^(−j · step).
  step: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> query: array<f32>;
@group(0) @binding(2) var<storage, read> keyValue: array<f32>;
// Position of the first row, valid rows, prefix length, 0.
@group(0) @binding(3) var<storage, read> cursor: array<u32>;
@group(0) @binding(4) var<storage, read_write> keyCache: array<f32>;
@group(0) @binding(5) var<storage, read_write> valueCache: array<f32>;
@group(0) @binding(6) var<storage, read_write> rotated: array<f32>;

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

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let half = sizes.D / 2;
  let index = (group.y * groups.x + group.x) * 16 + lane;
  if index >= sizes.T * half {
    return;
  }
  let row = index / half;
  let j = index % half;
  let position = cursor[0] + row;
  let rotation = turn(position, j);

  for (var head = 0u; head < sizes.H; head++) {
    let i = row * sizes.queryColumns + sizes.queryOffset + head * sizes.D + j;
    let pair = vec2f(query[i], query[i + half]);
    let turned = (row * sizes.H + head) * sizes.D + j;
    rotated[turned] = pair.x * rotation.x - pair.y * rotation.y;
    rotated[turned + half] = pair.y * rotation.x + pair.x * rotation.y;
  }
  if row >= cursor[1] || position >= sizes.S {
    return;
  }
  for (var column = j; column < sizes.G * sizes.D; column += sizes.D) {
    let key = row * sizes.keyColumns + sizes.keyOffset + column;
    let value = row * sizes.keyColumns + sizes.valueOffset + column;
    let pair = vec2f(keyValue[key], keyValue[key + half]);
    let cached = position * sizes.G * sizes.D + column;
    keyCache[cached] = pair.x * rotation.x - pair.y * rotation.y;
    keyCache[cached + half] = pair.y * rotation.x + pair.x * rotation.y;
    valueCache[cached] = keyValue[value];
    valueCache[cached + half] = keyValue[value + half];
  }
}
