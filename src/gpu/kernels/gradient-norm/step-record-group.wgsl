// record[32] of a step: loss, norm of the gradients, clip factor, whether all is finite, four zeros, the norms of twelve groups,
// and update[0..11]; lossSum ← 0. See record.ts.
//
// Thirteen workgroups: a group each, and the last one for all groups together and what follows from it. The 256 threads of
// a workgroup read neighbouring chunks and add those of its group, and a tree in workgroup memory adds their sums. Sums of
// squares are infinite where a gradient was not finite, which is told by their bits.

const threads = 256u;

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> squares: array<u32>;
@group(0) @binding(2) var<storage, read> groups: array<u32>;
@group(0) @binding(3) var<storage, read> update: array<f32>;
@group(0) @binding(4) var<storage, read_write> lossSum: array<u32>;
@group(0) @binding(5) var<storage, read_write> record: array<u32>;

struct Partial {
  sum: f32,
  magnitude: u32,
}

var<workgroup> partial: array<Partial, threads>;

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

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let owner = workgroup.x;
  var own = Partial(0.0, 0);
  for (var chunk = lane; chunk < sizes.chunks; chunk += threads) {
    let bits = select(0, squares[chunk], owner == 12 || groups[chunk] == owner);
    own.magnitude = max(own.magnitude, bits);
    own.sum += bitcast<f32>(bits);
  }
  partial[lane] = own;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride {
      partial[lane].sum += partial[lane + stride].sum;
      partial[lane].magnitude = max(partial[lane].magnitude, partial[lane + stride].magnitude);
    }
    workgroupBarrier();
  }
  if lane > 0 {
    return;
  }
  let norm = sqrt(partial[0].sum);
  if owner < 12 {
    record[8 + owner] = select(0x7f800000, bitcast<u32>(norm), partial[0].magnitude < 0x7f800000);
  } else {
    writeStep(norm, partial[0].magnitude);
  }
}
