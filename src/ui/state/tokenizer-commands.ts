/**
 * What a person can do in the Tokenizer panel, each as one function: the only place that posts requests to its worker, a further
 * instance of the engine's script, started when the panel is first opened, so that counting does not hold up writing.
 */
import { type Client, startClient } from '../../worker/client';
import type { Event, Request, Sampling } from '../../worker/protocol';
import type { PieceFilter, Pruning, TextEncoding, TextSource, TokenizerSource } from '../../worker/tokenizer-protocol';
import { downloadBytes, downloadText } from '../charts/download';
import { isPending } from './engine';
import { Latest } from './latest';
import { useSettings } from './settings';
import { checkText } from './text-check';
import { chosenThreads } from './threads';
import { tokenizerEvent, useTokenizer } from './tokenizer';
import { changedTexts, type TokenizerTexts } from './tokenizer-form';

let client: Client | null = null;
/** A tokenizer.json of the person's: the page keeps no files, so a reload needs it again. */
let ownVocabulary: File | null = null;
/** What is under way, to be put beside its answer. */
let askedText: TextSource | null = null;
let askedPruning: Pruning | null = null;
/** A stop that came before the work had begun: it is said again when it has. */
let stopAsked = false;
/** Backend and threads that the worker was last told. */
let backend = '';

const prunings = new Latest<Pruning>((pruning) => {
  askedPruning = pruning;
  post({ type: 'pruneVocabulary', pruning });
}, 80);
const readings = new Latest<string>((text) => post({ type: 'readText', text }), 250);
const lists = new Latest<PieceFilter>((filter) => post({ type: 'listPieces', filter }), 200);
const latest: Partial<Record<Request['type'], { answered(): void }>> = {
  pruneVocabulary: prunings,
  readText: readings,
  listPieces: lists,
};

/** Changes fields of the form; what is a default leaves the address. */
export function setTokenizer(values: Partial<TokenizerTexts>): void {
  const { tokenizer, set } = useSettings.getState();
  set({ tokenizer: changedTexts(tokenizer, values) });
}

/** Opens what the address names, unless it is open or on its way; a file that is not here stays closed. */
export function openVocabulary(choice: string): void {
  const { opened, openings } = useTokenizer.getState();
  if ((openings.at(-1) ?? opened) === choice) return;
  const source = sourceOf(choice);
  if (source) open(choice, source);
}

/** A size chosen for one vocabulary says little about another. */
export function chooseVocabulary(choice: string): void {
  setTokenizer({ vocabulary: choice, keep: '', page: '1' });
  openVocabulary(choice);
}

/** Opens a tokenizer.json, also one of the same name as before: it may have been mended. */
export function takeVocabulary(file: File): void {
  ownVocabulary = file;
  const choice = fileChoice(file.name);
  setTokenizer({ vocabulary: choice, keep: '', page: '1' });
  open(choice, { kind: 'file', file });
}

/** The choice that stands for a file of this name. */
export function fileChoice(name: string): string {
  return `file ${name.slice(0, 200)}`;
}

/** Checks a text and makes it the one to count; one that is refused is shown with the reason. */
export async function takeText(file: File): Promise<void> {
  setTokenizer({ text: 'file' });
  const fault = await checkText(file);
  if (fault) useTokenizer.setState({ refused: { file, fault } });
  else useTokenizer.setState({ given: { file, encoding: 'utf-8' }, refused: null });
}

/** Takes the refused file in another encoding. */
export function readAs(encoding: TextEncoding): void {
  useTokenizer.setState(({ refused, given }) =>
    refused ? { given: { file: refused.file, encoding }, refused: null } : { given },
  );
}

/** Files dropped on the panel: a tokenizer.json is a vocabulary, anything else a text to count. */
export function takeFiles(files: readonly File[]): void {
  for (const file of files) {
    if (/\.json$/i.test(file.name)) takeVocabulary(file);
    else void takeText(file);
  }
}

export function countTokens(text: TextSource): void {
  if (isAsked('countTokens')) return;
  useTokenizer.setState({ problem: null, notice: null });
  stopAsked = false;
  askedText = text;
  post({ type: 'countTokens', text });
}

/** Prunes as the form says, a moment after it last changed. */
export function prune(pruning: Pruning): void {
  prunings.ask(pruning);
}

export function measureCoverage(sizes: readonly number[]): void {
  if (isAsked('measureCoverage')) return;
  useTokenizer.setState({ problem: null, points: [] });
  stopAsked = false;
  post({ type: 'measureCoverage', sizes });
}

export function readText(text: string): void {
  readings.ask(text);
}

export function listPieces(filter: PieceFilter): void {
  lists.ask(filter);
}

export function exportTokenizer(): void {
  if (!isAsked('exportTokenizer')) post({ type: 'exportTokenizer' });
}

export function measurePruned(): void {
  if (isAsked('measurePruned')) return;
  useTokenizer.setState({ problem: null });
  stopAsked = false;
  openBackend();
  post({ type: 'measurePruned' });
}

export function writeWithBoth(prompt: string, settings: Sampling, length: number): void {
  if (isAsked('comparePruned')) return;
  useTokenizer.setState({ problem: null });
  openBackend();
  post({ type: 'comparePruned', prompt, settings, length });
}

export function exportPruned(): void {
  if (!isAsked('exportPruned')) post({ type: 'exportPruned' });
}

/** Ends the count, curve or measurement under way. */
export function stopTokenizer(): void {
  stopAsked = true;
  client?.send({ type: 'stopTokenizer' });
}

export function dismissTokenizerProblem(): void {
  useTokenizer.setState({ problem: null });
}

function open(choice: string, source: TokenizerSource): void {
  for (const waiting of [prunings, readings, lists]) waiting.forget();
  // What is measured with the vocabulary before it is not wanted any more.
  if (isPending(useTokenizer.getState().pending, 'countTokens', 'measureCoverage', 'measurePruned')) stopTokenizer();
  useTokenizer.setState((state) => ({ problem: null, openings: [...state.openings, choice] }));
  post({ type: 'openTokenizer', source });
}

/** Null for a file that is not here. */
function sourceOf(choice: string): TokenizerSource | null {
  if (choice.startsWith('model.')) return { kind: 'shipped', id: choice.slice('model.'.length) };
  if (!choice.startsWith('file ')) return { kind: 'vocabulary', id: choice };
  return ownVocabulary && choice === fileChoice(ownVocabulary.name) ? { kind: 'file', file: ownVocabulary } : null;
}

function hear(event: Event): void {
  tokenizerEvent(event, { text: askedText, pruning: askedPruning });
  switch (event.type) {
    case 'progress':
      if (stopAsked) client?.send({ type: 'stopTokenizer' });
      break;
    case 'vocabularyPruned':
      prunings.answered();
      break;
    case 'textRead':
      readings.answered();
      break;
    case 'piecesListed':
      lists.answered();
      break;
    case 'tokensCounted':
    case 'coverageMeasured':
    case 'modelMeasured':
      stopAsked = false;
      break;
    case 'tokenizerExported':
      downloadText(event.name, 'application/json', event.json);
      break;
    case 'modelExported':
      for (const [name, bytes] of Object.entries(event.files)) downloadBytes(name, bytes.slice().buffer);
      break;
    case 'error':
      failed(event.request);
      break;
  }
}

function failed(request: Request['type']): void {
  latest[request]?.answered();
  stopAsked = false;
  if (request !== 'openTokenizer') return;
  // The address names the vocabulary that is still open.
  const { opened, openings } = useTokenizer.getState();
  const choice = openings.at(-1) ?? opened;
  if (choice !== null) setTokenizer({ vocabulary: choice });
}

/** Before a request that runs a model: lets the chosen backend and threads hold. */
function openBackend(): void {
  const request = { type: 'open', backend: useSettings.getState().backend, threads: chosenThreads() } as const;
  if (backend === JSON.stringify(request)) return;
  backend = JSON.stringify(request);
  post(request);
}

function isAsked(type: Request['type']): boolean {
  return isPending(useTokenizer.getState().pending, type);
}

function post(request: Request): void {
  if (!client) {
    client = startClient(new URL('models/', document.baseURI).href);
    client.subscribe(hear);
  }
  useTokenizer.setState((state) => ({ pending: [...state.pending, request.type] }));
  client.send(request);
}
