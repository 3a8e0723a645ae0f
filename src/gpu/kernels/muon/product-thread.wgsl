// A product of the Newton–Schulz iteration for the tiles of every matrix, with f = 1 in all iterations but the first:
//   step 0   out[s,s] = A = X · Xᵀ, left = right = X
//   step 1   out[s,s] = B = b f² A + c f⁴ A · A, left = right = A
//   step 2   out[s,l] = f (a X + B · X), times 0.2 √l in the last iteration, left = B, right = X
// X[s,l] is the matrix [rows, columns] lying down; a standing one is stored as its transpose. f = 1 / (√trace(A) + 1e-7): the trace
// is the squared norm of X, so X needs no pass that normalises it.
//
// A thread owns 16 rows and 8 columns of a tile in 4 × 4 matrices, as in matmul-thread.wgsl: 24 loaded elements serve 128
// products. The four threads of a SIMD register have the same rows, which a software adapter then loads once. A block
// of four rows that is stored the other way round is transposed in registers. All sizes are multiples of 4. Symmetric products are
// computed on and above the diagonal and written twice.

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
@group(0) @binding(1) var<storage, read> left: array<vec4f>;
@group(0) @binding(2) var<storage, read> right: array<vec4f>;
@group(0) @binding(3) var<storage, read> gram: array<f32>;
@group(0) @binding(4) var<storage, read> tiles: array<Tile>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

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
fn finish(sum: vec4f, base: vec4f, factor: f32, long: u32) -> vec4f {
  switch sizes.step {
    case 0u: { return sum; }
    case 1u: { return factor * factor * (-4.775 * base + 2.0315 * factor * factor * sum); }
    default: { return factor * (3.4445 * base + sum) * select(1.0, 0.2 * sqrt(f32(long)), sizes.last == 1); }
  }
}

// Sixteen rows of left, or of four columns of the product: a matrix holds four rows, one a column of the matrix.
struct Strip {
  a: mat4x4f,
  b: mat4x4f,
  c: mat4x4f,
  d: mat4x4f,
}

fn multiplyAdd(sum: Strip, block: mat4x4f, rows: Strip) -> Strip {
  return Strip(sum.a + block * rows.a, sum.b + block * rows.b, sum.c + block * rows.c, sum.d + block * rows.d);
}

// How a buffer is read: element (row, column) is at offset + row · stride + column, or TRANSPOSED with the two exchanged.
struct View {
  offset: u32,
  stride: u32,
  isTransposed: bool,
  // Rows and columns that there are; both are multiples of 4.
  rows: u32,
  columns: u32,
}

// Places, in vectors, of four rows of four elements as they are stored. What lies beyond the end reads the last again.
fn places(view: View, row: u32, column: u32) -> vec4u {
  let r = min(row, view.rows - 4);
  let c = min(column, view.columns - 4);
  let start = view.offset + select(r * view.stride + c, c * view.stride + r, view.isTransposed);
  return (vec4u(start) + vec4u(0, 1, 2, 3) * view.stride) / 4;
}

// Four rows of left, one a column of the matrix.
fn leftBlock(view: View, row: u32, column: u32) -> mat4x4f {
  let i = places(view, row, column);
  let block = mat4x4f(left[i.x], left[i.y], left[i.z], left[i.w]);
  if view.isTransposed {
    return transpose(block);
  }
  return block;
}

fn rightBlock(view: View, row: u32, column: u32) -> mat4x4f {
  let i = places(view, row, column);
  let block = mat4x4f(right[i.x], right[i.y], right[i.z], right[i.w]);
  if view.isTransposed {
    return transpose(block);
  }
  return block;
}

// Writes four rows of four elements of the product, and below the diagonal of a symmetric one their transpose.
fn write(view: View, row: u32, column: u32, sums: mat4x4f, factor: f32, long: u32) {
  if row >= view.rows || column >= view.columns || (sizes.step < 2 && column < row) {
    return;
  }
  let base = rightBlock(view, row, column);
  let mirrored = sizes.step < 2 && column > row;
  let at = places(view, row, column);
  let mirror = places(view, column, row);
  var rows = mat4x4f();
  for (var r = 0u; r < 4; r++) {
    rows[r] = finish(sums[r], base[r], factor, long);
  }
  let turned = transpose(rows);
  for (var r = 0u; r < 4; r++) {
    out[at[r]] = select(rows[r], turned[r], view.isTransposed);
    if mirrored {
      out[mirror[r]] = turned[r];
    }
  }
}

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = workgroup.y * workgroups.x + workgroup.x;
  if index >= sizes.tiles {
    return;
  }
  let tile = tiles[index];
  let short = min(tile.rows, tile.columns);
  let long = max(tile.rows, tile.columns);
  let isStanding = tile.rows > tile.columns;
  let square = View(tile.offset, short, false, short, short);
  let lying = View(tile.offset, tile.columns, isStanding, short, long);
  // X · Xᵀ reads X from the right as its transpose.
  let turned = View(tile.offset, tile.columns, !isStanding, long, short);

  var leftView = square;
  var rightView = square;
  var outView = square;
  if sizes.step == 0 {
    leftView = lying;
    rightView = turned;
  } else if sizes.step == 2 {
    rightView = lying;
    outView = lying;
  }
  let row = tile.row * 32 + lane / 4 * 16;
  let column = tile.column * 32 + lane % 4 * 8;
  if row >= outView.rows || column >= outView.columns || (sizes.step < 2 && column + 7 < row) {
    return;
  }

  var low = Strip();
  var high = Strip();
  for (var k = 0u; k < leftView.columns; k += 4) {
    let rows = Strip(
      leftBlock(leftView, row, k),
      leftBlock(leftView, row + 4, k),
      leftBlock(leftView, row + 8, k),
      leftBlock(leftView, row + 12, k),
    );
    low = multiplyAdd(low, rightBlock(rightView, k, column), rows);
    high = multiplyAdd(high, rightBlock(rightView, k, column + 4), rows);
  }

  let factor = factorOf(tile, short);
  var blocks = array<mat4x4f, 8>(low.a, low.b, low.c, low.d, high.a, high.b, high.c, high.d);
  for (var i = 0u; i < 8; i++) {
    write(outView, row + i % 4 * 4, column + i / 4 * 4, blocks[i], factor, long);
  }
}
