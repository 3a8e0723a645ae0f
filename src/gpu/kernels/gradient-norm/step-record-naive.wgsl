// record[32] of a step: loss, norm of the gradients, clip factor, whether all is finite, four zeros, the norms of twelve groups,
// and update[0..11]; lossSum ← 0. See record.ts.
//
// The readable definition: thirteen threads, one a group, and the last one for all groups together and what follows from it.
// Sums of squares are infinite where a gradient was not finite, which is told by their bits.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> squares: array<u32>;
@group(0) @binding(2) var<storage, read> groups: array<u32>;
@group(0) @binding(3) var<storage, read> update: array<f32>;
@group(0) @binding(4) var<storage, read_write> lossSum: array<u32>;
@group(0) @binding(5) var<storage, read_write> record: array<u32>;

// What the last owner writes: everything but the norms of the groups.
fn writeStep(norm: f32, magnitude: u32) {
  let clip = update[6];
  let lossIsFinite = (lossSum[0] & 0x7f800000) != 0x7f800000;
  let isFinite = magnitude < 0x7f800000;
  let factor = select(1.0, clip / max(norm, 1e-30), isFinite && clip > 0.0 && norm > clip);
  record[0] = lossSum[0];
  record[1] = select(0x7f800000, bitcast<u32>(norm), isFinite);
  record[2] = bitcast<u32>(factor);
  record[3] = select(0, bitcast<u32>(1.0), isFinite && lossIsFinite);
  for (var i = 4u; i < 8; i++) {
    record[i] = 0;
  }
  for (var i = 0u; i < 12; i++) {
    record[20 + i] = bitcast<u32>(update[i]);
  }
  lossSum[0] = 0;
}

@compute @workgroup_size(13)
fn main(@builtin(local_invocation_index) owner: u32) {
  var total = 0.0;
  var magnitude = 0u;
  for (var chunk = 0u; chunk < sizes.chunks; chunk++) {
    if owner == 12 || groups[chunk] == owner {
      magnitude = max(magnitude, squares[chunk]);
      total += bitcast<f32>(squares[chunk]);
    }
  }
  let norm = sqrt(total);
  if owner < 12 {
    record[8 + owner] = select(0x7f800000, bitcast<u32>(norm), magnitude < 0x7f800000);
  } else {
    writeStep(norm, magnitude);
  }
}
