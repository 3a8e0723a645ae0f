// A product of the Newton–Schulz iteration for the tiles of every matrix, with f = 1 in all iterations but the first:
//   step 0   out[s,s] = A = X · Xᵀ, left = right = X
//   step 1   out[s,s] = B = b f² A + c f⁴ A · A, left = right = A
//   step 2   out[s,l] = f (a X + B · X), times 0.2 √l in the last iteration, left = B, right = X
// X[s,l] is the matrix [rows, columns] lying down; a standing one is stored as its transpose. f = 1 / (√trace(A) + 1e-7): the trace
// is the squared norm of X, so X needs no pass that normalises it.
//
// One workgroup owns one tile. It walks along the product in steps of 16: its 64 threads load a slice of left and of right into
// workgroup memory, zero beyond the ends, and each grows its own 4 × 4 block from there; two barriers a step. Symmetric products
// are computed on and above the diagonal and written twice.

struct Sizes {
  tiles: u32,
  step: u32,
  first: u32,
  last: u32,
}

// A tile of 32 × 32 and its matrix.
struct Tile {
  offset: u32,
  rows: u32,
  columns: u32,
  row: u32,
  column: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> left: array<f32>;
@group(0) @binding(2) var<storage, read> right: array<f32>;
@group(0) @binding(3) var<storage, read> gram: array<f32>;
@group(0) @binding(4) var<storage, read> tiles: array<Tile>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

// f of the matrix.
fn factorOf(tile: Tile, short: u32) -> f32 {
  if sizes.first == 0 {
    return 1.0;
  }
  var trace = 0.0;
  for (var i = 0u; i < short; i++) {
    trace += gram[tile.offset + i * (short + 1)];
  }
  return 1.0 / (sqrt(trace) + 1e-7);
}

// What becomes of an element of the product and of the element of `right` in its place.
fn finish(sum: f32, base: f32, factor: f32, long: u32) -> f32 {
  switch sizes.step {
    case 0u: { return sum; }
    case 1u: { return factor * factor * (-4.775 * base + 2.0315 * factor * factor * sum); }
    default: { return factor * (3.4445 * base + sum) * select(1.0, 0.2 * sqrt(f32(long)), sizes.last == 1); }
  }
}

const depth = 16u;

// Slices [depth, 32]: the element of row r and of column k of the step is at 32 k + r.
var<workgroup> leftSlice: array<f32, 512>;
var<workgroup> rightSlice: array<f32, 512>;

// Place of an element of X.
fn lying(tile: Tile, row: u32, column: u32) -> u32 {
  return tile.offset + select(column * tile.columns + row, row * tile.columns + column, tile.rows <= tile.columns);
}

// Neighbouring threads load neighbouring elements: along k where a row of the operand is stored in a row, else along the rows.
fn load(tile: Tile, short: u32, long: u32, start: u32, thread: u32) {
  let isStanding = tile.rows > tile.columns;
  let isGram = sizes.step == 0;
  let end = select(short, long, isGram);
  let width = select(short, long, sizes.step == 2);
  for (var e = thread; e < 512; e += 64) {
    let leftAlongRows = isGram && isStanding;
    var at = select(vec2u(e / 16, e % 16), vec2u(e % 32, e / 32), leftAlongRows);
    let i = tile.row * 32 + at.x;
    var k = start + at.y;
    var value = 0.0;
    if i < short && k < end {
      value = left[select(tile.offset + i * short + k, lying(tile, i, k), isGram)];
    }
    leftSlice[at.y * 32 + at.x] = value;

    let rightAlongRows = select(!isStanding, isStanding, isGram) || sizes.step == 1;
    at = select(vec2u(e / 16, e % 16), vec2u(e % 32, e / 32), rightAlongRows);
    let j = tile.column * 32 + at.x;
    k = start + at.y;
    value = 0.0;
    if j < width && k < end {
      switch sizes.step {
        case 0u: { value = right[lying(tile, j, k)]; }
        case 1u: { value = right[tile.offset + k * short + j]; }
        default: { value = right[lying(tile, k, j)]; }
      }
    }
    rightSlice[at.y * 32 + at.x] = value;
  }
}

fn write(tile: Tile, short: u32, long: u32, i: u32, j: u32, sum: f32, factor: f32) {
  let isIterate = sizes.step == 2;
  if i >= short || j >= select(short, long, isIterate) || (!isIterate && j < i) {
    return;
  }
  var place = tile.offset + i * short + j;
  if isIterate {
    place = lying(tile, i, j);
  }
  let value = finish(sum, right[place], factor, long);
  out[place] = value;
  if !isIterate {
    out[tile.offset + j * short + i] = value;
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = workgroup.y * workgroups.x + workgroup.x;
  if index >= sizes.tiles {
    return;
  }
  let tile = tiles[index];
  let short = min(tile.rows, tile.columns);
  let long = max(tile.rows, tile.columns);
  let row = thread / 8 * 4;
  let column = thread % 8 * 4;

  // A column of the matrix is a row of the product.
  var sums = mat4x4f();
  for (var start = 0u; start < select(short, long, sizes.step == 0); start += depth) {
    load(tile, short, long, start, thread);
    workgroupBarrier();
    for (var k = 0u; k < depth; k++) {
      let i = k * 32 + row;
      let j = k * 32 + column;
      let fromLeft = vec4f(leftSlice[i], leftSlice[i + 1], leftSlice[i + 2], leftSlice[i + 3]);
      let fromRight = vec4f(rightSlice[j], rightSlice[j + 1], rightSlice[j + 2], rightSlice[j + 3]);
      sums[0] += fromLeft.x * fromRight;
      sums[1] += fromLeft.y * fromRight;
      sums[2] += fromLeft.z * fromRight;
      sums[3] += fromLeft.w * fromRight;
    }
    workgroupBarrier();
  }

  let factor = factorOf(tile, short);
  for (var e = 0u; e < 16; e++) {
    let i = tile.row * 32 + row + e / 4;
    let j = tile.column * 32 + column + e % 4;
    write(tile, short, long, i, j, sums[e / 4][e % 4], factor);
  }
}
