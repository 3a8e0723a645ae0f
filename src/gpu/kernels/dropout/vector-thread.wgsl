// out = x · keep / (1 − rate) + residualScale · residual, element by element. keep of elements 2i and 2i + 1 comes from words 0
// and 1 of threefry2x32 with key (seed, stream) and counter (i, step), draw = [seed, step, 0, 0]: kept when the word's upper 24
// bits are at least `threshold` = ⌈rate · 2²⁴⌉.
//
// One thread owns four neighbouring elements: two draws side by side in vectors, vector loads and stores. count % 4 == 0.

override RESIDUAL: bool = false;

struct Sizes {
  count: u32,
  stream: u32,
  threshold: u32,
  keepScale: f32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> residual: array<vec4f>;
@group(0) @binding(3) var<storage, read> draw: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

// Both words of two draws at once.
struct Words {
  a: vec2u,
  b: vec2u,
}

fn rotate(words: Words, rotation: u32) -> Words {
  let a = words.a + words.b;
  return Words(a, ((words.b << vec2u(rotation)) | (words.b >> vec2u(32 - rotation))) ^ a);
}

// threefry2x32, 20 rounds (Salmon et al., SC 2011), with one key for two counters.
fn threefry(key: vec2u, first: vec2u, second: u32) -> Words {
  var keys = vec3u(key, key.x ^ key.y ^ 0x1bd11bdau);
  var words = Words(first + key.x, vec2u(second + key.y));
  for (var injection = 1u; injection <= 5; injection++) {
    let rotations = select(vec4u(17, 29, 16, 24), vec4u(13, 15, 26, 6), injection % 2 == 1);
    words = rotate(rotate(rotate(rotate(words, rotations.x), rotations.y), rotations.z), rotations.w);
    keys = keys.yzx;
    words.a += keys.x;
    words.b += keys.y + injection;
  }
  return words;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.count / 4 {
    return;
  }
  let words = threefry(vec2u(draw[0], sizes.stream), vec2u(2 * index, 2 * index + 1), draw[1]);
  let drawn = vec4u(words.a.x, words.b.x, words.a.y, words.b.y);
  var value = select(vec4f(), sizes.keepScale * x[index], drawn >> vec4u(8) >= vec4u(sizes.threshold));
  if RESIDUAL {
    value += sizes.residualScale * residual[index];
  }
  out[index] = value;
}
