/**
 * What the result cards and charts show: what was measured here, else what was recorded for the same vocabulary, at the recorded
 * size that is nearest to the chosen one.
 */
import type { CountReport, CoveragePoint, PruningReport } from '../../../worker/tokenizer-protocol';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { type RecordedTokenizer, useRecordedTokenizer } from '../../state/recorded-tokenizer';
import { useTokenizer } from '../../state/tokenizer';
import { useVocabularies } from '../../state/vocabularies';
import { useTokenizerForm } from './useTokenizerForm';

export interface ShownPruning {
  readonly report: PruningReport;
  readonly other: PruningReport;
  /** Of the whole vocabulary. */
  readonly size: number;
  readonly recorded: boolean;
}

/** Null where there is neither. */
export function useShownPruning(): ShownPruning | null {
  const tokenizer = useTokenizer((state) => state.tokenizer);
  const pruned = useTokenizer((state) => state.pruned);
  const count = useTokenizer((state) => state.count);
  const recorded = useFittingRecord();
  const { keep, texts } = useTokenizerForm();
  if (pruned && tokenizer) {
    return { report: pruned.report, other: pruned.other, size: tokenizer.size, recorded: false };
  }
  if (count || !recorded) return null;
  const point = nearestPoint(recorded.points, keep || 48_000);
  if (!point) return null;
  const { frequency, closed } = point;
  const isClosed = texts.method === 'closed' || texts.method === 'closedQuota';
  const [report, other] = isClosed ? [closed, frequency] : [frequency, closed];
  return { report, other, size: recorded.tokenizer.size, recorded: true };
}

export interface ShownCurves {
  readonly nominal: CountReport['nominal'];
  readonly points: readonly CoveragePoint[];
  readonly recorded: boolean;
  /** Where it is from, in a sentence, and in a few words. */
  readonly origin: string;
  readonly short: string;
}

export function useShownCurves(): ShownCurves | null {
  const tokenizer = useTokenizer((state) => state.tokenizer);
  const count = useTokenizer((state) => state.count);
  const points = useTokenizer((state) => state.points);
  const entries = useVocabularies((state) => state.entries);
  const recorded = useFittingRecord();
  if (count && tokenizer) {
    const origin = tokenizerText.ownHow(tokenizer.title, count.name);
    const short = tokenizerText.ownShort(tokenizer.title, count.name);
    return { nominal: count.nominal, points, recorded: false, origin, short };
  }
  if (!recorded) return null;
  const { made, tokenizer: of, count: counted } = recorded;
  const title = entries.find(({ id }) => id === of.id)?.title ?? of.id;
  const date = made.date.slice(0, 10);
  const origin = tokenizerText.recordedHow(title, counted.name, date, made.machine);
  const short = tokenizerText.recordedShort(title, date);
  return { nominal: counted.nominal, points: recorded.points, recorded: true, origin, short };
}

/** The recorded result, where it is one of the chosen vocabulary. */
function useFittingRecord(): RecordedTokenizer | null {
  const recorded = useRecordedTokenizer((state) => state.recorded);
  const { texts } = useTokenizerForm();
  if (!recorded) return null;
  return recorded.tokenizer.id === texts.vocabulary ? recorded : null;
}

/** By ratio. */
export function nearestPoint(points: readonly CoveragePoint[], keep: number): CoveragePoint | null {
  const distance = (point: CoveragePoint) => Math.abs(Math.log(point.keep / keep));
  return points.reduce<CoveragePoint | null>(
    (nearest, point) => (nearest === null || distance(point) < distance(nearest) ? point : nearest),
    null,
  );
}
