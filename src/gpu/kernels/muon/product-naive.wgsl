// A product of the Newton–Schulz iteration for the tiles of every matrix, with f = 1 in all iterations but the first:
//   step 0   out[s,s] = A = X · Xᵀ, left = right = X
//   step 1   out[s,s] = B = b f² A + c f⁴ A · A, left = right = A
//   step 2   out[s,l] = f (a X + B · X), times 0.2 √l in the last iteration, left = B, right = X
// X[s,l] is the matrix [rows, columns] lying down; a standing one is stored as its transpose. f = 1 / (√trace(A) + 1e-7): the trace
// is the squared norm of X, so X needs no pass that normalises it.
//
// The readable definition: one workgroup owns one tile, each of its 64 threads 16 elements. Symmetric products are computed on
// and above the diagonal and written twice.

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

// Place of an element of X.
fn lying(tile: Tile, row: u32, column: u32) -> u32 {
  return tile.offset + select(column * tile.columns + row, row * tile.columns + column, tile.rows <= tile.columns);
}

fn product(tile: Tile, short: u32, long: u32, i: u32, j: u32) -> f32 {
  var sum = 0.0;
  for (var k = 0u; k < select(short, long, sizes.step == 0); k++) {
    let square = tile.offset + i * short + k;
    switch sizes.step {
      case 0u: { sum += left[lying(tile, i, k)] * right[lying(tile, j, k)]; }
      case 1u: { sum += left[square] * right[tile.offset + k * short + j]; }
      default: { sum += left[square] * right[lying(tile, k, j)]; }
    }
  }
  return sum;
}

@compute @workgroup_size(64)
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
  let isIterate = sizes.step == 2;
  let factor = factorOf(tile, short);
  for (var element = lane; element < 1024; element += 64) {
    let i = tile.row * 32 + element / 32;
    let j = tile.column * 32 + element % 32;
    if i >= short || j >= select(short, long, isIterate) || (!isIterate && j < i) {
      continue;
    }
    var place = tile.offset + i * short + j;
    if isIterate {
      place = lying(tile, i, j);
    }
    let value = finish(product(tile, short, long, i, j), right[place], factor, long);
    out[place] = value;
    if !isIterate {
      out[tile.offset + j * short + i] = value;
    }
  }
}
