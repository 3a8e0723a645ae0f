// token, record[24], cursor = sample(logits[V], settings): the rule is in sample.ts, the record in top-tokens/record.ts.
//
// The readable definition, for one thread. Tokens stand in a fixed order: higher logit first, ties to the lower id. A place
// in that order is a pair (rank of the logit, id), and `measure` sums the mass or the number of all tokens up to a place.
// Every cut of the rule is "the first place at which the measure reaches a goal", and the measure only grows along the
// order, so `locate` finds it bit by bit: 32 walks over the logits and one more a bit of the id, however many tokens stay.

struct Sizes {
  V: u32,
}

struct Place {
  rank: u32,
  id: u32,
}

// A place, and the mass of the tokens up to it.
struct Cut {
  place: Place,
  mass: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> logits: array<u32>;
// Seed, topK, bits(temperature), bits(topP), zeros.
@group(0) @binding(2) var<storage, read> settings: array<u32>;
@group(0) @binding(3) var<storage, read_write> cursor: array<u32>;
@group(0) @binding(4) var<storage, read_write> token: array<u32>;
@group(0) @binding(5) var<storage, read_write> record: array<u32>;

var<private> largest: f32;
var<private> inverseTemperature: f32;

// The logit of a token: ±1e30 for infinities, −1e30 for what is not a number, and one zero. WGSL may assume that such
// values do not occur, so they are told by their bits.
fn logit(id: u32) -> f32 {
  let bits = logits[id];
  let magnitude = bits & 0x7fffffffu;
  if magnitude > 0x7f800000u {
    return -1e30;
  }
  if magnitude == 0x7f800000u {
    return select(1e30, -1e30, bits > magnitude);
  }
  return select(clamp(bitcast<f32>(bits), -1e30, 1e30), 0.0, magnitude == 0u);
}

// Orders as f32 does.
fn rankOf(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn logitOfRank(rank: u32) -> f32 {
  return bitcast<f32>(select(~rank, rank & 0x7fffffffu, rank >= 0x80000000u));
}

// At the sampler's temperature; the best token weighs 1.
fn weightOf(value: f32) -> f32 {
  return exp(max(value - largest, -1e6) * inverseTemperature);
}

fn comesAfter(a: Place, b: Place) -> bool {
  return a.rank < b.rank || (a.rank == b.rank && a.id > b.id);
}

// Mass and number of the tokens up to a place, itself included.
fn measure(place: Place) -> vec2f {
  var sum = vec2f();
  for (var id = 0u; id < sizes.V; id++) {
    let value = logit(id);
    if !comesAfter(Place(rankOf(value), id), place) {
      sum += vec2f(weightOf(value), 1.0);
    }
  }
  return sum;
}

// The first place at which the mass, or the number when `counting`, reaches the goal, or exceeds it when `strictly`. From the
// highest bit to the lowest, the rank grows as long as the goal is still reached; then the id shrinks likewise.
fn locate(goal: f32, counting: bool, strictly: bool) -> Cut {
  let idBits = 32 - countLeadingZeros(sizes.V - 1);
  var cut = Cut(Place(0, (1u << idBits) - 1), 0.0);
  for (var i = 0u; i < 32 + idBits; i++) {
    var place = cut.place;
    if i < 32 {
      place.rank |= 0x80000000u >> i;
    } else {
      place.id ^= 1u << (31 + idBits - i);
    }
    let measured = measure(place);
    let reached = select(measured.x, measured.y, counting);
    if reached > goal || (!strictly && reached == goal) {
      cut = Cut(place, measured.x);
    }
  }
  return cut;
}

// The best token that comes after a place.
fn nextAfter(place: Place) -> Place {
  var best = Place(0, 0);
  for (var id = 0u; id < sizes.V; id++) {
    let here = Place(rankOf(logit(id)), id);
    if comesAfter(here, place) && here.rank > best.rank {
      best = here;
    }
  }
  return best;
}

// The first token in id order whose cumulative mass exceeds the goal.
fn drawFromAll(goal: f32) -> u32 {
  var mass = 0.0;
  for (var id = 0u; id < sizes.V; id++) {
    mass += weightOf(logit(id));
    if mass > goal {
      return id;
    }
  }
  return sizes.V - 1;
}

// First word of threefry2x32, 20 rounds (Salmon et al., SC 2011).
fn threefry(key: vec2u, counter: vec2u) -> u32 {
  let keys = array<u32, 3>(key.x, key.y, key.x ^ key.y ^ 0x1bd11bdau);
  let rotations = array<u32, 8>(13, 15, 26, 6, 17, 29, 16, 24);
  var x = counter + key;
  for (var round = 0u; round < 20; round++) {
    let rotation = rotations[round % 8];
    x.x += x.y;
    x.y = ((x.y << rotation) | (x.y >> (32 - rotation))) ^ x.x;
    if round % 4 == 3 {
      let injection = (round + 1) / 4;
      x += vec2u(keys[injection % 3], keys[(injection + 1) % 3] + injection);
    }
  }
  return x.x;
}

// 1 / temperature, 0 for greedy.
fn readTemperature() -> f32 {
  let temperature = bitcast<f32>(settings[2]);
  return select(0.0, 1.0 / max(temperature, 1e-6), temperature > 0.0);
}

// `everything` is the mass of all tokens.
fn choose(best: u32, everything: f32) -> u32 {
  if inverseTemperature == 0.0 {
    return best;
  }
  let topP = bitcast<f32>(settings[3]);
  let cutByRank = settings[1] > 0 && settings[1] < sizes.V;
  let cutByMass = topP < 1.0;
  let u = f32(threefry(vec2u(settings[0], 0x50414e47), vec2u(cursor[0], 0)) >> 8) * 0x1p-24;

  if !cutByRank && !cutByMass {
    return drawFromAll(u * everything);
  }
  var last = Cut(Place(0, sizes.V), everything);
  // Cut by rank, cut by mass, draw: each is a place, and none may come after the one before.
  for (var step = 0u; step < 3; step++) {
    let isOff = (step == 0 && !cutByRank) || (step == 1 && !cutByMass);
    if isOff {
      continue;
    }
    // The best token weighs 1, so a goal of 1 keeps it alone.
    let massGoal = select(max(topP * last.mass, 1.0), u * last.mass, step == 2);
    let found = locate(select(massGoal, f32(settings[1]), step == 0), step == 0, step == 2);
    if comesAfter(last.place, found.place) {
      last = found;
    }
  }
  return last.place.id;
}

@compute @workgroup_size(1)
fn main() {
  inverseTemperature = readTemperature();
  var best = nextAfter(Place(0xffffffff, 0));
  largest = logitOfRank(best.rank);
  var total = 0.0;
  var moment = 0.0;
  var everything = 0.0;
  for (var id = 0u; id < sizes.V; id++) {
    let value = logit(id);
    let below = max(value - largest, -1e6);
    let weight = exp(below);
    total += weight;
    moment += weight * below;
    everything += weightOf(value);
  }

  let chosen = choose(best.id, everything);
  record[0] = chosen;
  record[1] = cursor[0];
  record[2] = bitcast<u32>(exp(max(logit(chosen) - largest, -1e6)) / total);
  record[3] = bitcast<u32>(log(total) - moment / total);
  for (var i = 0u; i < 10; i++) {
    let there = best.rank > 0;
    record[4 + i] = select(0, best.id, there);
    record[14 + i] = select(0, bitcast<u32>(exp(max(logitOfRank(best.rank) - largest, -1e6)) / total), there);
    best = nextAfter(best);
  }
  token[0] = chosen;
  cursor[0] += 1;
  cursor[1] = 1;
}
