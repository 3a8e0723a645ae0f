// y[r] = gate(x[r] · weight[slot(expert of r)]ᵀ) + residualScale · residual[r], for the rows r at the places of the window.
// K % 4 == 0; M and N are any.
//
// The rows of an expert are cut into tiles of 16; a workgroup counts through the experts to find its tile, whose rows may lie
// anywhere in x. A thread owns a tile's rows and 8 columns of the product, or 4 of the gate and the same 4 of the up rows of a
// gated FFN, and keeps them in 4 × 4 matrices as in linear/matmul-thread.wgsl: no workgroup memory, no barrier. Rows and columns
// beyond the end read the last one again and are not written.

override WORKGROUP: u32 = 4;
override HALF: bool = false;
override SLOTS: bool = false;
override WINDOW: bool = false;
override RESIDUAL: bool = false;
override SERIES: bool = false;
// 0 none, 1 SiLU, 2 GELU (tanh), 3 ReLU.
override GATE: u32 = 0;
override GATED: bool = false;

const ROWS = 16u;

struct Sizes {
  M: u32,
  // Rows of an expert's matrix.
  N: u32,
  K: u32,
  E: u32,
  // Columns of y: N, or F of a gated FFN.
  columns: u32,
  branches: u32,
  residualScale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec2u>;
@group(0) @binding(3) var<storage, read> places: array<u32>;
@group(0) @binding(4) var<storage, read> slots: array<u32>;
@group(0) @binding(5) var<storage, read> window: array<u32>;
@group(0) @binding(6) var<storage, read> residualOrScale: array<f32>;
@group(0) @binding(7) var<storage, read> offset: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;

// Some rows of one expert.
struct Tile {
  // The places of its rows; none beyond the last tile.
  first: u32,
  end: u32,
  // Where the expert's matrix lies.
  slot: u32,
}

// The tile with this number: the first expert has as many as its rows need, then comes the next.
fn tileOf(number: u32) -> Tile {
  var left = number;
  for (var e = 0u; e < sizes.E; e++) {
    let end = places[e + 1];
    let own = (end - places[e] + ROWS - 1) / ROWS;
    if left < own {
      let first = places[e] + left * ROWS;
      var slot = e;
      if SLOTS {
        slot = slots[e];
      }
      return Tile(first, min(first + ROWS, end), slot);
    }
    left -= own;
  }
  return Tile();
}

fn isOutside(tile: Tile) -> bool {
  if WINDOW && (tile.end <= window[0] || tile.first >= window[1]) {
    return true;
  }
  return tile.end == tile.first;
}

// Sixteen rows of x, or of four columns of y: a matrix holds four rows, one a column of the matrix.
struct Strip {
  a: mat4x4f,
  b: mat4x4f,
  c: mat4x4f,
  d: mat4x4f,
}

fn multiplyAdd(sum: Strip, block: mat4x4f, rows: Strip) -> Strip {
  return Strip(sum.a + block * rows.a, sum.b + block * rows.b, sum.c + block * rows.c, sum.d + block * rows.d);
}

// Where four rows of x start.
fn inputStarts(tile: Tile, first: u32) -> vec4u {
  let at = sizes.E + 1 + min(first + vec4u(0, 1, 2, 3), vec4u(tile.end - 1));
  return vec4u(places[at.x], places[at.y], places[at.z], places[at.w]) * (sizes.K / 4);
}

fn inputs(starts: vec4u, k: u32) -> mat4x4f {
  return mat4x4f(x[starts.x + k], x[starts.y + k], x[starts.z + k], x[starts.w + k]);
}

// Elements 4i to 4i + 3 of the weight.
fn weightAt(i: u32) -> vec4f {
  if HALF {
    let packed = weight[i];
    return vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
  }
  return vec4f(bitcast<vec2f>(weight[2 * i]), bitcast<vec2f>(weight[2 * i + 1]));
}

// Where four rows of a matrix start; beyond `end` the last one again.
fn weightStarts(tile: Tile, row: u32, end: u32) -> vec4u {
  return (tile.slot * sizes.N + min(row + vec4u(0, 1, 2, 3), vec4u(end - 1))) * (sizes.K / 4);
}

// Four rows of a matrix, elements 4k to 4k + 3, transposed: times four rows of x a block of the product.
fn block(starts: vec4u, k: u32) -> mat4x4f {
  return transpose(mat4x4f(
    weightAt(starts.x + k), weightAt(starts.y + k), weightAt(starts.z + k), weightAt(starts.w + k),
  ));
}

// The exponent is capped so that 1 + exp stays finite: WGSL may assume that no infinity occurs.
fn sigmoid(z: f32) -> f32 {
  return 1.0 / (1.0 + exp(min(-z, 80.0)));
}

fn activate(z: f32) -> f32 {
  switch GATE {
    case 1u: { return z * sigmoid(z); }
    // z/2 · (1 + tanh u) = z · sigmoid(2u), with u = √(2/π) · (z + 0.044715 z³).
    case 2u: { return z * sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z)); }
    case 3u: { return max(z, 0.0); }
    default: { return z; }
  }
}

// Series informed activation of one value; a single branch has no parameters.
fn series(z: f32, column: u32) -> f32 {
  if !SERIES {
    return activate(z);
  }
  var sum = 0.0;
  for (var branch = 0u; branch < sizes.branches; branch++) {
    let i = branch * sizes.columns + column;
    sum += activate(residualOrScale[i] * z + offset[i]);
  }
  return sum;
}

// What follows the products, for one output. `first` is its own product, `up` that of a gated FFN's up column.
fn write(tile: Tile, place: u32, column: u32, first: f32, up: f32) {
  if place >= tile.end || column >= sizes.columns {
    return;
  }
  if WINDOW && (place < window[0] || place >= window[1]) {
    return;
  }
  let to = places[sizes.E + 1 + place] * sizes.columns + column;
  var result = first;
  if GATE != 0 {
    result = series(result, column);
  }
  if GATED {
    result *= up;
  }
  if RESIDUAL {
    result += sizes.residualScale * residualOrScale[to];
  }
  y[to] = result;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let columnsEach = select(8u, 4u, GATED);
  let column = (workgroup.x * WORKGROUP + lane) * columnsEach;
  let tile = tileOf(workgroup.y);
  if column >= sizes.columns || isOutside(tile) {
    return;
  }
  let first = tile.first;
  let rowsA = inputStarts(tile, first);
  let rowsB = inputStarts(tile, first + 4);
  let rowsC = inputStarts(tile, first + 8);
  let rowsD = inputStarts(tile, first + 12);
  let own = weightStarts(tile, column, sizes.columns);
  let next = weightStarts(tile, column + select(4, sizes.columns, GATED), sizes.N);

  var low = Strip();
  var high = Strip();
  for (var k = 0u; k < sizes.K / 4; k++) {
    let rows = Strip(inputs(rowsA, k), inputs(rowsB, k), inputs(rowsC, k), inputs(rowsD, k));
    low = multiplyAdd(low, block(own, k), rows);
    high = multiplyAdd(high, block(next, k), rows);
  }

  // A loop keeps the code of what follows the product short: unrolled, it would be compiled 128 times.
  var lows = array<mat4x4f, 4>(low.a, low.b, low.c, low.d);
  var highs = array<mat4x4f, 4>(high.a, high.b, high.c, high.d);
  for (var i = 0u; i < 64; i++) {
    let row = i / 4;
    let here = lows[row / 4][row % 4][i % 4];
    let there = highs[row / 4][row % 4][i % 4];
    write(tile, first + row, column + i % 4, here, there);
    if !GATED {
      write(tile, first + row, column + 4 + i % 4, there, 0.0);
    }
  }
}
