// tableGradient[ids[r]] += scale · gradient[r] for every row r of [M,C] that did not come from the soft prompt,
// positionsGradient[t] += gradient[r] and, for t < P, promptGradient[t] += gradient[r] with t = r % period.
//
// The readable definition. Two jobs, a thread owns one column of a row of either. First one for every place in `order`: where a run of
// equal ids begins, the thread sums the whole run, and elsewhere it does nothing, so that every row of the table is written by
// one thread and always in the same order. Then one for every place in the sequence: it sums the sequences.

override TABLE: bool = true;
override POSITIONS: bool = false;
override PROMPT: bool = false;

struct Sizes {
  M: u32,
  C: u32,
  V: u32,
  P: u32,
  // T.
  period: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> ids: array<u32>;
@group(0) @binding(3) var<storage, read> order: array<u32>;
@group(0) @binding(4) var<storage, read_write> tableGradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> positionsGradient: array<f32>;
@group(0) @binding(6) var<storage, read_write> promptGradient: array<f32>;

fn idAt(place: u32) -> u32 {
  return min(ids[order[place]], sizes.V - 1);
}

fn sumRun(start: u32, column: u32, columns: u32) {
  let id = idAt(start);
  if start > 0 && idAt(start - 1) == id {
    return;
  }
  var sum = 0.0;
  for (var place = start; place < sizes.M; place++) {
    let row = order[place];
    if min(ids[row], sizes.V - 1) != id {
      break;
    }
    if row % sizes.period >= sizes.P {
      sum += gradient[row * columns + column];
    }
  }
  tableGradient[id * columns + column] += sizes.scale * sum;
}

fn sumSequences(t: u32, column: u32, columns: u32) {
  var sum = 0.0;
  for (var row = t; row < sizes.M; row += sizes.period) {
    sum += gradient[row * columns + column];
  }
  let i = t * columns + column;
  if POSITIONS {
    positionsGradient[i] += sum;
  }
  if PROMPT && t < sizes.P {
    promptGradient[i] += sum;
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * 64 + lane;
  let columns = sizes.C;
  let row = index / columns;
  let column = index % columns;
  let runs = select(0, sizes.M, TABLE);
  if row < runs {
    sumRun(row, column, columns);
  } else if (POSITIONS || PROMPT) && row - runs < sizes.period {
    sumSequences(row - runs, column, columns);
  }
}
