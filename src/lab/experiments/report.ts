/**
 * An experiment's results as one value, derived from its record: what `lab results` prints and docs/findings.md quotes. Scores
 * are held-out bits a character.
 */
import type { Arm, ExperimentRecord } from './experiment';
import { type PaperVerdict, paperScores, paperVerdict } from './paper-verdict';
import type { Paper } from './presets/preset';
import { type ArmDifference, type Correlation, correlations, differenceOf, type RankedArm, ranking } from './results';

const metric = 'bitsPerCharacter';

export interface ArmReport extends RankedArm {
  readonly shape: { readonly depth: number; readonly width: number; readonly ffn: number };
  readonly parameters: number;
  readonly tokensPerParameter: number;
  /** Of the runs that count; null until the search of the arm is done. */
  readonly learningRate: number | null;
  /** Against the best arm, over paired seeds; null for the best one. */
  readonly toFirst: ArmDifference | null;
  /** The paper's score of the row that the arm stands for; null where it has none. */
  readonly paper: number | null;
}

export interface ExperimentReport {
  readonly name: string | null;
  readonly preset: string | null;
  readonly state: ExperimentRecord['state'];
  readonly seeds: number;
  readonly adapters: readonly string[];
  /** Training and evaluation of all runs, in seconds. */
  readonly seconds: number;
  /** The best first. */
  readonly arms: readonly ArmReport[];
  /** Spearman's coefficients of the score with depth, width and expansion, for random configurations only. */
  readonly correlations: readonly Correlation[];
  /** Null where the paper claims nothing that the figures could answer. */
  readonly verdict: PaperVerdict | null;
}

export function reportOf(record: ExperimentRecord, paper: Paper | null): ExperimentReport {
  const { experiment, results, name, state } = record;
  const order = ranking(record, metric);
  const first = order[0]?.arm;
  const scores = paper ? paperScores(record, paper) : {};
  const byId = new Map(record.arms.map((arm) => [arm.id, arm]));
  return {
    name,
    preset: experiment.preset,
    state,
    seeds: experiment.seeds.length,
    adapters: [...new Set(results.map(({ adapter }) => adapter))],
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
    arms: order.map((ranked) => {
      const arm = byId.get(ranked.arm) as Arm;
      const { model, learningRate } = arm.recipe;
      return {
        ...ranked,
        shape: { depth: model.num_hidden_layers, width: model.hidden_size, ffn: model.intermediate_size },
        parameters: arm.parameters,
        tokensPerParameter: arm.tokensPerParameter,
        learningRate: ranked.chosen && learningRate * ranked.chosen.factor,
        toFirst: first === undefined || first === arm.id ? null : differenceOf(record, metric, arm.id, first),
        paper: scores[arm.id] ?? null,
      };
    }),
    correlations: experiment.arms.kind === 'random' ? correlations(record, metric) : [],
    verdict: paper && paperVerdict(record, metric, paper),
  };
}
