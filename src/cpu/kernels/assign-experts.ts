/**
 * The expert of each row (src/gpu/kernels/assign-experts): the argmax of its scores, or the auction of BASE, whose rules twin.ts
 * there has in full; and the rows by expert. All of it is one unit.
 *
 * In a round of the auction an expert looks for the n rows of highest value and for the value after them. Where that lay in the
 * round before, at first in a sample, tells where it lies now: one pass keeps the few rows that are not far below, and only among these the value is
 * selected, with a second pass from farther below where they are too few. An expert that holds all its rows bids on no other and
 * is passed over.
 */
import { noExpert } from './experts';
import { transposeFour } from './product';
import { cleanLogits } from './top-tokens';

/** Words of the arguments; `src/cpu/operations/assign-experts.ts` writes them. */
namespace Word {
  /** [M,E]. */
  export const scores: usize = 0;
  /** u32[4] whose second is how many rows count, or 0: all. */
  export const cursor: usize = 4;
  /** u32[4]: an auction only while the first is not 0; or 0: always. */
  export const balance: usize = 8;
  /** u32[M]. */
  export const expert: usize = 12;
  /** u32[E+1+M]. */
  export const places: usize = 16;
  /** f32[M], or 0: there is no auction. */
  export const price: usize = 20;
  export const M: usize = 24;
  export const E: usize = 28;
  export const mostRounds: usize = 32;
  export const pinnedRounds: usize = 36;
  /** For the auction: 7 + E arrays of M, filled up to whole vectors, and two numbers an expert. */
  export const room: usize = 40;
}

/** Arrays of M in the room of the auction. */
namespace Room {
  /** Who holds a row, who bids most for it, how much that is, and what the row has cost so far. */
  export const owner: usize = 0;
  export const bidder: usize = 1;
  export const bid: usize = 2;
  export const price: usize = 3;
  /** Of the expert that bids: rows that may be among the best, their values, and these in another order. */
  export const rows: usize = 4;
  export const values: usize = 5;
  export const mixed: usize = 6;
  /** Scores, an array for each expert; behind them how many rows each holds, then the value after its bids. */
  export const scores: usize = 7;
}

/** A score beyond it, in either direction, or that is no number ends the auction before it begins. */
const largest: f32 = 1e30;

/** Scores that a first guess is made from. */
const sampled: i32 = 256;

/** What is nearer to 0 counts as 0. */
const smallest: f32 = 1.1754943508222875e-38;

export function assignExperts(args: usize, _begin: i32, _end: i32, _scratch: usize): void {
  const M = load<i32>(args, Word.M);
  const E = load<i32>(args, Word.E);
  const balance = load<u32>(args, Word.balance) as usize;
  if (load<u32>(args, Word.price) !== 0 && E > 1 && (!balance || load<u32>(balance) !== 0)) {
    auction(args);
    shareOut(args);
  } else {
    const cursor = load<u32>(args, Word.cursor) as usize;
    const counted = cursor ? (min(load<u32>(cursor, 4), M as u32) as i32) : M;
    let expert = load<u32>(args, Word.expert) as usize;
    for (let row = 0; row < M; row++) {
      store<u32>(expert, row < counted ? bestExpert(args, row, 0) : noExpert);
      expert += 4;
    }
  }
  sortByExpert(load<u32>(args, Word.expert) as usize, M, E, load<u32>(args, Word.places) as usize);
}

/** The expert with the best score for a row, the smaller of equals; with `room`, i32[E], of those that have some. */
function bestExpert(args: usize, row: i32, room: usize): i32 {
  const E = load<i32>(args, Word.E);
  const scores = (load<u32>(args, Word.scores) as usize) + (((row * E) as usize) << 2);
  let best: i32 = -1;
  let bestScore: f32 = 0;
  for (let expert = 0; expert < E; expert++) {
    const place = (expert as usize) << 2;
    if (room && load<i32>(room + place) === 0) continue;
    const score = f32x4.extract_lane(soundScores(v128.load32_splat(scores + place)), 0);
    if (best >= 0 && score <= bestScore) continue;
    best = expert;
    bestScore = score;
  }
  return best;
}

/** What is no number is the worst score, and only one zero exists. */
function soundScores(scores: v128): v128 {
  const clean = cleanLogits(scores);
  return v128.and(clean, f32x4.ge(f32x4.abs(clean), f32x4.splat(smallest)));
}

/** Writes who holds which row in the end, and the prices. */
function auction(args: usize): void {
  const M = load<i32>(args, Word.M);
  const E = load<i32>(args, Word.E);
  const room = load<u32>(args, Word.room) as usize;
  const step = rowStep(M);
  const each = M / E;
  const pinnedRounds = load<i32>(args, Word.pinnedRounds);
  memory.fill(room + Room.owner * step, 0xff, step);
  memory.fill(room + Room.price * step, 0, step);
  const isSound = takeScores(args, room, step);
  const epsilon = epsilonOf(room + Room.scores * step, M, E, step);
  const held = heldAt(room, step, E);
  const after = held + ((E as usize) << 2);
  memory.fill(held, 0, (E as usize) << 2);
  for (let expert = 0; expert < E; expert++) {
    store<f32>(after + ((expert as usize) << 2), firstGuess(room, step, expert, M, each));
  }
  const rounds = isSound ? load<i32>(args, Word.mostRounds) : 0;
  for (let round = 0; round < rounds; round++) {
    const pinned = round < pinnedRounds;
    openBids(room, step, pinned, epsilon);
    for (let expert = 0; expert < E; expert++) {
      const place = (expert as usize) << 2;
      const bids = pinned ? each - load<i32>(held + place) : each;
      if (bids > 0)
        store<f32>(after + place, bidOn(room, step, expert, bids, pinned, epsilon, load<f32>(after + place)));
    }
    if (closeBids(room, step, M, E)) break;
  }
  memory.copy(load<u32>(args, Word.expert) as usize, room + Room.owner * step, (M as usize) << 2);
  memory.copy(load<u32>(args, Word.price) as usize, room + Room.price * step, (M as usize) << 2);
}

/** Bytes of an array of M. */
function rowStep(M: i32): usize {
  return (((M + 3) & ~3) as usize) << 2;
}

function heldAt(room: usize, step: usize, E: i32): usize {
  return room + (Room.scores + (E as usize)) * step;
}

/** Writes the scores by expert, −∞ behind them; whether an auction of them is possible. */
function takeScores(args: usize, room: usize, step: usize): bool {
  const M = load<i32>(args, Word.M);
  const E = load<i32>(args, Word.E);
  const from = load<u32>(args, Word.scores) as usize;
  const scores = room + Room.scores * step;
  const whole = M & ~3;
  for (let row = 0; row < whole; row += 4) {
    transposeFour(from + (((row * E) as usize) << 2), E, E, scores + ((row as usize) << 2), step);
  }
  let isSound = i32x4.splat(-1);
  for (let expert = 0; expert < E; expert++) {
    const own = scores + (expert as usize) * step;
    for (let row = whole; row < ((M + 3) & ~3); row++) {
      const place = ((row * E + expert) as usize) << 2;
      store<f32>(own + ((row as usize) << 2), row < M ? load<f32>(from + place) : 0);
    }
    for (let place: usize = 0; place < step; place += 16) {
      const four = v128.load(own + place);
      isSound = v128.and(isSound, f32x4.le(f32x4.abs(four), f32x4.splat(largest)));
      v128.store(own + place, soundScores(four));
    }
    for (let row = M; row < ((M + 3) & ~3); row++) store<f32>(own + ((row as usize) << 2), -Infinity as f32);
  }
  return i32x4.all_true(isSound);
}

/** About the score that `bids` scores of an expert exceed, rather too low: from some of them, spread over all rows. */
function firstGuess(room: usize, step: usize, expert: i32, M: i32, bids: i32): f32 {
  const sample = room + Room.mixed * step;
  const scores = room + (Room.scores + (expert as usize)) * step;
  const count = min(M, sampled);
  for (let i = 0; i < count; i++) {
    store<f32>(sample + ((i as usize) << 2), load<f32>(scores + ((((i * M) / count) as usize) << 2)));
  }
  const place = (bids * count) / M;
  return valueAt(sample, count, min(place + (place >> 2) + 8, count - 1));
}

/** What prices rise by at least: (max − min) / 50, and no less than 10⁻⁴. */
function epsilonOf(scores: usize, M: i32, E: i32, step: usize): f32 {
  let highest: f32 = -largest;
  let lowest = largest;
  for (let expert = 0; expert < E; expert++) {
    for (let row = 0; row < M; row++) {
      const score = load<f32>(scores + ((row as usize) << 2));
      highest = max(highest, score);
      lowest = min(lowest, score);
    }
    scores += step;
  }
  return max((highest - lowest) * (0.02 as f32), 0.0001 as f32);
}

/** Pinned, the rows that somebody holds have that bid of ε; else there is none. */
function openBids(room: usize, step: usize, pinned: bool, epsilon: f32): void {
  const owner = room + Room.owner * step;
  const bidder = room + Room.bidder * step;
  const bid = room + Room.bid * step;
  const none = i32x4.splat(noExpert as i32);
  for (let place: usize = 0; place < step; place += 16) {
    const holder = pinned ? v128.load(owner + place) : none;
    v128.store(bidder + place, holder);
    v128.store(bid + place, v128.andnot(f32x4.splat(epsilon), i32x4.eq(holder, none)));
  }
}

/** Bids on the `bids` rows of highest value, the smaller row of equals; returns the value of the row after them. */
function bidOn(room: usize, step: usize, expert: i32, bids: i32, pinned: bool, epsilon: f32, before: f32): f32 {
  const rows = room + Room.rows * step;
  const values = room + Room.values * step;
  const mixed = room + Room.mixed * step;
  let count = 0;
  for (let margin = epsilon + epsilon; count <= bids; margin *= 8) {
    count = gather(room, step, expert, pinned, before - margin);
  }
  const bytes = (count as usize) << 2;
  memory.copy(mixed, values, bytes);
  const next = valueAt(mixed, count, bids);
  let equals = bids;
  for (let i: usize = 0; i < bytes; i += 4) {
    if (load<f32>(values + i) > next) equals--;
  }
  for (let i: usize = 0; i < bytes; i += 4) {
    const value = load<f32>(values + i);
    if (value < next || (value === next && equals-- <= 0)) continue;
    offer(room, step, load<u32>(rows + i), expert, value - next + epsilon);
  }
  return next;
}

/** A row goes to the highest bid, the smaller expert of equals. */
function offer(room: usize, step: usize, row: u32, expert: u32, amount: f32): void {
  const place = room + ((row as usize) << 2);
  const bid = place + Room.bid * step;
  const bidder = place + Room.bidder * step;
  if (amount < load<f32>(bid) || (amount === load<f32>(bid) && expert > load<u32>(bidder))) return;
  store<f32>(bid, amount);
  store<u32>(bidder, expert);
}

/** Writes the rows that are worth at least `least` to an expert and their values; pinned, without those it holds. Returns how many. */
function gather(room: usize, step: usize, expert: i32, pinned: bool, least: f32): i32 {
  const scores = room + (Room.scores + (expert as usize)) * step;
  const price = room + Room.price * step;
  const owner = room + Room.owner * step;
  const experts = i32x4.splat(expert);
  const leasts = f32x4.splat(least);
  const start = room + Room.rows * step;
  const toValue = (Room.values - Room.rows) * step;
  let to = start;
  for (let place: usize = 0; place < step; place += 16) {
    const score = v128.load(scores + place);
    const held = i32x4.eq(v128.load(owner + place), experts);
    let value = f32x4.sub(score, v128.load(price + place));
    let wanted: v128;
    if (pinned) {
      wanted = v128.andnot(f32x4.ge(value, leasts), held);
    } else {
      value = v128.bitselect(score, value, held);
      wanted = f32x4.ge(value, leasts);
    }
    const lanes = i32x4.bitmask(wanted) as usize;
    if (lanes === 0) continue;
    // All four are written, each over the one before where that is not wanted.
    const row = (place >> 2) as u32;
    store<u32>(to, row);
    v128.store_lane<f32>(to + toValue, value, 0);
    to += (lanes & 1) << 2;
    store<u32>(to, row + 1);
    v128.store_lane<f32>(to + toValue, value, 1);
    to += (lanes & 2) << 1;
    store<u32>(to, row + 2);
    v128.store_lane<f32>(to + toValue, value, 2);
    to += lanes & 4;
    store<u32>(to, row + 3);
    v128.store_lane<f32>(to + toValue, value, 3);
    to += (lanes & 8) >> 1;
  }
  return ((to - start) >> 2) as i32;
}

/** The value that `n` values are before in descending order (Hoare's quickselect); mixes them. */
function valueAt(values: usize, count: i32, n: i32): f32 {
  let low = values;
  let high = values + ((count as usize) << 2) - 4;
  const wanted = values + ((n as usize) << 2);
  while (low < high) {
    const pivot = middleOf(load<f32>(low), load<f32>(low + (((high - low) >> 3) << 2)), load<f32>(high));
    let left = low;
    let right = high;
    while (left <= right) {
      while (load<f32>(left) > pivot) left += 4;
      while (load<f32>(right) < pivot) right -= 4;
      if (left > right) break;
      const value = load<f32>(left);
      store<f32>(left, load<f32>(right));
      store<f32>(right, value);
      left += 4;
      right -= 4;
    }
    if (wanted <= right) high = right;
    else if (wanted >= left) low = left;
    else break;
  }
  return load<f32>(wanted);
}

function middleOf(a: f32, b: f32, c: f32): f32 {
  return max(min(a, b), min(max(a, b), c));
}

/** Rows go to the highest bids and cost as much more; whether every row has one. */
function closeBids(room: usize, step: usize, M: i32, E: i32): bool {
  const owner = room + Room.owner * step;
  const price = room + Room.price * step;
  const held = heldAt(room, step, E);
  memory.copy(owner, room + Room.bidder * step, step);
  for (let place: usize = 0; place < step; place += 16) {
    v128.store(price + place, f32x4.add(v128.load(price + place), v128.load(room + Room.bid * step + place)));
  }
  memory.fill(held, 0, (E as usize) << 2);
  let isOver = true;
  for (let row = 0; row < M; row++) {
    const holder = load<u32>(owner + ((row as usize) << 2));
    if (holder === noExpert) {
      isOver = false;
      continue;
    }
    const count = held + ((holder as usize) << 2);
    store<i32>(count, load<i32>(count) + 1);
  }
  return isOver;
}

/** Gives the rows that belong to nobody to experts with room. */
function shareOut(args: usize): void {
  const M = load<i32>(args, Word.M);
  const E = load<i32>(args, Word.E);
  const owner = load<u32>(args, Word.expert) as usize;
  const room = heldAt(load<u32>(args, Word.room) as usize, rowStep(M), E);
  for (let expert = 0; expert < E; expert++) {
    const place = room + ((expert as usize) << 2);
    store<i32>(place, M / E - load<i32>(place));
  }
  for (let row = 0; row < M; row++) {
    const place = owner + ((row as usize) << 2);
    if (load<u32>(place) !== noExpert) continue;
    const best = bestExpert(args, row, room);
    store<u32>(place, best);
    const left = room + ((best as usize) << 2);
    store<i32>(left, load<i32>(left) - 1);
  }
}

/** A stable counting sort: writes starts, and behind them the rows that count. */
function sortByExpert(experts: usize, M: i32, E: i32, places: usize): void {
  const rows = places + (((E + 1) as usize) << 2);
  // A count is written two places on. Summed up, the place after an expert's own is its start, which moves to its end as rows are placed.
  memory.fill(places, 0, ((E + 1) as usize) << 2);
  for (let row = 0; row < M; row++) {
    const expert = load<u32>(experts + ((row as usize) << 2));
    if (expert === noExpert || expert === ((E - 1) as u32)) continue;
    const start = places + ((expert as usize) << 2);
    store<u32>(start, load<u32>(start, 8) + 1, 8);
  }
  for (let expert = 2; expert <= E; expert++) {
    const start = places + ((expert as usize) << 2);
    store<u32>(start, load<u32>(start) + load<u32>(start - 4));
  }
  for (let row = 0; row < M; row++) {
    const expert = load<u32>(experts + ((row as usize) << 2));
    if (expert === noExpert) continue;
    const start = places + ((expert as usize) << 2);
    const place = load<u32>(start, 4);
    store<i32>(rows + ((place as usize) << 2), row);
    store<u32>(start, place + 1, 4);
  }
}
