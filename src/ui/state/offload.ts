/**
 * What the worker of the Offload panel has said: the open model with experts, the text that it writes under a budget and what its
 * experts did for it, this device as it was measured, and one layer run for real; and what is still owed an answer. A model that
 * takes another's place takes what was written with it.
 */
import { create } from 'zustand';
import { unanswered } from '../../worker/client';
import type {
  LayerComparison,
  LayerComparisons,
  LayerRun,
  MeasuredMachine,
  OffloadComparison,
  OffloadEvent,
  OffloadModelReport,
  OffloadPlace,
  OffloadPolicyId,
  OffloadReport,
  OffloadRequest,
  OffloadSweep,
  OffloadToken,
  OffloadTotals,
  StoreTier,
} from '../../worker/offload-protocol';
import type { DeviceReport, DoneReason, Event, PromptToken, Request } from '../../worker/protocol';
import { type Problem, type TimedProgress, timed } from './engine';

export type WriteRequest = Extract<OffloadRequest, { type: 'writeOffload' | 'compareOffload' }>;
export type LayerRequest = Extract<OffloadRequest, { type: 'runOffloadLayer' }>;

/** Languages that the page knows texts of. */
export type Language = 'en' | 'zh';

/** A text under way or written. */
export interface OffloadText {
  readonly of: WriteRequest;
  /** What its prompt is written in, where it was asked for to compare languages. */
  readonly language: Language | null;
  readonly prompt: readonly PromptToken[];
  readonly tokens: readonly OffloadToken[];
  readonly totals: OffloadTotals | null;
  readonly place: OffloadPlace | null;
  /** Of all steps before the one that gave the first token, and of the token written last. */
  readonly promptRuns: readonly LayerRun[];
  readonly lastRuns: readonly LayerRun[];
  readonly reason: DoneReason | null;
  readonly report: OffloadReport | null;
  readonly comparison: OffloadComparison | null;
}

/** What a text cost that was written to its end: a row of the table that policies are compared in. */
export interface WrittenRow {
  readonly model: string;
  readonly adapter: string;
  readonly policy: OffloadPolicyId;
  readonly slots: number;
  /** Experts of the model, all layers together. */
  readonly experts: number;
  readonly tier: StoreTier;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** Null for all resident: nothing is looked for, nothing moves. */
  readonly cost: {
    readonly hitRate: number;
    readonly bytesMoved: number;
    readonly waitMs: number;
    readonly peakResidency: number;
  } | null;
}

/** Rows that each expert of each layer computed: of the whole text, and of its first half of tokens. */
export interface LanguageUse {
  /** By layer number, then by expert. */
  readonly rows: ReadonlyMap<number, readonly number[]>;
  readonly halves: readonly [ReadonlyMap<number, readonly number[]>, ReadonlyMap<number, readonly number[]>];
  readonly tokens: number;
}

interface OffloadState {
  readonly device: DeviceReport | null;
  readonly model: OffloadModelReport | null;
  /** The choice that is open, as the address names it. */
  readonly opened: string | null;
  readonly openings: readonly string[];
  readonly text: OffloadText | null;
  readonly languages: Readonly<Partial<Record<Language, LanguageUse>>>;
  readonly rows: readonly WrittenRow[];
  readonly machine: MeasuredMachine | null;
  /** Of the layer that is or was run: rows as they come, and the whole when it has ended. */
  readonly layerOf: LayerRequest | null;
  readonly layerRows: readonly LayerComparison[];
  readonly layer: LayerComparisons | null;
  readonly sweep: OffloadSweep | null;
  readonly damaged: { readonly layer: number; readonly expert: number } | null;
  readonly pending: readonly Request['type'][];
  readonly progress: TimedProgress | null;
  readonly problem: Problem | null;
  readonly notice: string | null;
}

const nothingWritten = { text: null, languages: {}, rows: [], sweep: null, damaged: null } as const;

export const useOffload = create<OffloadState>()(() => ({
  device: null,
  model: null,
  opened: null,
  openings: [],
  ...nothingWritten,
  machine: null,
  layerOf: null,
  layerRows: [],
  layer: null,
  pending: [],
  progress: null,
  problem: null,
  notice: null,
}));

export function beginText(of: WriteRequest, language: Language | null): OffloadText {
  return {
    ...{ of, language, prompt: [], tokens: [], totals: null, place: null, promptRuns: [], lastRuns: [] },
    ...{ reason: null, report: null, comparison: null },
  };
}

/** Takes in one event. `next` is the text that the next `offloadStarted` begins. */
export function offloadEvent(event: Event, next: OffloadText | null): void {
  useOffload.setState((state) => ({ pending: unanswered(state.pending, event), ...changes(event, state, next) }));
}

function changes(event: Event, state: OffloadState, next: OffloadText | null): Partial<OffloadState> {
  switch (event.type) {
    case 'device':
      return { device: event.device };
    case 'progress':
      return { progress: timed(event, state.progress) };
    case 'offloadOpened':
      return {
        ...nothingWritten,
        model: event.model,
        opened: state.openings[0] ?? null,
        openings: state.openings.slice(1),
        progress: null,
      };
    case 'offloadStarted':
      return {
        progress: null,
        damaged: null,
        text: next && { ...next, prompt: event.prompt, place: event.place },
        ...noticeOf(event.place.notes),
      };
    case 'offloadToken':
      return state.text ? { text: withToken(state.text, event) } : {};
    case 'offloadWritten':
      return written(state, event);
    case 'offloadCompared':
      return { progress: null, ...compared(state, event) };
    case 'offloadMeasured':
      return { progress: null, ...(event.machine && { machine: event.machine }), ...noticeOf(event.notes) };
    case 'offloadLayerRun':
      return { layerRows: [...state.layerRows.filter(({ policy }) => policy !== event.row.policy), event.row] };
    case 'offloadLayerRuns':
      return {
        progress: null,
        // What was stopped leaves the rows that came until then.
        ...(event.comparisons && {
          layer: event.comparisons,
          layerRows: event.comparisons.rows,
          machine: event.comparisons.measured,
          ...noticeOf(event.comparisons.place.notes),
        }),
      };
    case 'offloadSweep':
      return { progress: null, ...(event.sweep && { sweep: event.sweep }) };
    case 'offloadDamaged':
      return { damaged: { layer: event.layer, expert: event.expert } };
    case 'notice':
      return event.notice.kind === 'cpuChosen' ? {} : { notice: event.notice.cause };
    case 'error':
      return { ...problemOf(event, state), progress: null };
    default:
      return {};
  }
}

type Of<T extends OffloadEvent['type']> = Extract<OffloadEvent, { type: T }>;

function withToken(text: OffloadText, { token, totals, layers }: Of<'offloadToken'>): OffloadText {
  return {
    ...text,
    tokens: [...text.tokens, token],
    totals,
    ...(text.tokens.length === 0 && { promptRuns: layers.filter(({ step }) => step !== layers.at(-1)?.step) }),
    lastRuns: lastStep(layers, text.lastRuns),
  };
}

/** The layers of the step with the most rows: of a prompt that was read in several, the one with the most to schedule. */
export function largestStep(layers: readonly LayerRun[]): readonly LayerRun[] {
  const rows = new Map<number, number>();
  for (const { step, visits } of layers) {
    rows.set(
      step,
      visits.reduce((sum, visit) => sum + visit.rows, rows.get(step) ?? 0),
    );
  }
  const most = Math.max(0, ...rows.values());
  const step = [...rows].find(([, count]) => count === most)?.[0];
  return layers.filter((layer) => layer.step === step);
}

/** The layers of the last step of these; those before where there are none. */
export function lastStep(layers: readonly LayerRun[], before: readonly LayerRun[]): readonly LayerRun[] {
  const last = layers.at(-1)?.step;
  return last === undefined ? before : layers.filter(({ step }) => step === last);
}

function written(state: OffloadState, { reason, report }: Of<'offloadWritten'>): Partial<OffloadState> {
  const text = state.text && { ...state.text, reason, report, totals: report.totals, place: report.place };
  if (!text) return { progress: null };
  const use = countUse(text, state.model?.experts ?? 0);
  return {
    progress: null,
    text,
    machine: report.machine,
    rows: withRow(state.rows, rowOf(report, text.of.setup.policy, state.model)),
    ...(text.language && { languages: { ...state.languages, [text.language]: use } }),
    ...noticeOf(report.place.notes),
  };
}

function compared({ text, rows, model }: OffloadState, { comparison }: Of<'offloadCompared'>): Partial<OffloadState> {
  if (!text) return {};
  if (!comparison) return { text: { ...text, reason: 'stopped' } };
  const { offloaded, resident } = comparison;
  const { totals, place } = offloaded;
  const row = rowOf(offloaded, text.of.setup.policy, model);
  const all =
    row && resident.tokensPerSecond !== null
      ? ({
          ...row,
          policy: 'resident',
          slots: row.experts,
          cost: null,
          tokensPerSecond: resident.tokensPerSecond,
        } as const)
      : null;
  return {
    text: { ...text, comparison, report: offloaded, totals, place, reason: text.reason ?? 'length' },
    machine: offloaded.machine,
    rows: withRow(withRow(rows, all), row),
  };
}

/** Null for a text too short to have a speed. */
export function rowOf(
  { place, tokens, tokensPerSecond, totals }: OffloadReport,
  policy: OffloadPolicyId,
  model: OffloadModelReport | null,
): WrittenRow | null {
  if (!model || tokensPerSecond === null) return null;
  const { hitRate, bytesMoved, waitMs, peakResidency } = totals;
  return {
    ...{
      model: model.id,
      adapter: place.adapter,
      policy,
      slots: place.slots,
      tier: place.tier,
      tokens,
      tokensPerSecond,
    },
    experts: model.experts * model.layers.length,
    cost: policy === 'resident' ? null : { hitRate, bytesMoved, waitMs, peakResidency },
  };
}

/** A row takes the place of the one that was written in the same way before. */
function withRow(rows: readonly WrittenRow[], row: WrittenRow | null): readonly WrittenRow[] {
  return row ? [...rows.filter((other) => writtenKey(other) !== writtenKey(row)), row] : rows;
}

export function writtenKey({ model, adapter, policy, slots, tier }: WrittenRow): string {
  // Where experts lie does not matter to who has them all.
  return [model, adapter, policy, ...(policy === 'resident' ? [] : [slots, tier])].join(' ');
}

/** How often each expert was used, the prompt's rows included. */
export function countUse(text: OffloadText, experts: number): LanguageUse {
  const rows = new Map<number, number[]>();
  const halves = [new Map<number, number[]>(), new Map<number, number[]>()] as const;
  const add = (to: Map<number, number[]>, layer: number, expert: number, count: number) => {
    const counts = to.get(layer) ?? Array.from({ length: experts }, () => 0);
    counts[expert] = (counts[expert] ?? 0) + count;
    to.set(layer, counts);
  };
  for (const { layer, visits } of text.promptRuns) {
    for (const { expert, rows: count } of visits) add(rows, layer, expert, count);
  }
  // Every other token: the halves then differ in nothing but chance.
  for (const [index, { visits }] of text.tokens.entries()) {
    for (const { layer, expert } of visits) {
      add(rows, layer, expert, 1);
      add(halves[index % 2 === 0 ? 0 : 1], layer, expert, 1);
    }
  }
  return { rows, halves, tokens: text.prompt.length + text.tokens.length };
}

function noticeOf(notes: readonly string[]): { readonly notice?: string } {
  return notes.length > 0 ? { notice: notes.join(' ') } : {};
}

function problemOf(
  { request, message }: Extract<Event, { type: 'error' }>,
  { openings, pending, text }: OffloadState,
): Partial<OffloadState> {
  const problem = { request, message };
  // The model that could not be opened is given up; the one before it is still there.
  if (request === 'openOffload') return { problem, openings: openings.slice(1) };
  // The worker itself is gone: nobody will answer.
  if (request === 'open' && !pending.includes('open')) return { problem, openings: [], pending: [] };
  // What was written until then stays, and is not under way any more.
  const writing = request === 'writeOffload' || request === 'compareOffload';
  return { problem, ...(writing && text && text.reason === null && { text: { ...text, reason: 'stopped' } }) };
}
