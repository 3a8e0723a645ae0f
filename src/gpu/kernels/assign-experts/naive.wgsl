// expert[M] and places[E+1+M] of scores[M,E]: argmax, or the auction whose rules twin.ts has.
//
// The readable definition: one thread does everything, for an auction has no two steps that could swap. What an expert bids on
// is found by radix selection, a digit of eight bits after the other from the top, and not by sorting: five walks over the rows
// an expert and round. As little as argmax of one token takes one thread anyway.

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

const nobody = 0xffffffffu;
const mostExperts = 64u;

// Rows that an expert holds; later, rows that it has.
var<workgroup> held: array<u32, mostExperts>;
// The value of the first row that an expert does not bid on, and how many rows of that very value it bids on.
var<workgroup> limit: array<f32, mostExperts>;
var<workgroup> equals: array<u32, mostExperts>;
var<workgroup> histogram: array<u32, 256>;

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
  if holds {
    return score(row, e);
  }
  return score(row, e) - price[row];
}

// Finds what the expert bids on beside the rows that it keeps.
fn choose(e: u32, bids: u32, keeps: bool) {
  var rank = bids + 1;
  var known = 0u;
  for (var shift = 32u; shift > 0; ) {
    let above = shift;
    shift -= 8;
    for (var i = 0u; i < 256; i++) {
      histogram[i] = 0;
    }
    for (var row = 0u; row < sizes.M; row++) {
      let holds = expert[row] == e;
      if holds && keeps {
        continue;
      }
      let key = keyOf(value(row, e, holds));
      // A shift by 32 would not shift.
      if above == 32 || key >> above == known >> above {
        histogram[(key >> shift) & 255] += 1;
      }
    }
    var digit = 255u;
    while histogram[digit] < rank {
      rank -= histogram[digit];
      digit -= 1;
    }
    known |= digit << shift;
  }
  limit[e] = valueOf(known);
  equals[e] = rank - 1;
}

fn isUnsound(i: u32) -> bool {
  return (scores[i] & 0x7fffffffu) > bitcast<u32>(1e30f);
}

fn auction() {
  var highest = score(0, 0);
  var lowest = highest;
  var rounds = sizes.mostRounds;
  for (var row = 0u; row < sizes.M; row++) {
    expert[row] = nobody;
    price[row] = 0.0;
    for (var e = 0u; e < sizes.E; e++) {
      highest = max(highest, score(row, e));
      lowest = min(lowest, score(row, e));
      if isUnsound(row * sizes.E + e) {
        rounds = 0;
      }
    }
  }
  let epsilon = max((highest - lowest) * 0.02, 1e-4);
  let each = sizes.M / sizes.E;
  for (var e = 0u; e < sizes.E; e++) {
    held[e] = 0;
  }

  for (var round = 0u; round < rounds; round++) {
    let keeps = round < sizes.pinnedRounds;
    for (var e = 0u; e < sizes.E; e++) {
      choose(e, each - select(0, held[e], keeps), keeps);
      held[e] = 0;
    }
    var sold = 0u;
    for (var row = 0u; row < sizes.M; row++) {
      let holder = expert[row];
      var best = 0.0;
      var bidder = nobody;
      for (var e = 0u; e < sizes.E; e++) {
        var bid = 0.0;
        if keeps && holder == e {
          bid = epsilon;
        } else {
          let here = value(row, e, holder == e);
          if here > limit[e] {
            bid = here - limit[e] + epsilon;
          } else if here == limit[e] && equals[e] > 0 {
            bid = epsilon;
            equals[e] -= 1;
          }
        }
        if bid > best {
          best = bid;
          bidder = e;
        }
      }
      expert[row] = bidder;
      price[row] += best;
      if bidder != nobody {
        held[bidder] += 1;
        sold += 1;
      }
    }
    if sold == sizes.M {
      return;
    }
  }
  shareOut(each);
}

// Gives the rows that belong to nobody to experts with room.
fn shareOut(each: u32) {
  for (var row = 0u; row < sizes.M; row++) {
    if expert[row] == nobody {
      let best = bestExpert(row, each);
      expert[row] = best;
      held[best] += 1;
    }
  }
}

// The best expert for a row of those that hold fewer rows than `room`.
fn bestExpert(row: u32, room: u32) -> u32 {
  var best = nobody;
  for (var e = 0u; e < sizes.E; e++) {
    if held[e] < room && (best == nobody || score(row, e) > score(row, best)) {
      best = e;
    }
  }
  return best;
}

fn argmax() {
  var rows = sizes.M;
  if CURSOR {
    rows = min(rows, cursor[1]);
  }
  for (var e = 0u; e < sizes.E; e++) {
    held[e] = 0;
  }
  for (var row = 0u; row < sizes.M; row++) {
    expert[row] = select(nobody, bestExpert(row, nobody), row < rows);
  }
}

// A stable counting sort.
fn sortByExpert() {
  for (var e = 0u; e < sizes.E; e++) {
    held[e] = 0;
  }
  for (var row = 0u; row < sizes.M; row++) {
    if expert[row] != nobody {
      held[expert[row]] += 1;
    }
  }
  var place = 0u;
  for (var e = 0u; e < sizes.E; e++) {
    places[e] = place;
    place += held[e];
    held[e] = places[e];
  }
  places[sizes.E] = place;
  for (var row = 0u; row < sizes.M; row++) {
    let e = expert[row];
    if e != nobody {
      places[sizes.E + 1 + held[e]] = row;
      held[e] += 1;
    }
  }
}

@compute @workgroup_size(1)
fn main() {
  var auctions = BALANCED && sizes.E > 1;
  if SWITCHED {
    auctions = auctions && balance[0] != 0;
  }
  if auctions {
    auction();
  } else {
    argmax();
  }
  sortByExpert();
}
