/** What the results of an experiment say, and no more: a difference is named only where its interval leaves out 0. */
import type { ExperimentRecord } from '../../../lab/experiments/experiment';
import type { MetricKey } from '../../../lab/experiments/metrics';
import { differenceOf } from '../../../lab/experiments/results';
import { architectureText } from '../../i18n/architecture-text';
import { type ArmFigures, best, type Scored, unitOf } from './figures';

export interface ResultProps {
  readonly record: ExperimentRecord;
  readonly figures: readonly ArmFigures[];
  readonly metric: MetricKey;
}

const words = architectureText.results;

/** The best arm, the one after it and the worst against it, and what did not count. */
export function sentencesOf({ record, figures, metric }: ResultProps): readonly string[] {
  const order = best(record, metric, figures);
  const [first, second] = order;
  if (!first) return [words.empty];
  const { mean, n } = first.summary;
  const value = words.value[metric](mean);
  const sentences = [
    second ? words.best(first.name, value, unitOf(metric), n) : words.alone(first.name, value, unitOf(metric)),
  ];
  for (const other of new Set([second, order.at(-1)])) {
    if (other && other !== first) sentences.push(against(record, metric, first, other));
  }
  const diverged = figures.reduce((sum, { summary }) => sum + summary.diverged, 0);
  if (diverged > 0) sentences.push(words.diverged(diverged));
  const edges = figures.filter(({ summary }) => summary.chosen?.edge);
  if (edges.length > 0) sentences.push(words.edge(edges.map(({ name }) => name).join(', ')));
  return [...new Set(sentences)].filter((sentence) => sentence !== '');
}

function against(record: ExperimentRecord, metric: MetricKey, first: Scored, other: Scored): string {
  const { relation, reason, mean, interval, n } = differenceOf(record, metric, first.arm.id, other.arm.id);
  if (reason === 'interval') return words.same(first.name, other.name, n);
  if (reason === 'oneSeed') return words.one;
  if (relation === 'open' || mean === null || interval === null) return '';
  const shown = words.difference[metric];
  const [low, high] = interval;
  return words.apart(first.name, other.name, shown(mean), shown(low), shown(high), unitOf(metric), n);
}

/** What the person expected beside what came out; what was not told apart is not called wrong. */
export function predictionSentence({ record, figures, metric }: ResultProps): string {
  const predict = architectureText.predict;
  const said = figures.find(({ arm }) => arm.id === record.prediction);
  if (!said) return '';
  const [first, second] = best(record, metric, figures);
  if (!first || record.state !== 'done') return predict.said(said.name);
  const apart = (other: Scored) => differenceOf(record, metric, first.arm.id, other.arm.id).relation === 'better';
  if (first.arm.id !== said.arm.id) {
    const wrong = said.summary.mean === null || apart(said as Scored);
    return wrong ? predict.wrong(said.name, first.name) : predict.open(said.name, first.name, first.summary.n);
  }
  if (!second || apart(second)) return predict.right(said.name);
  return predict.ahead(said.name, second.name, first.summary.n);
}
