// out = x · keep / (1 − rate) + residualScale · residual, element by element. keep of elements 2i and 2i + 1 comes from words 0
// and 1 of threefry2x32 with key (seed, stream) and counter (i, step), draw = [seed, step, 0, 0]: kept when the word's upper 24
// bits are at least `threshold` = ⌈rate · 2²⁴⌉.
//
// The readable definition: one thread owns the two elements of one draw.

override RESIDUAL: bool = false;

struct Sizes {
  count: u32,
  stream: u32,
  threshold: u32,
  keepScale: f32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> residual: array<f32>;
@group(0) @binding(3) var<storage, read> draw: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

// threefry2x32, 20 rounds (Salmon et al., SC 2011).
fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let keys = array<u32, 3>(key.x, key.y, key.x ^ key.y ^ 0x1bd11bdau);
  let rotations = array<u32, 8>(13, 15, 26, 6, 17, 29, 16, 24);
  var x = counter + key;
  for (var round = 0u; round < 20; round++) {
    let rotation = rotations[round % 8];
    x.x += x.y;
    x.y = ((x.y << rotation) | (x.y >> (32 - rotation))) ^ x.x;
    if round % 4 == 3 {
      let injection = (round + 1) / 4;
      x += vec2u(keys[injection % 3], keys[(injection + 1) % 3] + injection);
    }
  }
  return x;
}

fn drop(index: u32, word: u32) {
  if index >= sizes.count {
    return;
  }
  var value = select(0.0, sizes.keepScale * x[index], word >> 8 >= sizes.threshold);
  if RESIDUAL {
    value += sizes.residualScale * residual[index];
  }
  out[index] = value;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let pair = (group.y * groups.x + group.x) * 64 + lane;
  if pair >= (sizes.count + 1) / 2 {
    return;
  }
  let words = threefry(vec2u(draw[0], sizes.stream), vec2u(pair, draw[1]));
  drop(2 * pair, words.x);
  drop(2 * pair + 1, words.y);
}
