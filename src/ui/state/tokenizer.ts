/**
 * What the worker of the Tokenizer panel has said: the open vocabulary, what was counted with it, how it is pruned and what that
 * does; and what is still owed an answer. A vocabulary or a count that takes another's place takes what hung on it with it.
 */
import { create } from 'zustand';
import { unanswered } from '../../worker/client';
import type { DeviceReport, Event, Request } from '../../worker/protocol';
import type {
  CountReport,
  CoveragePoint,
  ModelComparison,
  PieceList,
  Pruning,
  PruningReport,
  TextReading,
  TextSource,
  TokenizerReport,
  Writing,
} from '../../worker/tokenizer-protocol';
import { type Problem, type TimedProgress, timed } from './engine';
import type { TextFault } from './text-check';

/** A text of the person's that may be counted. */
export interface GivenText {
  readonly file: File;
  readonly encoding: Extract<TextSource, { kind: 'file' }>['encoding'];
}

export interface Pruned {
  readonly pruning: Pruning;
  /** The count that it goes by. */
  readonly of: CountReport | null;
  readonly report: PruningReport;
  readonly other: PruningReport;
}

interface TokenizerState {
  readonly device: DeviceReport | null;
  readonly tokenizer: TokenizerReport | null;
  /** The choice that is open, as the address names it. */
  readonly opened: string | null;
  /** Choices that were asked for and are not open yet, oldest first. */
  readonly openings: readonly string[];
  readonly count: CountReport | null;
  readonly counted: TextSource | null;
  readonly pruned: Pruned | null;
  /** In order of their size. */
  readonly points: readonly CoveragePoint[];
  readonly reading: TextReading | null;
  readonly list: PieceList | null;
  /** Of a shipped model, with the pruning it was made with. */
  readonly comparison: { readonly found: ModelComparison; readonly pruning: Pruning | null } | null;
  readonly writing: { readonly before: Writing; readonly after: Writing } | null;
  readonly given: GivenText | null;
  /** A file that was refused, and why. */
  readonly refused: { readonly file: File; readonly fault: TextFault } | null;
  /** Requests without their last event, oldest first. */
  readonly pending: readonly Request['type'][];
  readonly progress: TimedProgress | null;
  readonly problem: Problem | null;
  readonly notice: string | null;
}

const nothingCounted = { count: null, counted: null, pruned: null, points: [], list: null, comparison: null } as const;

export const useTokenizer = create<TokenizerState>()(() => ({
  device: null,
  tokenizer: null,
  opened: null,
  openings: [],
  ...nothingCounted,
  reading: null,
  writing: null,
  given: null,
  refused: null,
  pending: [],
  progress: null,
  problem: null,
  notice: null,
}));

/** What an event answers: the page knows, the worker does not say. */
export interface Asked {
  readonly text: TextSource | null;
  readonly pruning: Pruning | null;
}

/** Takes in one event. */
export function tokenizerEvent(event: Event, asked: Asked): void {
  useTokenizer.setState((state) => ({ pending: unanswered(state.pending, event), ...changes(event, state, asked) }));
}

function changes(event: Event, state: TokenizerState, asked: Asked): Partial<TokenizerState> {
  switch (event.type) {
    case 'device':
      return { device: event.device };
    case 'progress':
      return { progress: timed(event, state.progress) };
    case 'tokenizerOpened':
      return {
        ...nothingCounted,
        tokenizer: event.tokenizer,
        opened: state.openings[0] ?? null,
        openings: state.openings.slice(1),
        reading: null,
        writing: null,
        progress: null,
      };
    case 'tokensCounted':
      // A count that was stopped leaves the one before it.
      if (!event.count) return { progress: null };
      return { ...nothingCounted, pruned: state.pruned, count: event.count, counted: asked.text, progress: null };
    case 'vocabularyPruned':
      return {
        pruned: asked.pruning && {
          pruning: asked.pruning,
          of: state.count,
          report: event.report,
          other: event.other,
        },
        writing: null,
      };
    case 'coveragePoint':
      return { points: withPoint(state.points, event.point) };
    case 'coverageMeasured':
      return { progress: null, ...(event.points && { points: event.points }) };
    case 'textRead':
      return { reading: event.reading };
    case 'piecesListed':
      return { list: event.list };
    case 'modelMeasured':
      return {
        progress: null,
        // Requests are answered in their order: the pruning of the last answer is the one that was measured.
        ...(event.comparison && {
          comparison: { found: event.comparison, pruning: state.pruned?.pruning ?? null },
        }),
      };
    case 'writingCompared':
      return { progress: null, writing: event };
    case 'tokenizerExported':
    case 'modelExported':
      return { progress: null };
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
  { openings, pending }: TokenizerState,
): Partial<TokenizerState> {
  const problem = { request, message };
  // The vocabulary that could not be opened is given up; the one before it is still there.
  if (request === 'openTokenizer') return { problem, openings: openings.slice(1) };
  // The worker itself is gone: nobody will answer.
  if (request === 'open' && !pending.includes('open')) return { problem, openings: [], pending: [] };
  return { problem };
}

function withPoint(points: readonly CoveragePoint[], point: CoveragePoint): readonly CoveragePoint[] {
  return [...points.filter(({ keep }) => keep !== point.keep), point].sort((a, b) => a.keep - b.keep);
}
