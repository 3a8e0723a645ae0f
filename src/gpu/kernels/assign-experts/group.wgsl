// expert[M] and places[E+1+M] of scores[M,E]: argmax, or the auction whose rules twin.ts has. E ≤ 64.
//
// One workgroup does everything, because an auction goes round by round. Barriers are what it costs most (on a software adapter
// nearly all), so the experts go through a round side by side, each with a team of lanes. Two things keep a round short:
//
// What an expert bids on is found by radix selection, a digit of four bits after the other from the top, and not by sorting.
//
// Each expert looks at its candidates alone. Prices only rise, so a row whose value was below `lowest` stays below; as long as
// enough candidates are not below it, no other row can be among the best. When too few are left, the list is made anew, of about
// twice as many rows as an expert may have. Candidates lie in no order; what is chosen does not depend on it.

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
@group(0) @binding(8) var<storage, read_write> offers: array<atomic<u32>>;

const nobody = 0xffffffffu;
const lanes = 128u;
const mostExperts = 64u;
const bins = 16u;

// Digits of a key, and of a key and a row.
const keyDigits = 8u;
const allDigits = 16u;
// Digits after which a list of candidates is cut.
const listDigits = 4u;

// What an expert does: it selects among its candidates or among all rows, or makes the list of candidates.
const selecting = 0u;
const selectingOfAll = 1u;
const listing = 2u;
const done = 3u;

// The first row that an expert gives no bid: its key (see keyOf) and number, as far as their digits are known.
struct Search {
  doing: u32,
  digits: u32,
  key: u32,
  row: u32,
  // Where it stands among those that share these digits, from 1.
  rank: u32,
}

var<workgroup> searches: array<Search, mostExperts>;
var<workgroup> histograms: array<atomic<u32>, mostExperts * bins>;
// Rows that each expert holds, candidates that it has, and the key that all other rows are below.
var<workgroup> held: array<atomic<u32>, mostExperts>;
var<workgroup> listed: array<atomic<u32>, mostExperts>;
var<workgroup> lowest: array<u32, mostExperts>;
var<workgroup> sold: atomic<u32>;
var<workgroup> unfinished: atomic<u32>;
// Of all scores: the largest key, the smallest key, whether one is not sound.
var<workgroup> largestKey: atomic<u32>;
var<workgroup> smallestKey: atomic<u32>;
var<workgroup> unsound: atomic<u32>;
// What a lane counts.
var<workgroup> counts: array<u32, lanes>;
// What decides about barriers, so that all lanes decide alike.
var<workgroup> decision: u32;

// The lanes of an expert; beyond the last expert none has any.
struct Team {
  e: u32,
  size: u32,
  member: u32,
}

fn teamOf(lane: u32) -> Team {
  let size = lanes / sizes.E;
  return Team(lane / size, size, lane % size);
}

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

fn begin(e: u32, doing: u32, keeps: bool) {
  let each = sizes.M / sizes.E;
  let kept = select(0, atomicLoad(&held[e]), keeps);
  let rank = each - kept + 1;
  let enough = min(rank + each, sizes.M - kept);
  searches[e] = Search(doing, 0, 0, nobody, select(rank, enough, doing == selectingOfAll));
}

// Counts the next digit of the rows that share the digits which are known, or lists the candidates. Behind the digits of the key
// come those of ~row, so that of equal keys the smaller row is the larger.
fn look(team: Team, keeps: bool) {
  let search = searches[team.e];
  let ofAll = search.doing != selecting;
  let byRow = search.digits >= keyDigits;
  let shift = 28 - search.digits % keyDigits * 4;
  let bottom = select(lowest[team.e], 0, ofAll);
  let end = select(atomicLoad(&listed[team.e]), sizes.M, ofAll);
  for (var i = team.member; i < end; i += team.size) {
    var row = i;
    if !ofAll {
      row = candidates[team.e * sizes.M + i];
    }
    let holds = expert[row] == team.e;
    let key = keyOf(value(row, team.e, holds));
    if search.doing == listing {
      if holds || key >= search.key {
        candidates[team.e * sizes.M + atomicAdd(&listed[team.e], 1)] = row;
      }
    } else {
      let digits = select(key, ~row, byRow);
      let known = select(search.key, ~search.row, byRow);
      var counted = key >= bottom && !(holds && keeps) && !(byRow && key != search.key);
      // A shift by 32 would not shift.
      if shift < 28 {
        counted = counted && digits >> (shift + 4) == known >> (shift + 4);
      }
      if counted {
        atomicAdd(&histograms[team.e * bins + ((digits >> shift) & 15)], 1);
      }
    }
  }
}

// Decides by what was counted; one lane of an expert.
fn decide(e: u32, keeps: bool) {
  var search = searches[e];
  if search.doing == listing {
    begin(e, selecting, keeps);
    return;
  }
  var above = bins;
  while above > 0 && atomicLoad(&histograms[e * bins + above - 1]) < search.rank {
    above -= 1;
    search.rank -= atomicLoad(&histograms[e * bins + above]);
  }
  for (var i = 0u; i < bins; i++) {
    atomicStore(&histograms[e * bins + i], 0);
  }
  if above == 0 {
    begin(e, selectingOfAll, keeps);
    return;
  }
  let digit = (above - 1) << (28 - search.digits % keyDigits * 4);
  if search.digits < keyDigits {
    search.key |= digit;
  } else {
    search.row = ~(~search.row | digit);
  }
  search.digits += 1;
  if search.doing == selectingOfAll && search.digits == listDigits {
    search.doing = listing;
    lowest[e] = search.key;
    atomicStore(&listed[e], 0);
  } else if search.digits == keyDigits && search.rank == 1 {
    // No row of that very value gets a bid.
    search.row = 0;
    search.doing = done;
  } else if search.digits == allDigits {
    search.doing = done;
  }
  if search.doing == done {
    atomicSub(&unfinished, 1);
  }
  searches[e] = search;
}

// Finds the first row that each expert gives no bid.
fn search(team: Team, keeps: bool, lane: u32) {
  let takesPart = team.e < sizes.E;
  if takesPart && team.member == 0 {
    begin(team.e, select(selecting, selectingOfAll, atomicLoad(&listed[team.e]) == 0), keeps);
  }
  if lane == 0 {
    atomicStore(&unfinished, sizes.E);
  }
  workgroupBarrier();
  var left = sizes.E;
  while left > 0 {
    // Most experts need the digits of a key and no more.
    for (var i = 0u; i < keyDigits; i++) {
      if takesPart && searches[team.e].doing != done {
        look(team, keeps);
      }
      storageBarrier();
      workgroupBarrier();
      if takesPart && team.member == 0 && searches[team.e].doing != done {
        decide(team.e, keeps);
      }
      workgroupBarrier();
    }
    left = agreed(atomicLoad(&unfinished), lane);
  }
}

// The expert's bid on a row, 0 for none: it bids on what stands before the row that was found.
fn bidOn(row: u32, e: u32, keeps: bool, epsilon: f32) -> f32 {
  let holds = expert[row] == e;
  if holds && keeps {
    return epsilon;
  }
  let limit = searches[e].key;
  let here = value(row, e, holds);
  let key = keyOf(here);
  if key > limit || (key == limit && row < searches[e].row) {
    return here - valueOf(limit) + epsilon;
  }
  return 0.0;
}

// Each row goes to its highest bidder and becomes dearer. Returns how many did.
fn sell(team: Team, keeps: bool, epsilon: f32, lane: u32) -> u32 {
  let end = select(0, atomicLoad(&listed[min(team.e, mostExperts - 1)]), team.e < sizes.E);
  if lane < mostExperts {
    atomicStore(&held[lane], 0);
  }
  if lane == 0 {
    atomicStore(&sold, 0);
  }
  // Bits of positive numbers order as these do.
  for (var i = team.member; i < end; i += team.size) {
    let row = candidates[team.e * sizes.M + i];
    atomicMax(&offers[row], bitcast<u32>(bidOn(row, team.e, keeps, epsilon)));
  }
  storageBarrier();
  workgroupBarrier();
  for (var i = team.member; i < end; i += team.size) {
    let row = candidates[team.e * sizes.M + i];
    let own = bitcast<u32>(bidOn(row, team.e, keeps, epsilon));
    if own > 0 && own == atomicLoad(&offers[row]) {
      atomicMin(&offers[sizes.M + row], team.e);
    }
  }
  storageBarrier();
  workgroupBarrier();
  for (var row = lane; row < sizes.M; row += lanes) {
    let bidder = atomicLoad(&offers[sizes.M + row]);
    expert[row] = bidder;
    price[row] += bitcast<f32>(atomicLoad(&offers[row]));
    atomicStore(&offers[row], 0);
    atomicStore(&offers[sizes.M + row], nobody);
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
  for (var i = lane; i < mostExperts * bins; i += lanes) {
    atomicStore(&histograms[i], 0);
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
    atomicStore(&offers[row], 0);
    atomicStore(&offers[sizes.M + row], nobody);
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
  let team = teamOf(lane);
  var left = sizes.M;
  for (var round = 0u; round < rounds && left > 0; round++) {
    let keeps = round < sizes.pinnedRounds;
    search(team, keeps, lane);
    left = sizes.M - sell(team, keeps, epsilon, lane);
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

// A stable counting sort: each member of an expert's team has a segment of the rows.
fn sortByExpert(lane: u32) {
  let team = teamOf(lane);
  let length = (sizes.M + team.size - 1) / team.size;
  let first = team.member * length;
  let end = select(min(first + length, sizes.M), first, team.e >= sizes.E);
  var count = 0u;
  for (var row = first; row < end; row++) {
    count += select(0u, 1u, expert[row] == team.e);
  }
  counts[lane] = count;
  workgroupBarrier();
  var place = 0u;
  for (var other = 0u; other < lane; other++) {
    place += counts[other];
  }
  if team.e < sizes.E && team.member == 0 {
    places[team.e] = place;
  }
  if lane == lanes - 1 {
    places[sizes.E] = place + count;
  }
  for (var row = first; row < end; row++) {
    if expert[row] == team.e {
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
