// expert[M] and places[E+1+M] of scores[M,E]: argmax, or the auction whose rules twin.ts has. E ≤ 64.
//
// One workgroup does everything, because an auction goes round by round; within a step its lanes share the rows. Two things
// keep a round short:
//
// What an expert bids on is found by radix selection, a digit of eight bits after the other from the top, and not by sorting.
//
// Each expert looks at its candidates alone. Prices only rise, so a row whose value was below `lowest` stays below; as long as
// enough candidates are not below it, no other row can be among the best. When too few are left, the list is made anew, of twice as many
// rows as an expert may have. Candidates lie in no order; what is chosen does not depend on it.

override BALANCED: bool = false;
override SWITCHED: bool = false;
override CURSOR: bool = false;

struct Sizes {
  M: u32,
  E: u32,
  // The auction's rounds in which an expert keeps what it holds, and after which it is broken off.
  pinnedRounds: u32,
  mostRounds: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> scores: array<u32>;
@group(0) @binding(2) var<storage, read> cursor: array<u32>;
@group(0) @binding(3) var<storage, read> balance: array<u32>;
@group(0) @binding(4) var<storage, read_write> expert: array<u32>;
@group(0) @binding(5) var<storage, read_write> places: array<u32>;
@group(0) @binding(6) var<storage, read_write> price: array<f32>;
// [E,M]: the rows that each expert looks at.
@group(0) @binding(7) var<storage, read_write> candidates: array<u32>;
// [2,M]: the bits of the highest bid on each row in this round, and who made it.
@group(0) @binding(8) var<storage, read_write> offers: array<u32>;

const nobody = 0xffffffffu;
const lanes = 256u;
const mostExperts = 64u;

// The first row that an expert gives no bid: its key (see keyOf) and number, as far as its digits are known.
struct Found {
  key: u32,
  row: u32,
  // Where it stands among those that share these digits, from 1.
  rank: u32,
  missing: u32,
}

var<workgroup> found: Found;
var<workgroup> histogram: array<atomic<u32>, lanes>;
var<workgroup> coarse: array<u32, 16>;
// Rows that each expert holds, candidates that it has, and the key that all other rows are below.
var<workgroup> held: array<atomic<u32>, mostExperts>;
var<workgroup> listed: array<atomic<u32>, mostExperts>;
var<workgroup> lowest: array<u32, mostExperts>;
var<workgroup> sold: atomic<u32>;
// Of all scores: the largest key, the smallest key, whether one is not sound.
var<workgroup> largestKey: atomic<u32>;
var<workgroup> smallestKey: atomic<u32>;
var<workgroup> unsound: atomic<u32>;
// What a lane counts, or where it starts to write.
var<workgroup> counts: array<u32, lanes>;
// What decides about barriers, so that all lanes decide alike.
var<workgroup> decision: u32;

// What is not a number is the worst score, and only one zero exists. WGSL may assume that such values do not occur, so they
// are told by their bits.
fn score(row: u32, e: u32) -> f32 {
  let bits = scores[row * sizes.E + e];
  let magnitude = bits & 0x7fffffffu;
  if magnitude > 0x7f800000u {
    return -1e30;
  }
  if magnitude == 0x7f800000u {
    return select(1e30, -1e30, bits > magnitude);
  }
  return select(clamp(bitcast<f32>(bits), -1e30, 1e30), 0.0, magnitude < 0x00800000u);
}

// A number that orders as the values do.
fn keyOf(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, bits >> 31 == 1);
}

fn valueOf(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, key >> 31 == 1));
}

// To an expert, what it held costs nothing.
fn value(row: u32, e: u32, holds: bool) -> f32 {
  return score(row, e) - select(price[row], 0.0, holds);
}

// The best expert for a row of those that hold fewer rows than `room`.
fn bestExpert(row: u32, room: u32) -> u32 {
  var best = nobody;
  var most = 0.0;
  for (var e = 0u; e < sizes.E; e++) {
    let here = score(row, e);
    if atomicLoad(&held[e]) < room && (best == nobody || here > most) {
      best = e;
      most = here;
    }
  }
  return best;
}

fn agreed(own: u32, lane: u32) -> u32 {
  if lane == 0 {
    decision = own;
  }
  return workgroupUniformLoad(&decision);
}

// Counts the next digit of the rows that share the digits which are known, of all rows or of the candidates, and finds the
// digit of the one that is looked for. Digits 0 to 3 are those of the key, 4 to 7 those of ~row, so that of equal keys the smaller row
// is the larger.
fn narrow(e: u32, keeps: bool, everyone: bool, digit: u32, lane: u32) {
  let shift = 24 - digit % 4 * 8;
  let byRow = digit >= 4;
  let known = found;
  let end = select(atomicLoad(&listed[e]), sizes.M, everyone);
  let bottom = select(lowest[e], 0, everyone);
  atomicStore(&histogram[lane], 0);
  workgroupBarrier();
  for (var i = lane; i < end; i += lanes) {
    var row = i;
    if !everyone {
      row = candidates[e * sizes.M + i];
    }
    let holds = expert[row] == e;
    let key = keyOf(value(row, e, holds));
    let digits = select(key, ~row, byRow);
    let prefix = select(known.key, ~known.row, byRow);
    var counted = key >= bottom && !(holds && keeps) && !(byRow && key != known.key);
    // A shift by 32 would not shift.
    if shift < 24 {
      counted = counted && digits >> (shift + 8) == prefix >> (shift + 8);
    }
    if counted {
      atomicAdd(&histogram[(digits >> shift) & 255], 1);
    }
  }
  workgroupBarrier();
  if lane < 16 {
    var sum = 0u;
    for (var i = 0u; i < 16; i++) {
      sum += atomicLoad(&histogram[lane * 16 + i]);
    }
    coarse[lane] = sum;
  }
  workgroupBarrier();
  if lane == 0 {
    var rank = known.rank;
    var above = 16u;
    while above > 0 && coarse[above - 1] < rank {
      above -= 1;
      rank -= coarse[above];
    }
    if above == 0 {
      found.missing = 1;
    } else {
      var here = above * 16 - 1;
      while atomicLoad(&histogram[here]) < rank {
        rank -= atomicLoad(&histogram[here]);
        here -= 1;
      }
      found.rank = rank;
      if byRow {
        found.row = ~(~known.row | (here << shift));
      } else {
        found.key = known.key | (here << shift);
      }
    }
  }
  workgroupBarrier();
}

// Makes the list of an expert: what is not below the key that was found, and what it holds.
fn list(e: u32, lane: u32) {
  let key = found.key;
  if lane == 0 {
    lowest[e] = key;
    atomicStore(&listed[e], 0);
  }
  workgroupBarrier();
  for (var row = lane; row < sizes.M; row += lanes) {
    let holds = expert[row] == e;
    if holds || keyOf(value(row, e, false)) >= key {
      candidates[e * sizes.M + atomicAdd(&listed[e], 1)] = row;
    }
  }
  storageBarrier();
  workgroupBarrier();
}

// Finds the first row that the expert gives no bid.
fn find(e: u32, keeps: bool, lane: u32) {
  let each = sizes.M / sizes.E;
  let kept = select(0, atomicLoad(&held[e]), keeps);
  let rank = each - kept + 1;
  var everyone = agreed(atomicLoad(&listed[e]), lane) == 0;
  var digit = 0u;
  while digit < 8 {
    if digit == 0 {
      if lane == 0 {
        let enough = min(rank + each, sizes.M - kept);
        found = Found(0, 0xffffffffu, select(rank, enough, everyone), 0);
      }
      workgroupBarrier();
    }
    narrow(e, keeps, everyone, digit, lane);
    digit += 1;
    let state = workgroupUniformLoad(&found);
    if everyone && digit == 2 {
      list(e, lane);
      everyone = false;
      digit = 0;
    } else if state.missing == 1 {
      everyone = true;
      digit = 0;
    } else if digit == 4 && state.rank == 1 {
      // No row of that very value gets a bid.
      if lane == 0 {
        found.row = 0;
      }
      digit = 8;
    }
  }
  workgroupBarrier();
}

// Bids on what stands before the row that was found.
fn bid(e: u32, keeps: bool, epsilon: f32, lane: u32) {
  let limit = valueOf(found.key);
  for (var i = lane; i < atomicLoad(&listed[e]); i += lanes) {
    let row = candidates[e * sizes.M + i];
    let holds = expert[row] == e;
    let here = value(row, e, holds);
    let key = keyOf(here);
    var own = 0.0;
    if holds && keeps {
      own = epsilon;
    } else if key > found.key || (key == found.key && row < found.row) {
      own = here - limit + epsilon;
    }
    if own > bitcast<f32>(offers[row]) {
      offers[row] = bitcast<u32>(own);
      offers[sizes.M + row] = e;
    }
  }
  // Before the next expert looks at these rows, and changes what was found.
  storageBarrier();
  workgroupBarrier();
}

// Each row goes to its highest bidder and becomes dearer. Returns how many did.
fn sell(lane: u32) -> u32 {
  if lane < mostExperts {
    atomicStore(&held[lane], 0);
  }
  if lane == 0 {
    atomicStore(&sold, 0);
  }
  workgroupBarrier();
  for (var row = lane; row < sizes.M; row += lanes) {
    let bidder = offers[sizes.M + row];
    expert[row] = bidder;
    price[row] += bitcast<f32>(offers[row]);
    offers[row] = 0;
    offers[sizes.M + row] = nobody;
    if bidder != nobody {
      atomicAdd(&held[bidder], 1);
      atomicAdd(&sold, 1);
    }
  }
  storageBarrier();
  workgroupBarrier();
  return agreed(atomicLoad(&sold), lane);
}

fn auction(lane: u32) {
  if lane < mostExperts {
    atomicStore(&held[lane], 0);
    atomicStore(&listed[lane], 0);
  }
  if lane == 0 {
    atomicStore(&largestKey, 0);
    atomicStore(&smallestKey, 0xffffffff);
    atomicStore(&unsound, 0);
  }
  workgroupBarrier();
  for (var row = lane; row < sizes.M; row += lanes) {
    expert[row] = nobody;
    price[row] = 0.0;
    offers[row] = 0;
    offers[sizes.M + row] = nobody;
    for (var e = 0u; e < sizes.E; e++) {
      let key = keyOf(score(row, e));
      atomicMax(&largestKey, key);
      atomicMin(&smallestKey, key);
      if (scores[row * sizes.E + e] & 0x7fffffffu) > bitcast<u32>(1e30f) {
        atomicStore(&unsound, 1);
      }
    }
  }
  storageBarrier();
  workgroupBarrier();
  let range = valueOf(atomicLoad(&largestKey)) - valueOf(atomicLoad(&smallestKey));
  let epsilon = max(range * 0.02, 1e-4);
  let rounds = agreed(select(sizes.mostRounds, 0, atomicLoad(&unsound) == 1), lane);
  var left = sizes.M;
  for (var round = 0u; round < rounds && left > 0; round++) {
    let keeps = round < sizes.pinnedRounds;
    for (var e = 0u; e < sizes.E; e++) {
      find(e, keeps, lane);
      bid(e, keeps, epsilon, lane);
    }
    left = sizes.M - sell(lane);
  }
  // The rows that belong to nobody go to experts with room. That is rare, and each decides what the next may do.
  if lane == 0 && left > 0 {
    for (var row = 0u; row < sizes.M; row++) {
      if expert[row] == nobody {
        let best = bestExpert(row, sizes.M / sizes.E);
        expert[row] = best;
        atomicAdd(&held[best], 1);
      }
    }
  }
}

fn argmax(lane: u32) {
  if lane < mostExperts {
    atomicStore(&held[lane], 0);
  }
  workgroupBarrier();
  var rows = sizes.M;
  if CURSOR {
    rows = min(rows, cursor[1]);
  }
  for (var row = lane; row < sizes.M; row += lanes) {
    expert[row] = select(nobody, bestExpert(row, nobody), row < rows);
  }
}

// A stable counting sort: each expert has the same number of lanes, each of them a segment of the rows.
fn sortByExpert(lane: u32) {
  let segments = lanes / sizes.E;
  let length = (sizes.M + segments - 1) / segments;
  let e = lane / segments;
  let first = lane % segments * length;
  let end = select(min(first + length, sizes.M), first, e >= sizes.E);
  var count = 0u;
  for (var row = first; row < end; row++) {
    count += select(0u, 1u, expert[row] == e);
  }
  counts[lane] = count;
  workgroupBarrier();
  var place = 0u;
  for (var other = 0u; other < lane; other++) {
    place += counts[other];
  }
  if e < sizes.E && lane % segments == 0 {
    places[e] = place;
  }
  if lane == lanes - 1 {
    places[sizes.E] = place + count;
  }
  for (var row = first; row < end; row++) {
    if expert[row] == e {
      places[sizes.E + 1 + place] = row;
      place += 1;
    }
  }
}

@compute @workgroup_size(lanes)
fn main(@builtin(local_invocation_index) lane: u32) {
  var auctions = BALANCED && sizes.E > 1;
  if SWITCHED {
    auctions = auctions && balance[0] != 0;
  }
  if auctions {
    auction(lane);
  } else {
    argmax(lane);
  }
  storageBarrier();
  workgroupBarrier();
  sortByExpert(lane);
}
