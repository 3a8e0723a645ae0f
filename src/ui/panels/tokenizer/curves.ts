/** The lines of the three charts over vocabulary size, and the tables behind them. Shares are in percent. */
import type { ByLanguage, CoveragePoint } from '../../../worker/tokenizer-protocol';
import type { Cell } from '../../charts/csv';
import type { Point } from '../../charts/decimate';
import { rowsOf, type Series, seriesStyle } from '../../charts/series';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { paperSizes } from '../../state/paper-vocabularies';
import { type Language, languages } from '../../state/tokenizer-form';
import type { ShownCurves } from './useShownPruning';

const words = tokenizerText.coverage;

export type Way = 'frequency' | 'closed';

export function coverageSeries({ nominal, points }: ShownCurves, language: Language): readonly Series[] {
  const reEncoded = (way: Way) => of(points, language, (point) => point[way].reEncoded, 100);
  // Beside a small vocabulary the paper's sizes would press its own curve into a corner.
  const large = (nominal.at(-1)?.keep ?? 0) >= (paperSizes[0]?.pieces ?? 0);
  const paper = large ? paperSizes.map(({ pieces, coverage }) => ({ x: pieces, y: 100 * coverage })) : [];
  return [
    { name: words.series.nominal, points: of(nominal, language, (point) => point, 100), style: seriesStyle(0) },
    { name: words.series.frequency, points: reEncoded('frequency'), style: seriesStyle(1) },
    { name: words.series.closed, points: reEncoded('closed'), style: seriesStyle(2) },
    { name: words.series.paper, points: paper, style: seriesStyle(5), dots: true },
  ];
}

export function growthSeries(points: readonly CoveragePoint[], way: Way): readonly Series[] {
  return languages
    .map((language, index) => ({
      name: words.languageNames[language],
      points: of(points, language, (point) => point[way].growth, 1),
      style: seriesStyle(index),
    }))
    .filter((series) => series.points.length > 0);
}

export function deadSeries(points: readonly CoveragePoint[]): readonly Series[] {
  return (['frequency', 'closed'] as const).map((way, index) => ({
    name: words.ways[way],
    points: points.map((point) => ({ x: point.keep, y: deadShare(point, way) })),
    style: seriesStyle(index + 1),
  }));
}

/** Percent of the kept. */
export function deadShare(point: CoveragePoint, way: Way): number {
  const { dead, kept } = point[way];
  return kept === 0 ? 0 : (100 * dead) / kept;
}

/** One row for each size that any line has. */
export function tableRows(series: readonly Series[]): readonly (readonly Cell[])[] {
  return rowsOf(series).map((row) => [
    row.x,
    ...series.map((_, index) => {
      const value = row[`y${index}`];
      return typeof value === 'number' ? value : null;
    }),
  ]);
}

function of<P extends { readonly keep: number }>(
  points: readonly P[],
  language: Language,
  figure: (point: P) => ByLanguage,
  factor: number,
): readonly Point[] {
  return points.flatMap((point) => {
    const value = figure(point)[language];
    return value === null ? [] : [{ x: point.keep, y: factor * value }];
  });
}
