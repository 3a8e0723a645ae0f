// weightGradient[N,K] += gradient[M,N]ᵀ · x[M,K], weight2Gradient[N,K2] += gradientᵀ · x2[M,K2],
// biasGradient[n] += Σ_m gradient[m,n] for the first biasRows columns.
// K % 4 == 0 and K2 % 4 == 0; M and N are any.
//
// A thread owns a tile of 8 rows and 8 columns and sums over all rows of the gradient in order, four at a time, so the sum
// has one order. There is no workgroup memory and no barrier. Tiles of weightGradient come first, then those of
// weight2Gradient; the tiles of the first columns also sum the bias.

override WORKGROUP: u32 = 4;
override SECOND: bool = false;
override BIAS: bool = false;
// N is not a multiple of four: the gradient is read element by element.
override NARROW: bool = false;

struct Sizes {
  M: u32,
  N: u32,
  K: u32,
  K2: u32,
  // Columns of the accumulators of the weights: K, and K2 or 0.
  columns: u32,
  columns2: u32,
  biasRows: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradientElements: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> weightGradient: array<f32>;
@group(0) @binding(6) var<storage, read_write> weight2Gradient: array<f32>;
@group(0) @binding(7) var<storage, read_write> biasGradient: array<f32>;

// Row r at columns 4c to 4c + 3 of the tile is at 2r + c.
var<private> sums: array<vec4f, 16>;

// Element b of rows[r] * columns is Σ over the four elements of row r and of column b.
fn grow(low: mat4x4f, high: mat4x4f, columns: mat4x4f, next: mat4x4f) {
  sums[0] += low[0] * columns;
  sums[1] += low[0] * next;
  sums[2] += low[1] * columns;
  sums[3] += low[1] * next;
  sums[4] += low[2] * columns;
  sums[5] += low[2] * next;
  sums[6] += low[3] * columns;
  sums[7] += low[3] * next;
  sums[8] += high[0] * columns;
  sums[9] += high[0] * next;
  sums[10] += high[1] * columns;
  sums[11] += high[1] * next;
  sums[12] += high[2] * columns;
  sums[13] += high[2] * next;
  sums[14] += high[3] * columns;
  sums[15] += high[3] * next;
}

// Elements n to n + 3 of a row of the gradient; beyond its end the last one again.
fn gradientAt(row: u32, n: u32) -> vec4f {
  if NARROW {
    let i = row * sizes.N + min(n + vec4u(0, 1, 2, 3), vec4u(sizes.N - 1));
    return vec4f(gradientElements[i.x], gradientElements[i.y], gradientElements[i.z], gradientElements[i.w]);
  }
  return gradient[(row * sizes.N + min(n, sizes.N - 4)) / 4];
}

// Columns n to n + 3 of the gradient in rows m to m + 3, each a column of the matrix; zero beyond the last row.
fn gradients(m: u32, n: u32) -> mat4x4f {
  let rows = min(m + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1));
  let there = select(vec4f(), vec4f(1.0), m + vec4u(0, 1, 2, 3) < vec4u(sizes.M));
  return transpose(mat4x4f(
    gradientAt(rows.x, n) * there.x,
    gradientAt(rows.y, n) * there.y,
    gradientAt(rows.z, n) * there.z,
    gradientAt(rows.w, n) * there.w,
  ));
}

fn inputs(m: u32, column: u32) -> mat4x4f {
  let i = (min(m + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1)) * sizes.K + min(column, sizes.K - 4)) / 4;
  return transpose(mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]));
}

fn inputs2(m: u32, column: u32) -> mat4x4f {
  let i = (min(m + vec4u(0, 1, 2, 3), vec4u(sizes.M - 1)) * sizes.K2 + min(column, sizes.K2 - 4)) / 4;
  return transpose(mat4x4f(x2[i.x], x2[i.y], x2[i.z], x2[i.w]));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = workgroup.y * 8;
  let tile = workgroup.x * WORKGROUP + lane;
  let tiles = (sizes.columns + 7) / 8;

  if SECOND && tile >= tiles {
    let column = (tile - tiles) * 8;
    for (var m = 0u; m < sizes.M; m += 4) {
      grow(gradients(m, row), gradients(m, row + 4), inputs2(m, column), inputs2(m, column + 4));
    }
    for (var i = 0u; i < 16; i++) {
      let to = vec2u(row + i / 2, column + i % 2 * 4);
      if to.x < sizes.N && to.y < sizes.columns2 {
        let values = sums[i];
        for (var j = 0u; j < 4; j++) {
          weight2Gradient[to.x * sizes.columns2 + to.y + j] += values[j];
        }
      }
    }
    return;
  }

  let column = tile * 8;
  var bias = vec4f();
  var biasNext = vec4f();
  for (var m = 0u; m < sizes.M; m += 4) {
    let low = gradients(m, row);
    let high = gradients(m, row + 4);
    grow(low, high, inputs(m, column), inputs(m, column + 4));
    if BIAS {
      bias += vec4f(1.0) * low;
      biasNext += vec4f(1.0) * high;
    }
  }
  for (var i = 0u; i < 16; i++) {
    let to = vec2u(row + i / 2, column + i % 2 * 4);
    if to.x < sizes.N && to.y < sizes.columns {
      let values = sums[i];
      for (var j = 0u; j < 4; j++) {
        weightGradient[to.x * sizes.columns + to.y + j] += values[j];
      }
    }
  }
  if BIAS && tile == 0 {
    for (var j = 0u; j < 4; j++) {
      if row + j < sizes.biasRows {
        biasGradient[row + j] += bias[j];
      }
      if row + 4 + j < sizes.biasRows {
        biasGradient[row + 4 + j] += biasNext[j];
      }
    }
  }
}
