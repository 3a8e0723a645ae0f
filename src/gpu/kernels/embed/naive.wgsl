// out[M,C]: row r is table[ids[r]] + positions[min(cursor[0] + t, S − 1)] with t = r % period; either part may be off. Where
// t < P, row t of the soft prompt stands in for the table's.
//
// The readable definition: one thread owns one element. A table holds f32 or, HALF, pairs of f16; with an odd C a row may
// start in the middle of a pair, so an element is addressed by its number and not by its row.

override TABLE: bool = true;
override POSITIONS: bool = false;
override HALF_TABLE: bool = false;
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
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read> positions: array<u32>;
@group(0) @binding(4) var<storage, read> prompt: array<f32>;
@group(0) @binding(5) var<storage, read> cursor: array<u32>;
@group(0) @binding(6) var<storage, read_write> out: array<f32>;

fn tableAt(i: u32) -> f32 {
  if HALF_TABLE {
    return unpack2x16float(table[i / 2])[i % 2];
  }
  return bitcast<f32>(table[i]);
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
    value += prompt[t * sizes.C + column];
  } else if TABLE {
    value += tableAt(min(ids[row], sizes.V - 1) * sizes.C + column);
  }
  if POSITIONS {
    value += positionsAt(min(cursor[0] + t, sizes.S - 1) * sizes.C + column);
  }
  out[index] = value;
}
