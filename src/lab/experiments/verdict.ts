/**
 * What a paper's table says of the order of some arms, against what was measured. The words are the page's; here are codes and
 * the numbers behind them.
 *
 * Two arms agree with the paper only where the interval of their difference leaves 0 out on the paper's side, and disagree
 * only where it does so on the other; else nothing can be told. A whole order agrees when all its pairs do. It disagrees
 * when one pair does even after the number of pairs is allowed for (Bonferroni): among many pairs some interval is wrong.
 */
import type { RankCorrelation } from '../statistics';
import { type Caveat, caveatsOf } from './caveats';
import type { ExperimentRecord } from './experiment';
import type { MetricKey } from './metrics';
import { type ArmDifference, type CorrelatedAxis, correlations, differenceOf } from './results';

export type Outcome = 'agrees' | 'disagrees' | 'cannotTell';

/** What a paper reports of arms of an experiment. */
export interface PaperScores {
  /** By the id of the arm that stands for it. */
  readonly scores: Readonly<Record<string, number>>;
  readonly better: 'higher' | 'lower';
  /** Of its models; null where it is not stated. */
  readonly parameters: number | null;
  /** Training tokens of one of its models. */
  readonly tokens: number | null;
}

export interface PairVerdict {
  /** The better and the worse in the paper. */
  readonly better: string;
  readonly worse: string;
  /** How far apart they are in the paper's unit: above 0. */
  readonly paper: number;
  /** Better minus worse, as measured. */
  readonly measured: ArmDifference;
  readonly outcome: Outcome;
}

export interface Verdict {
  readonly outcome: Outcome;
  /** Every two arms that the paper tells apart and the experiment has. */
  readonly pairs: readonly PairVerdict[];
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly caveats: readonly Caveat[];
}

export function orderVerdict(record: ExperimentRecord, metric: MetricKey, paper: PaperScores): Verdict {
  const pairs = pairsOf(record, paper).map(({ better, worse, gap }): PairVerdict => {
    const measured = differenceOf(record, metric, better, worse);
    return { better, worse, paper: gap, measured, outcome: outcomeOf(measured) };
  });
  const count = (outcome: Outcome) => pairs.filter((pair) => pair.outcome === outcome).length;
  const counts = { agrees: count('agrees'), disagrees: count('disagrees'), cannotTell: count('cannotTell') };
  const level = 1 - 0.05 / Math.max(1, pairs.length);
  const surely = pairs.some(
    ({ better, worse }) => outcomeOf(differenceOf(record, metric, better, worse, level)) === 'disagrees',
  );
  return {
    outcome: surely ? 'disagrees' : counts.agrees > 0 && counts.agrees === pairs.length ? 'agrees' : 'cannotTell',
    pairs,
    counts,
    caveats: caveatsOf(record, paper, pairs.length),
  };
}

export interface CorrelationVerdict {
  readonly axis: CorrelatedAxis;
  readonly outcome: Outcome;
  /** Spearman's coefficient in the paper, with a score of which more is better. */
  readonly paper: number;
  /** Null where too few arms have a mean. */
  readonly measured: RankCorrelation | null;
  readonly caveats: readonly Caveat[];
}

/** The sign of a correlation, told only where chance makes one as large in less than 5 of 100 draws. */
export function correlationVerdict(
  record: ExperimentRecord,
  metric: MetricKey,
  axis: CorrelatedAxis,
  paper: { readonly coefficient: number } & Pick<PaperScores, 'parameters' | 'tokens'>,
): CorrelationVerdict {
  const measured = correlations(record, metric).find((found) => found.axis === axis)?.found ?? null;
  const told = measured !== null && measured.coefficient !== null && measured.p !== null && measured.p < 0.05;
  const same = told && Math.sign(measured.coefficient ?? 0) === Math.sign(paper.coefficient);
  return {
    axis,
    outcome: !told ? 'cannotTell' : same ? 'agrees' : 'disagrees',
    paper: paper.coefficient,
    measured,
    caveats: caveatsOf(record, paper, 0),
  };
}

function outcomeOf({ relation }: ArmDifference): Outcome {
  return ({ better: 'agrees', worse: 'disagrees', open: 'cannotTell' } as const)[relation];
}

/** The better arm of the paper first; arms that it scores alike are no pair. */
function pairsOf({ arms }: ExperimentRecord, { scores, better }: PaperScores) {
  const known = arms.flatMap(({ id }) => {
    const score = scores[id];
    return score === undefined ? [] : [{ id, score: better === 'higher' ? score : -score }];
  });
  return known.flatMap((first, index) =>
    known.slice(index + 1).flatMap((second) => {
      if (first.score === second.score) return [];
      const [up, down] = first.score > second.score ? [first, second] : [second, first];
      return [{ better: up.id, worse: down.id, gap: up.score - down.score }];
    }),
  );
}
