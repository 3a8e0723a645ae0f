/**
 * What `assignExperts` means, on the CPU, and the auction's rules in full. Every backend must come to the same assignment from the
 * same f32 scores, so all of it is sums, differences and comparisons of f32 (one product, for ε), and every tie has a rule.
 *
 * The auction of BASE (Lewis et al., 2103.16716; libbase/balanced_assignment.cpp), k = M / E:
 *
 *  1. ε = max((max − min) · 0.02, 10⁻⁴) over all scores. Rows cost 0 and belong to nobody.
 *  2. The value of a row to an expert is its score − its price; in the rounds from `pinnedRounds` on, the score alone where the
 *     expert held the row in the round before.
 *  3. Each expert bids on k rows. Up to round `pinnedRounds` the rows that it holds come first and get a bid of ε. The others are
 *     those of highest value, the smaller row of equals; a bid is value − value of the first row that gets none + ε.
 *  4. A row goes to the highest bid, the smaller expert of equals, and its price rises by that bid. A row without bid belongs to
 *     nobody.
 *  5. The auction ends when every row has a bid: M bids on M rows, so each expert holds k. Else from 2.
 *
 * Prices rise by ε at least, so it nearly always ends, but nothing promises when. After `mostRounds`, and at once where a score
 * is no number or beyond ±10³⁰ (a run that diverges), the rows that belong to nobody go in order to the expert with the best
 * score for them that has room, the smaller of equals. So the shares are equal whatever the scores.
 */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import {
  type AssignExpertsAttributes,
  type AssignExpertsInputs,
  type AssignExpertsOutputs,
  assignExpertsSizes,
  mostRounds,
  noExpert,
  pinnedRounds,
} from './shape';

const largest = Math.fround(1e30);

/** Nothing below it is told from 0: a GPU may not either. */
const smallest = 2 ** -126;

export function assignExpertsTwin(
  { scores, cursor, balance }: Memory<AssignExpertsInputs>,
  { expert, places, price }: Memory<AssignExpertsOutputs>,
  node: Node<AssignExpertsInputs, AssignExpertsOutputs, AssignExpertsAttributes>,
): void {
  const { M, E } = assignExpertsSizes(node.inputs);
  const sound = Float32Array.from(scores, soundScore);
  const rows = cursor ? Math.min(at(cursor, 1), M) : M;
  if (price && E > 1 && balance?.[0] !== 0) {
    const rounds = scores.every((score) => Math.abs(Math.fround(score)) <= largest) ? mostRounds : 0;
    auction(sound, expert, price, E, rounds);
    shareOut(sound, expert, E);
  } else {
    for (let row = 0; row < M; row++) expert[row] = row < rows ? bestExpert(sound, row, E) : noExpert;
  }
  sortByExpert(expert, places, E);
}

/** What is not a number is the worst score, and only one zero exists. */
function soundScore(score: number): number {
  if (Number.isNaN(score)) return -largest;
  return Math.abs(score) < smallest ? 0 : Math.min(Math.max(score, -largest), largest);
}

/** The best expert for a row of those that `hasRoom`, `noExpert` where none has. */
function bestExpert(scores: Numbers, row: number, E: number, hasRoom = (_: number) => true): number {
  let best = noExpert;
  for (let e = 0; e < E; e++) {
    if (hasRoom(e) && (best === noExpert || at(scores, row * E + e) > at(scores, row * E + best))) best = e;
  }
  return best;
}

function auction(scores: Float32Array, owner: Numbers, price: Numbers, E: number, rounds: number): void {
  const M = owner.length;
  owner.fill(noExpert);
  price.fill(0);
  const epsilon = epsilonOf(scores);
  const values = new Float32Array(M);
  const highest = new Float32Array(M);
  const bidder = new Uint32Array(M);
  for (let round = 0; round < rounds; round++) {
    highest.fill(0);
    bidder.fill(noExpert);
    const offer = (row: number, e: number, bid: number): void => {
      if (bid <= at(highest, row)) return;
      highest[row] = bid;
      bidder[row] = e;
    };
    for (let e = 0; e < E; e++) {
      const wanted: number[] = [];
      let bids = M / E;
      for (let row = 0; row < M; row++) {
        const held = owner[row] === e;
        if (held && round < pinnedRounds) {
          offer(row, e, epsilon);
          bids -= 1;
          continue;
        }
        const score = at(scores, row * E + e);
        values[row] = held ? score : score - at(price, row);
        wanted.push(row);
      }
      // A stable sort: of equal values the smaller row stays first.
      wanted.sort((a, b) => at(values, b) - at(values, a));
      const next = at(values, wanted[bids] as number);
      for (const row of wanted.slice(0, bids))
        offer(row, e, Math.fround(Math.fround(at(values, row) - next) + epsilon));
    }
    owner.set(bidder);
    for (let row = 0; row < M; row++) price[row] = Math.fround(at(price, row) + at(highest, row));
    if (!bidder.includes(noExpert)) return;
  }
}

function epsilonOf(scores: Float32Array): number {
  const highest = scores.reduce((most, score) => Math.max(most, score));
  const lowest = scores.reduce((least, score) => Math.min(least, score));
  const fiftieth = Math.fround(Math.fround(highest - lowest) * Math.fround(0.02));
  return Math.max(fiftieth, Math.fround(1e-4));
}

/** Gives the rows that belong to nobody to experts with room. */
function shareOut(scores: Float32Array, owner: Numbers, E: number): void {
  const room = new Int32Array(E).fill(owner.length / E);
  for (const e of owner) if (e !== noExpert) room[e] = at(room, e) - 1;
  owner.forEach((e, row) => {
    if (e !== noExpert) return;
    const best = bestExpert(scores, row, E, (candidate) => at(room, candidate) > 0);
    owner[row] = best;
    room[best] = at(room, best) - 1;
  });
}

/** A stable counting sort: writes starts and rows. */
function sortByExpert(expert: Numbers, places: Numbers, E: number): void {
  let place = 0;
  for (let e = 0; e < E; e++) {
    places[e] = place;
    expert.forEach((own, row) => {
      if (own === e) places[E + 1 + place++] = row;
    });
  }
  places[E] = place;
}

/** An element that exists by the shape rule. */
function at(numbers: ArrayLike<number>, index: number): number {
  return numbers[index] as number;
}
