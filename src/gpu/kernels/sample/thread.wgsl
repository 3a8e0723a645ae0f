// token, record[24], cursor = sample(logits[V], settings): the rule is in sample.ts, the record in top-tokens/record.ts.
//
// One thread, fewer walks than naive.wgsl: one walk keeps the 64 best tokens in order, and most cuts and draws end inside
// that list. A cut that keeps more is found among the places of all tokens as in naive.wgsl, but eight bits a walk: masses
// are sorted into 256 bins by the next digit of their place, so it costs 4 walks and one more for eight bits of the id.

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

const listLength = 64u;

var<private> list: array<Place, listLength>;
var<private> count: u32;
var<private> bins: array<vec2f, 256>;
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

// Digit of a place in its order, eight bits each, the highest first: four of the rank, then those of the id, whose lower
// values come first and so count from the top.
fn digitOf(place: Place, digit: u32, digits: u32) -> u32 {
  if digit < 4 {
    return (place.rank >> (24 - 8 * digit)) & 255;
  }
  return 255 - ((place.id >> (8 * (digits - 1 - digit))) & 255);
}

// Whether the digits in front of `digit` are the same.
fn sharesDigits(a: Place, b: Place, digit: u32, digits: u32) -> bool {
  if digit == 0 {
    return true;
  }
  if digit <= 4 {
    return (a.rank ^ b.rank) >> (32 - 8 * digit) == 0;
  }
  return a.rank == b.rank && (a.id ^ b.id) >> (8 * (digits - digit)) == 0;
}

// The first place at which the mass, or the number when `counting`, reaches the goal, or exceeds it when `strictly`. A walk
// finds one digit of it: it sums the tokens that share the digits found so far by their next digit. Without such a place
// (a goal that rounding put above all) the answer comes after every token.
fn locate(goal: f32, counting: bool, strictly: bool) -> Cut {
  let digits = 4 + (39 - countLeadingZeros(sizes.V - 1)) / 8;
  var found = Place(0, 0);
  var before = vec2f();
  for (var digit = 0u; digit < digits; digit++) {
    for (var bin = 0u; bin < 256; bin++) {
      bins[bin] = vec2f();
    }
    for (var id = 0u; id < sizes.V; id++) {
      let value = logit(id);
      let place = Place(rankOf(value), id);
      if sharesDigits(place, found, digit, digits) {
        bins[digitOf(place, digit, digits)] += vec2f(weightOf(value), 1.0);
      }
    }
    var bin = 256u;
    var isReached = false;
    while bin > 0 && !isReached {
      bin--;
      let next = before + bins[bin];
      let amount = select(next.x, next.y, counting);
      isReached = amount > goal || (!strictly && amount == goal);
      if !isReached {
        before = next;
      }
    }
    if !isReached {
      return Cut(Place(0, sizes.V), before.x);
    }
    if digit < 4 {
      found.rank |= bin << (24 - 8 * digit);
    } else {
      found.id |= (255 - bin) << (8 * (digits - 1 - digit));
    }
    if digit == digits - 1 {
      before += bins[bin];
    }
  }
  return Cut(found, before.x);
}

// Fills the list with the best `wanted` tokens in order.
fn rankTokens(wanted: u32) {
  count = 0;
  var lowest = 0u;
  for (var id = 0u; id < sizes.V; id++) {
    let rank = rankOf(logit(id));
    if count == wanted && rank <= lowest {
      continue;
    }
    count = min(count + 1, wanted);
    // Strictly better moves on, so that of equals the lower id stays in front.
    var place = count - 1;
    while place > 0 && rank > list[place - 1].rank {
      list[place] = list[place - 1];
      place--;
    }
    list[place] = Place(rank, id);
    lowest = list[count - 1].rank;
  }
}

// As locate, looking through the list first.
fn find(goal: f32, counting: bool, strictly: bool) -> Cut {
  var mass = 0.0;
  for (var i = 0u; i < count; i++) {
    mass += weightOf(logitOfRank(list[i].rank));
    let reached = select(mass, f32(i + 1), counting);
    if reached > goal || (!strictly && reached == goal) {
      return Cut(list[i], mass);
    }
  }
  return locate(goal, counting, strictly);
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
    let found = find(select(massGoal, f32(settings[1]), step == 0), step == 0, step == 2);
    if comesAfter(last.place, found.place) {
      last = found;
    }
  }
  return last.place.id;
}

@compute @workgroup_size(1)
fn main() {
  inverseTemperature = readTemperature();
  // The record lists ten; a draw from some of the tokens needs more.
  var wanted = 10u;
  if inverseTemperature > 0.0 {
    wanted = max(wanted, select(settings[1], listLength, settings[1] == 0 && bitcast<f32>(settings[3]) < 1.0));
  }
  rankTokens(min(wanted, listLength));
  largest = logitOfRank(list[0].rank);
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

  let chosen = choose(list[0].id, everything);
  record[0] = chosen;
  record[1] = cursor[0];
  record[2] = bitcast<u32>(exp(max(logit(chosen) - largest, -1e6)) / total);
  record[3] = bitcast<u32>(log(total) - moment / total);
  for (var i = 0u; i < 10; i++) {
    let probability = exp(max(logitOfRank(list[i].rank) - largest, -1e6)) / total;
    record[4 + i] = select(0, list[i].id, i < count);
    record[14 + i] = select(0, bitcast<u32>(probability), i < count);
  }
  token[0] = chosen;
  cursor[0] += 1;
  cursor[1] = 1;
}
