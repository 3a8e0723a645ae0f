// out[M,C]: row r is table[ids[r]] + positions[min(cursor[0] + t, S − 1)] with t = r % period; either part may be off. Where
// t < P, row t of the soft prompt stands in for the table's. C % 8 == 0.
//
// One thread owns eight neighbouring elements: one load of packed f16 or two of f32, and two stores.

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
@group(0) @binding(2) var<storage, read> table: array<vec4u>;
@group(0) @binding(3) var<storage, read> positions: array<vec4u>;
@group(0) @binding(4) var<storage, read> prompt: array<vec4f>;
@group(0) @binding(5) var<storage, read> cursor: array<u32>;
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;

// Eight neighbouring elements.
struct Eight {
  low: vec4f,
  high: vec4f,
}

fn unpack(packed: vec4u) -> Eight {
  return Eight(
    vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y)),
    vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w)),
  );
}

// Elements 8i to 8i + 7.
fn tableAt(i: u32) -> Eight {
  if HALF_TABLE {
    return unpack(table[i]);
  }
  return Eight(bitcast<vec4f>(table[2 * i]), bitcast<vec4f>(table[2 * i + 1]));
}

fn positionsAt(i: u32) -> Eight {
  if HALF_POSITIONS {
    return unpack(positions[i]);
  }
  return Eight(bitcast<vec4f>(positions[2 * i]), bitcast<vec4f>(positions[2 * i + 1]));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  let columns = sizes.C / 8;
  if index >= sizes.M * columns {
    return;
  }
  let row = index / columns;
  let column = index % columns;
  let t = row % sizes.period;
  var value = Eight(vec4f(), vec4f());
  if t < sizes.P {
    let i = 2 * (t * columns + column);
    value = Eight(prompt[i], prompt[i + 1]);
  } else if TABLE {
    value = tableAt(min(ids[row], sizes.V - 1) * columns + column);
  }
  if POSITIONS {
    let position = positionsAt(min(cursor[0] + t, sizes.S - 1) * columns + column);
    value.low += position.low;
    value.high += position.high;
  }
  out[2 * index] = value.low;
  out[2 * index + 1] = value.high;
}
