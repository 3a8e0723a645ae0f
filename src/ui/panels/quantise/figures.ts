/** What the cards of the Quantise panel draw from what the worker says: orders, sums and verdicts. Pure. */
import { middle, paddedColumns } from '../../../graph/quantised';
import type { Interval } from '../../../lab/evaluation';
import { blockOf, type Scheme, type SchemeId, schemeIds, schemes } from '../../../quant/schemes';
import { type MatrixKind, matrixKinds, type SelectionId, selections } from '../../../quant/which-matrices';
import type { MatrixErrorRow, MatrixReading, QuantisedModelReport, RangeRow } from '../../../worker/quantise-protocol';
import type { Writing } from '../../../worker/tokenizer-protocol';
import { keyOf, type MeasuredScheme } from '../../state/quantise';
import { activationKinds, selectionIds } from '../../state/quantise-form';

/** Whether nothing can be told of a difference. */
export function holdsZero({ low, high }: Pick<Interval, 'low' | 'high'>): boolean {
  return low <= 0 && high >= 0;
}

/** The model as it is first, then in the order of the schemes; one scheme by its matrices, then by its activations. */
export function inOrder(rows: readonly MeasuredScheme[]): readonly MeasuredScheme[] {
  const place = ({ scheme, selection, activations }: MeasuredScheme) =>
    scheme === null
      ? -1
      : 100 * schemeIds.indexOf(scheme) +
        10 * selectionIds.indexOf(selection ?? 'glm') +
        activationKinds.indexOf(activations);
  return rows.toSorted((a, b) => place(a) - place(b) || keyOf(a).localeCompare(keyOf(b)));
}

/** GLM’s two schemes by row and the chosen one, in the order of the table, without those that the model refuses. */
export function firstSchemes(chosen: SchemeId, refused: QuantisedModelReport['refused']): readonly SchemeId[] {
  const wanted: readonly SchemeId[] = ['int8-row', 'int4-row', chosen];
  return schemeIds.filter((id) => wanted.includes(id) && refused[id] === undefined);
}

export interface Saving {
  /** Of the parameters. */
  readonly share: number;
  readonly before: number;
  readonly after: number;
  /** Of a quantised weight, its part of the scales included. */
  readonly bits: number;
}

/** Bytes of a scale and of a zero point. */
const scaleBytes = 4;
const zeroBytes = 1;

/** What a scheme saves, from the shapes of the matrices and from what the file takes. */
export function savingOf(
  { matrices, parameters, bytes }: Pick<QuantisedModelReport, 'matrices' | 'parameters' | 'bytes'>,
  scheme: Scheme,
  selection: SelectionId,
): Saving {
  const kinds: readonly MatrixKind[] = selections[selection];
  let [weights, quantised] = [0, 0];
  for (const { kind, shape } of matrices) {
    if (!kinds.includes(kind)) continue;
    const [N, K] = shape;
    const block = blockOf(scheme, K);
    weights += N * K;
    quantised +=
      (N * paddedColumns({ K, block }) * scheme.bits) / 8 +
      N * Math.ceil(K / block) * (scaleBytes + (scheme.zeroPoint ? zeroBytes : 0));
  }
  return {
    share: weights / parameters,
    before: bytes,
    after: bytes - (bytes / parameters) * weights + quantised,
    bits: weights === 0 ? scheme.bits : (8 * quantised) / weights,
  };
}

/** The place of the first token that differs, from 0; null where both wrote the same. */
export function firstDifferent(a: Pick<Writing, 'tokens'>, b: Pick<Writing, 'tokens'>): number | null {
  const longer = Math.max(a.tokens.length, b.tokens.length);
  for (let place = 0; place < longer; place++) {
    if (a.tokens[place]?.id !== b.tokens[place]?.id) return place;
  }
  return null;
}

/** What the stored integers stand for: from −7 to 7 around the middle of a symmetric scheme, else from 0. */
export function integerRows({ scheme, integers }: Pick<MatrixReading, 'scheme' | 'integers'>) {
  const { bits, zeroPoint } = schemes[scheme];
  const total = integers.reduce((sum, count) => sum + count, 0);
  return (
    integers
      .map((count, stored) => ({
        integer: zeroPoint ? stored : stored - middle(bits),
        count,
        share: total === 0 ? 0 : count / total,
      }))
      // A symmetric scheme has as many steps on either side: its lowest integer is none of its own.
      .slice(zeroPoint ? 0 : 1)
  );
}

/** Levels with a weight of the row nearer to them than to any other, as far as the bars tell. */
export function usedLevels({ histogram: { from, to }, rowCounts, levels }: MatrixReading): number {
  const width = (to - from) / rowCounts.length;
  const used = new Set<number>();
  for (const [bar, count] of rowCounts.entries()) {
    if (count === 0) continue;
    const [left, right] = [from + bar * width, from + (bar + 1) * width];
    const inside = levels.filter((level) => level >= left && level <= right);
    const centre = (left + right) / 2;
    for (const level of inside.length > 0 ? inside : [nearest(levels, centre)]) used.add(level);
  }
  return used.size;
}

function nearest(levels: readonly number[], value: number): number {
  return levels.reduce((best, level) => (Math.abs(level - value) < Math.abs(best - value) ? level : best), Infinity);
}

export interface HeatField {
  /** The largest of the field's matrices. */
  readonly value: number | null;
  readonly count: number;
  /** 0 where it is the least of all, 1 where it is the most. */
  readonly share: number;
}

export interface HeatRow {
  readonly layer: string | null;
  readonly fields: readonly HeatField[];
}

export interface Heat {
  readonly kinds: readonly MatrixKind[];
  readonly rows: readonly HeatRow[];
}

/** Errors by layer and kind, of the kinds and layers that there are. */
export function heatOf(matrices: readonly MatrixErrorRow[], by: 'weights' | 'activations'): Heat {
  const errorOf = ({ relative, onActivations }: MatrixErrorRow) => (by === 'weights' ? relative : onActivations);
  const kinds = matrixKinds.filter((kind) => matrices.some((matrix) => matrix.kind === kind));
  const layers = [...new Set(matrices.map(({ layer }) => layer))];
  const known = matrices.map(errorOf).filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const fieldOf = (layer: string | null, kind: MatrixKind): HeatField => {
    const own = matrices.filter((matrix) => matrix.layer === layer && matrix.kind === kind);
    const values = own.map(errorOf).filter((value) => value !== null);
    const value = values.length === 0 ? null : Math.max(...values);
    return {
      value,
      count: own.length,
      share: value === null ? 0 : most > least ? (value - least) / (most - least) : 0,
    };
  };
  return { kinds, rows: layers.map((layer) => ({ layer, fields: kinds.map((kind) => fieldOf(layer, kind)) })) };
}

/** The matrix with the largest error; null where none is known. */
export function worstMatrix(
  matrices: readonly MatrixErrorRow[],
  by: 'weights' | 'activations',
): { readonly matrix: MatrixErrorRow; readonly value: number } | null {
  const known = matrices.flatMap((matrix) => {
    const value = by === 'weights' ? matrix.relative : matrix.onActivations;
    return value === null ? [] : [{ matrix, value }];
  });
  return known.reduce<(typeof known)[number] | null>(
    (most, one) => (most && most.value >= one.value ? most : one),
    null,
  );
}

export type RangeVerdict = 'none' | 'seen' | 'against' | 'undecided' | 'mixed';

/** Whether models whose weights reach farther lose more: of each pair, where the intervals of the losses are apart. */
export function rangeVerdict(rows: readonly Pick<RangeRow, 'reach' | 'difference'>[]): RangeVerdict {
  if (rows.length < 2) return 'none';
  const byReach = rows.toSorted((a, b) => a.reach - b.reach);
  let [agree, disagree, open] = [0, 0, 0];
  for (const [index, near] of byReach.entries()) {
    for (const far of byReach.slice(index + 1)) {
      if (far.difference.low > near.difference.high) agree += 1;
      else if (far.difference.high < near.difference.low) disagree += 1;
      else open += 1;
    }
  }
  if (agree > 0 && disagree > 0) return 'mixed';
  if (agree > 0) return open === 0 ? 'seen' : 'undecided';
  return disagree > 0 && open === 0 ? 'against' : 'undecided';
}

/** The part of a tensor's name that tells it from the others of its layer: `self_attn.q_proj`. */
export function shortName(name: string): string {
  return name
    .replace(/^model\.(layers\.\d+|query_layer)\./, '')
    .replace(/^model\./, '')
    .replace(/\.weight$/, '');
}
