/**
 * What the worker of the Quantise panel has said: the open model and its matrices, and what schemes do to both; and what is still owed
 * an answer. A model that takes another's place takes what was measured on it with it.
 */
import { create } from 'zustand';
import type { SchemeId } from '../../quant/schemes';
import type { SelectionId } from '../../quant/which-matrices';
import { unanswered } from '../../worker/client';
import type { DeviceReport, Event, Request } from '../../worker/protocol';
import type {
  LayerSensitivity,
  MatrixReading,
  QuantisedModelReport,
  QuantisedShape,
  QuantiseEvent,
  QuantiseRequest,
  RangeRow,
  SchemeFigures,
} from '../../worker/quantise-protocol';
import type { Writing } from '../../worker/tokenizer-protocol';
import { type Problem, type TimedProgress, timed } from './engine';

export interface MeasuredScheme extends SchemeFigures {
  /** Null for the model as it is. */
  readonly selection: SelectionId | null;
}

type Errors = NonNullable<Extract<QuantiseEvent, { type: 'errorsMeasured' }>['errors']>;

export interface MeasuredErrors extends Errors {
  readonly selection: SelectionId;
}

export interface Sensitivity {
  readonly scheme: SchemeId;
  readonly selection: SelectionId;
  readonly rows: readonly LayerSensitivity[];
}

export type Comparing = Extract<QuantiseRequest, { type: 'compareQuantised' }>;

interface QuantiseState {
  readonly device: DeviceReport | null;
  readonly model: QuantisedModelReport | null;
  /** The choice that is open, as the address names it. */
  readonly opened: string | null;
  /** Choices that were asked for and are not open yet, oldest first. */
  readonly openings: readonly string[];
  readonly reading: MatrixReading | null;
  readonly errors: MeasuredErrors | null;
  readonly rows: readonly MeasuredScheme[];
  readonly sensitivity: Sensitivity | null;
  /** With what was asked for. */
  readonly writing: { readonly before: Writing; readonly after: Writing; readonly of: Comparing } | null;
  readonly ranges: { readonly scheme: SchemeId; readonly rows: readonly RangeRow[] } | null;
  readonly shapes: readonly QuantisedShape[] | null;
  /** Requests without their last event, oldest first. */
  readonly pending: readonly Request['type'][];
  readonly progress: TimedProgress | null;
  readonly problem: Problem | null;
  readonly notice: string | null;
}

const nothingMeasured = { reading: null, errors: null, rows: [], sensitivity: null, writing: null } as const;

export const useQuantise = create<QuantiseState>()(() => ({
  device: null,
  model: null,
  opened: null,
  openings: [],
  ...nothingMeasured,
  ranges: null,
  shapes: null,
  pending: [],
  progress: null,
  problem: null,
  notice: null,
}));

/** The last request of each type: the page knows what an event answers, the worker does not say. */
export type Asked = { readonly [R in QuantiseRequest as R['type']]?: R };

/** Takes in one event. */
export function quantiseEvent(event: Event, asked: Asked): void {
  useQuantise.setState((state) => ({ pending: unanswered(state.pending, event), ...changes(event, state, asked) }));
}

function changes(event: Event, state: QuantiseState, asked: Asked): Partial<QuantiseState> {
  switch (event.type) {
    case 'device':
      return { device: event.device };
    case 'progress':
      return { progress: timed(event, state.progress) };
    case 'quantiseOpened':
      return {
        ...nothingMeasured,
        model: event.model,
        opened: state.openings[0] ?? null,
        openings: state.openings.slice(1),
        progress: null,
      };
    case 'matrixRead':
      return { reading: event.reading };
    case 'schemeMeasured':
      return { rows: withScheme(state.rows, event.row, asked.measureSchemes?.selection ?? 'glm') };
    case 'layerMeasured':
      return { sensitivity: withLayer(state.sensitivity, event.row) };
    // What was stopped leaves what was learned until then.
    case 'schemesMeasured':
    case 'sensitivityMeasured':
    case 'quantisedExported':
      return { progress: null };
    case 'errorsMeasured':
      return {
        progress: null,
        ...(event.errors && {
          errors: { ...event.errors, selection: asked.measureErrors?.selection ?? 'glm' },
        }),
      };
    case 'quantisedWritten':
      return {
        progress: null,
        writing: asked.compareQuantised
          ? { before: event.before, after: event.after, of: asked.compareQuantised }
          : null,
      };
    case 'rangesCompared':
      return {
        progress: null,
        ...(event.rows && { ranges: { scheme: asked.compareRanges?.scheme ?? 'int4-row', rows: event.rows } }),
      };
    case 'quantisedShapesTimed':
      return { progress: null, ...(event.shapes && { shapes: event.shapes }) };
    case 'notice':
      return event.notice.kind === 'cpuChosen' ? {} : { notice: event.notice.cause };
    case 'error':
      return { ...problemOf(event, state), progress: null };
    default:
      return {};
  }
}

function problemOf(
  { request, message }: Extract<Event, { type: 'error' }>,
  { openings, pending }: QuantiseState,
): Partial<QuantiseState> {
  const problem = { request, message };
  // The model that could not be opened is given up; the one before it is still there.
  if (request === 'openQuantise') return { problem, openings: openings.slice(1) };
  // The worker itself is gone: nobody will answer.
  if (request === 'open' && !pending.includes('open')) return { problem, openings: [], pending: [] };
  return { problem };
}

/** A row takes the place of the one that was measured with the same scheme, matrices and activations before. */
function withScheme(
  rows: readonly MeasuredScheme[],
  row: SchemeFigures,
  selection: SelectionId,
): readonly MeasuredScheme[] {
  const measured: MeasuredScheme = { ...row, selection: row.scheme === null ? null : selection };
  return [...rows.filter((other) => keyOf(other) !== keyOf(measured)), measured];
}

export function keyOf({ scheme, selection, activations }: Omit<MeasuredScheme, 'figures'>): string {
  return scheme === null ? 'stored' : `${scheme} ${selection} ${activations}`;
}

function withLayer(found: Sensitivity | null, row: LayerSensitivity): Sensitivity | null {
  return found && { ...found, rows: [...found.rows.filter(({ layer }) => layer !== row.layer), row] };
}
