/** What must be said beside a comparison with a paper, as codes with their numbers; the words are the page's. */
import { smallMismatch } from './budget';
import type { Arm, ExperimentRecord } from './experiment';
import { chosenFactor } from './jobs';
import { countedRuns, divergedRuns } from './metrics';
import type { PaperScores } from './verdict';

export type Caveat =
  /** Least and most of the arms, and the paper's; null where it does not state both numbers. */
  | { readonly kind: 'tokensPerParameter'; readonly here: readonly [number, number]; readonly paper: number | null }
  /** The paper's models are so many times as large as the largest arm. */
  | { readonly kind: 'sizeRatio'; readonly ratio: number }
  /** All arms have one learning rate: what holds at it need not hold at another. */
  | { readonly kind: 'noSearch' }
  /** Arms whose best learning rate is the last that was tried. */
  | { readonly kind: 'edge'; readonly arms: readonly string[] }
  /** Fewest seeds of an arm that are done; below three, only large differences show. */
  | { readonly kind: 'fewSeeds'; readonly n: number }
  /** Runs that have no result yet. */
  | { readonly kind: 'unfinished'; readonly runs: number }
  | { readonly kind: 'diverged'; readonly arms: readonly string[] }
  /** An arm stays this share under the budget that all are held to. */
  | { readonly kind: 'mismatch'; readonly largest: number }
  /** Nothing is held the same, and the arms differ in their number of parameters. */
  | { readonly kind: 'unequalSizes'; readonly parameters: readonly [number, number] }
  | { readonly kind: 'unequalTokens'; readonly tokens: readonly [number, number] }
  /** So many pairs are compared at 95 %: of 20 without a difference, one is expected to show one. */
  | { readonly kind: 'comparisons'; readonly pairs: number }
  /** The runs were made on several devices, which round differently. */
  | { readonly kind: 'adapters'; readonly names: readonly string[] };

/** Seeds below which an interval is so wide that it is worth a word. */
const enoughSeeds = 3;

/** Pairs from which a false one is as likely as not to be worth a word. */
const manyPairs = 5;

type PaperSize = Pick<PaperScores, 'parameters' | 'tokens'>;

/** Those that apply, most general first. None for an experiment without arms. */
export function caveatsOf(record: ExperimentRecord, paper: PaperSize, pairs: number): readonly Caveat[] {
  const { arms } = record;
  if (arms.length === 0) return [];
  return [
    ...sizeCaveats(record, paper),
    ...searchCaveats(record),
    ...runCaveats(record),
    ...(pairs >= manyPairs ? [{ kind: 'comparisons', pairs } as const] : []),
  ];
}

function sizeCaveats({ arms, experiment }: ExperimentRecord, { parameters, tokens }: PaperSize): Caveat[] {
  const range = (of: (arm: Arm) => number) => [Math.min(...arms.map(of)), Math.max(...arms.map(of))] as const;
  const [sizes, lengths] = [range((arm) => arm.parameters), range((arm) => arm.tokens)];
  const mismatch = Math.max(...arms.map((arm) => arm.mismatch ?? 0));
  const apart = ([least, most]: readonly [number, number]) => most > least * (1 + smallMismatch);
  // Where tokens follow the parameters, they differ because these do.
  const sameSteps = experiment.length.kind === 'steps';
  return [
    {
      kind: 'tokensPerParameter',
      here: range((arm) => arm.tokensPerParameter),
      paper: tokens !== null && parameters !== null ? tokens / parameters : null,
    },
    ...(parameters === null ? [] : [{ kind: 'sizeRatio', ratio: parameters / sizes[1] } as const]),
    ...(mismatch > smallMismatch ? [{ kind: 'mismatch', largest: mismatch } as const] : []),
    ...(experiment.hold === null && apart(sizes) ? [{ kind: 'unequalSizes', parameters: sizes } as const] : []),
    ...(sameSteps && apart(lengths) ? [{ kind: 'unequalTokens', tokens: lengths } as const] : []),
  ];
}

function searchCaveats(record: ExperimentRecord): Caveat[] {
  if (record.experiment.search.factors.length <= 1) return [{ kind: 'noSearch' }];
  const edge = record.arms.flatMap(({ id }) => (chosenFactor(record, id)?.edge ? [id] : []));
  return edge.length > 0 ? [{ kind: 'edge', arms: edge }] : [];
}

function runCaveats(record: ExperimentRecord): Caveat[] {
  const runs = record.arms.map(({ id }) => countedRuns(record, id).map(({ result }) => result));
  const fewest = Math.min(...runs.map((results) => results.filter((result) => result?.state === 'done').length));
  const left = runs.flat().filter((result) => result === null).length;
  const diverged = record.arms.flatMap(({ id }) => (divergedRuns(record, id) > 0 ? [id] : []));
  const names = [...new Set(runs.flat().flatMap((result) => result?.adapter ?? []))];
  return [
    ...(fewest < enoughSeeds ? [{ kind: 'fewSeeds', n: fewest } as const] : []),
    ...(left > 0 ? [{ kind: 'unfinished', runs: left } as const] : []),
    ...(diverged.length > 0 ? [{ kind: 'diverged', arms: diverged } as const] : []),
    ...(names.length > 1 ? [{ kind: 'adapters', names } as const] : []),
  ];
}
