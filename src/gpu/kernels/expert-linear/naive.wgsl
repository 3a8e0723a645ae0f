// y[r] = gate(x[r] · weight[slot(expert of r)]ᵀ) + residualScale · residual[r], for the rows r at the places of the window.
//
// The readable definition: one thread owns one output and reads scalars; every shape and every feature. With a gate (FFN) one
// output takes column f of the product and, gated, column F + f as well:
// y[r,f] = Σᵢ act(scale[i,f] · z_f + offset[i,f]) · z_{F+f}, over the branches i of the series activation.

override HALF: bool = false;
override SLOTS: bool = false;
override WINDOW: bool = false;
override RESIDUAL: bool = false;
override SERIES: bool = false;
// 0 none, 1 SiLU, 2 GELU (tanh), 3 ReLU.
override GATE: u32 = 0;
override GATED: bool = false;

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
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> places: array<u32>;
@group(0) @binding(4) var<storage, read> slots: array<u32>;
@group(0) @binding(5) var<storage, read> window: array<u32>;
@group(0) @binding(6) var<storage, read> residualOrScale: array<f32>;
@group(0) @binding(7) var<storage, read> offset: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;

fn weightAt(i: u32) -> f32 {
  if HALF {
    return unpack2x16float(weight[i / 2])[i % 2];
  }
  return bitcast<f32>(weight[i]);
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

fn product(row: u32, weightRow: u32) -> f32 {
  var sum = 0.0;
  for (var k = 0u; k < sizes.K; k++) {
    sum += x[row * sizes.K + k] * weightAt(weightRow * sizes.K + k);
  }
  return sum;
}

fn isOutside(place: u32) -> bool {
  if WINDOW && (place < window[0] || place >= window[1]) {
    return true;
  }
  return place >= places[sizes.E];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * 64 + lane;
  let place = index / sizes.columns;
  let column = index % sizes.columns;
  if place >= sizes.M || isOutside(place) {
    return;
  }
  let row = places[sizes.E + 1 + place];
  var slot = 0u;
  while places[slot + 1] <= place {
    slot += 1;
  }
  if SLOTS {
    slot = slots[slot];
  }

  var result = product(row, slot * sizes.N + column);
  if GATE != 0 {
    result = series(result, column);
    if GATED {
      result *= product(row, slot * sizes.N + sizes.columns + column);
    }
  }
  let to = row * sizes.columns + column;
  if RESIDUAL {
    result += sizes.residualScale * residualOrScale[to];
  }
  y[to] = result;
}
