// token, record[24], cursor = sample(logits[V], settings): the rule is in sample.ts, the record in top-tokens/record.ts.
//
// One workgroup; each thread owns every 256th logit. The head of the order is listed by repeated best-of-all: a thread
// remembers its own best token that is not listed yet, a tree finds the best of the 256, and only its owner looks for its
// next. Most cuts and draws end inside that list of up to 64; one that does not goes on bit by bit over the places of all
// tokens, as in naive.wgsl, with the walks shared among the threads.

const threads = 256u;
const listLength = 64u;

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

var<workgroup> list: array<Place, listLength>;
var<workgroup> count: u32;
var<workgroup> places: array<Place, threads>;
var<workgroup> sums: array<vec3f, threads>;
var<workgroup> answer: Cut;
var<workgroup> uniformDraw: f32;

var<private> lane: u32;
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

fn sumOfAll(own: vec3f) -> vec3f {
  workgroupBarrier();
  sums[lane] = own;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride {
      sums[lane] += sums[lane + stride];
    }
    workgroupBarrier();
  }
  return workgroupUniformLoad(&sums[0]);
}

fn bestOfAll(own: Place) -> Place {
  workgroupBarrier();
  places[lane] = own;
  workgroupBarrier();
  for (var stride = threads / 2; stride > 0; stride /= 2) {
    if lane < stride && comesAfter(places[lane], places[lane + stride]) {
      places[lane] = places[lane + stride];
    }
    workgroupBarrier();
  }
  return workgroupUniformLoad(&places[0]);
}

// The best of this thread's tokens that comes after a place; rank 0 when there is none.
fn ownAfter(place: Place) -> Place {
  var best = Place(0, 0);
  for (var id = lane; id < sizes.V; id += threads) {
    let here = Place(rankOf(logit(id)), id);
    if comesAfter(here, place) && here.rank > best.rank {
      best = here;
    }
  }
  return best;
}

// Mass and number of the tokens up to a place, itself included.
fn measure(place: Place) -> vec2f {
  var sum = vec2f();
  for (var id = lane; id < sizes.V; id += threads) {
    let value = logit(id);
    if !comesAfter(Place(rankOf(value), id), place) {
      sum += vec2f(weightOf(value), 1.0);
    }
  }
  return sumOfAll(vec3f(sum, 0.0)).xy;
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

// As locate, looking through the list first.
fn find(goal: f32, counting: bool, strictly: bool) -> Cut {
  workgroupBarrier();
  if lane == 0 {
    answer = Cut(Place(0, 0), 0.0);
    for (var i = 0u; i < count; i++) {
      answer.mass += weightOf(logitOfRank(list[i].rank));
      let reached = select(answer.mass, f32(i + 1), counting);
      if reached > goal || (!strictly && reached == goal) {
        answer.place = list[i];
        break;
      }
    }
  }
  let found = workgroupUniformLoad(&answer);
  if found.place.rank > 0 {
    return found;
  }
  return locate(goal, counting, strictly);
}

// Draws from all tokens in id order: each thread sums a run of neighbours, and one finds the run and then the token.
fn drawFromAll(goal: f32) -> u32 {
  let run = (sizes.V + threads - 1) / threads;
  var sum = 0.0;
  for (var id = lane * run; id < min((lane + 1) * run, sizes.V); id++) {
    sum += weightOf(logit(id));
  }
  workgroupBarrier();
  sums[lane] = vec3f(sum, 0.0, 0.0);
  workgroupBarrier();
  if lane == 0 {
    var mass = 0.0;
    var id = 0u;
    for (var i = 0u; i < threads && mass + sums[i].x <= goal; i++) {
      mass += sums[i].x;
      id += run;
    }
    while id < sizes.V - 1 {
      mass += weightOf(logit(id));
      if mass > goal {
        break;
      }
      id++;
    }
    answer.place.id = min(id, sizes.V - 1);
  }
  return workgroupUniformLoad(&answer).place.id;
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
  if readTemperature() == 0.0 {
    return best;
  }
  let topP = bitcast<f32>(settings[3]);
  let cutByRank = settings[1] > 0 && settings[1] < sizes.V;
  let cutByMass = topP < 1.0;
  // One thread reads the position, which main writes, and all draw the same number.
  workgroupBarrier();
  if lane == 0 {
    uniformDraw = f32(threefry(vec2u(settings[0], 0x50414e47), vec2u(cursor[0], 0)) >> 8) * 0x1p-24;
  }
  let u = workgroupUniformLoad(&uniformDraw);

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

@compute @workgroup_size(threads)
fn main(@builtin(local_invocation_index) index: u32) {
  lane = index;
  inverseTemperature = readTemperature();
  // The record lists ten; a draw from some of the tokens needs more.
  var wanted = 10u;
  if readTemperature() > 0.0 {
    wanted = max(wanted, select(settings[1], listLength, settings[1] == 0 && bitcast<f32>(settings[3]) < 1.0));
  }
  let listed = min(min(wanted, listLength), sizes.V);
  var own = ownAfter(Place(0xffffffff, 0));
  let best = bestOfAll(own);
  var next = best;
  for (var i = 0u; i < listed; i++) {
    if lane == 0 {
      list[i] = next;
    }
    if own.id == next.id && own.rank == next.rank {
      own = ownAfter(next);
    }
    next = bestOfAll(own);
  }
  if lane == 0 {
    count = listed;
  }

  largest = logitOfRank(best.rank);
  // Sum of the exponentials, of each times its exponent, and of the weights at the sampler's temperature.
  var sum = vec3f();
  for (var id = lane; id < sizes.V; id += threads) {
    let value = logit(id);
    let below = max(value - largest, -1e6);
    let weight = exp(below);
    sum += vec3f(weight, weight * below, weightOf(value));
  }
  let total = sumOfAll(sum);

  let chosen = choose(best.id, total.z);
  if lane == 0 {
    record[0] = chosen;
    record[1] = cursor[0];
    record[2] = bitcast<u32>(exp(max(logit(chosen) - largest, -1e6)) / total.x);
    record[3] = bitcast<u32>(log(total.x) - total.y / total.x);
    for (var i = 0u; i < 10; i++) {
      let probability = exp(max(logitOfRank(list[i].rank) - largest, -1e6)) / total.x;
      record[4 + i] = select(0, list[i].id, i < count);
      record[14 + i] = select(0, bitcast<u32>(probability), i < count);
    }
    token[0] = chosen;
    cursor[0] += 1;
    cursor[1] = 1;
  }
}
