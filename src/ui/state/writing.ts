/**
 * The text on the page: the prompt's tokens, the written tokens, when each came, and what the finished runs measured.
 * Events come faster than a screen shows them, so tokens are taken in once a frame.
 */
import { create } from 'zustand';
import type { DoneReason, Event, GeneratedToken, GenerationReport, PromptToken } from '../../worker/protocol';

/** What a run is told by. */
export interface RunNames {
  /** Id of the model. */
  readonly model: string;
  /** Model, blocks, options and runner: what tells one measured row from another. */
  readonly label: string;
  /** The adapter, or the CPU. */
  readonly runner: string;
}

export interface Run extends RunNames {
  readonly number: number;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number | null;
  readonly dispatchesPerToken: number;
  readonly submitsPerToken: number;
}

export interface Recording {
  readonly model: string;
  readonly adapter: string;
  readonly date: string;
  /** How it was made, in a sentence. */
  readonly how: string;
}

interface WritingState {
  /** Set while the text on the page is one that was recorded before. */
  readonly recording: Recording | null;
  /** Set when another model was loaded since: the text can be read, but no longer gone on with. */
  readonly detached: boolean;
  readonly prompt: readonly PromptToken[];
  /** Tokens of the prompt that did not fit. */
  readonly dropped: number;
  readonly tokens: readonly GeneratedToken[];
  /** Milliseconds since the request, one for each token of the request under way or the last one. */
  readonly arrivals: readonly number[];
  readonly status: 'idle' | 'waiting' | 'writing';
  /** Tokens asked for by the request under way or the last one. */
  readonly wanted: number;
  readonly reason: DoneReason | null;
  readonly report: GenerationReport | null;
  /** Of this visit, oldest first. */
  readonly runs: readonly Run[];
}

export const useWriting = create<WritingState>()(() => ({
  recording: null,
  detached: false,
  prompt: [],
  dropped: 0,
  tokens: [],
  arrivals: [],
  status: 'idle',
  wanted: 0,
  reason: null,
  report: null,
  runs: [],
}));

/** Whether the worker still holds this text, so that it can be inspected and gone on with. */
export function isAlive({ recording, detached }: WritingState): boolean {
  return recording === null && !detached;
}

type TokenEvent = Extract<Event, { type: 'token' }>;

let arrived: TokenEvent[] = [];
let frame = 0;

/** The text is about to go on, or to start again: `keep` tokens of it stay. */
export function beginWriting(keep: { readonly prompt: number; readonly tokens: number }, wanted: number): void {
  arrived = [];
  useWriting.setState((state) => ({
    recording: null,
    detached: false,
    prompt: state.prompt.slice(0, keep.prompt),
    tokens: state.tokens.slice(0, keep.tokens),
    dropped: keep.prompt === 0 ? 0 : state.dropped,
    arrivals: [],
    status: 'waiting',
    wanted,
    reason: null,
    report: null,
  }));
}

/** Takes in one event of the worker; `names` are those of the model that writes. */
export function writingEvent(event: Event, names: RunNames): void {
  switch (event.type) {
    case 'prompt':
      readText(event);
      return;
    case 'token':
      arrived.push(event);
      if (frame === 0) frame = requestAnimationFrame(takeIn);
      return;
    case 'done':
      takeIn();
      useWriting.setState((state) => ({
        status: 'idle',
        reason: event.reason,
        report: event.report,
        runs:
          event.report.tokens === 0
            ? state.runs
            : [...state.runs, { number: state.runs.length + 1, ...names, ...event.report }],
      }));
      return;
    case 'error':
      if (event.request !== 'generate' && event.request !== 'open') return;
      takeIn();
      useWriting.setState({ status: 'idle' });
      return;
  }
}

/** The event lists the whole text so far: what was written before stays written, only its text is read anew. */
function readText({ tokens: all, dropped }: Extract<Event, { type: 'prompt' }>): void {
  useWriting.setState((state) => {
    const goesOn = state.prompt.length > 0;
    return {
      status: 'writing',
      detached: false,
      prompt: goesOn ? all.slice(0, state.prompt.length) : all,
      dropped: goesOn ? state.dropped : dropped,
      tokens: state.tokens.map((token) => ({ ...token, text: all[token.position]?.text ?? token.text })),
    };
  });
}

/** Puts the tokens of the last frame on the page. A token takes the place of one at its position. */
function takeIn(): void {
  cancelAnimationFrame(frame);
  frame = 0;
  const events = arrived;
  arrived = [];
  const first = events[0];
  if (!first) return;
  useWriting.setState((state) => ({
    status: 'writing',
    tokens: [
      ...state.tokens.filter((token) => token.position < first.token.position),
      ...events.map((event) => event.token),
    ],
    arrivals: [...state.arrivals, ...events.map((event) => event.elapsed)],
  }));
}
