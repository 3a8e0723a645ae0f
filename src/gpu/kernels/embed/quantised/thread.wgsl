// out[M,C]: row r is table[ids[r]] + positions[min(cursor[0] + t, S − 1)] with t = r % period; either part may be off. Where
// t < P, row t of the soft prompt stands in for the table's. The table is quantised.
//
// One thread owns one element: a row is short, and a token asks for one. An element is scale · (q − zero) with the scale and the
// zero point of its block of a row; src/gpu/quantised/pack.ts says where its digits lie.

// Bits of an element of the table, 4 or 8.
override BITS: u32 = 4;
// Whether blocks have zero points of their own; else it is the middle, 8 or 128.
override ZEROS: bool = false;
override POSITIONS: bool = false;
override HALF_POSITIONS: bool = false;

struct Sizes {
  // Rows.
  M: u32,
  C: u32,
  V: u32,
  S: u32,
  P: u32,
  // T.
  period: u32,
  // Columns that share a scale.
  block: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read> positions: array<u32>;
@group(0) @binding(4) var<storage, read> prompt: array<f32>;
@group(0) @binding(5) var<storage, read> cursor: array<u32>;
@group(0) @binding(6) var<storage, read_write> out: array<f32>;

fn tableAt(n: u32, k: u32) -> f32 {
  let tiles = (sizes.V + 3) / 4;
  let steps = (sizes.C + 7) / 8 * (BITS / 4);
  let blocks = (sizes.C + sizes.block - 1) / sizes.block;
  let at = n / 4 * blocks + k / sizes.block;
  let scalesAt = tiles * steps * 4;
  // A word holds eight elements of 4 bits, the first four in the low halves of its bytes, or four elements of 8.
  let word = table[(n / 4 * steps + k * BITS / 32) * 4 + n % 4];
  let digits = extractBits(word, k % 4 * 8 + select(0u, k / 4 % 2 * 4, BITS == 4), BITS);
  var zero = 1u << (BITS - 1);
  if ZEROS {
    zero = extractBits(table[scalesAt + tiles * blocks * 4 + at], n % 4 * 8, 8u);
  }
  return bitcast<f32>(table[scalesAt + at * 4 + n % 4]) * (f32(digits) - f32(zero));
}

fn positionsAt(i: u32) -> f32 {
  if HALF_POSITIONS {
    return unpack2x16float(positions[i / 2])[i % 2];
  }
  return bitcast<f32>(positions[i]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  if index >= sizes.M * sizes.C {
    return;
  }
  let row = index / sizes.C;
  let column = index % sizes.C;
  let t = row % sizes.period;
  var value = 0.0;
  if t < sizes.P {
    value = prompt[t * sizes.C + column];
  } else {
    value = tableAt(min(ids[row], sizes.V - 1), column);
  }
  if POSITIONS {
    value += positionsAt(min(cursor[0] + t, sizes.S - 1) * sizes.C + column);
  }
  out[index] = value;
}
