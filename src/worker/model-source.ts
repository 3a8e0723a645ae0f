/**
 * Where a model's three files come from in the page: a folder of public/models, fetched with progress, or dropped files.
 */
import { type ModelFiles, type ModelFolder, modelFileNames, readModelFolder } from '../model/folder';
import { Tokenizer } from '../tokenizer/tokenizer';
import type { ModelSource } from './protocol';

/** Bytes so far and in all. */
export type FetchProgress = (done: number, total: number) => void;

export interface OpenedModel extends ModelFolder<Tokenizer> {
  readonly id: string;
  /** As they were fetched or dropped. */
  readonly files: ModelFiles;
}

/** Throws a sentence that names the file when one cannot be had or does not fit. */
export async function openModel(
  source: ModelSource,
  modelsUrl: string,
  onProgress: FetchProgress,
): Promise<OpenedModel> {
  const id = source.kind === 'shipped' ? source.id : source.name;
  const files = source.kind === 'shipped' ? await fetchFiles(id, modelsUrl, onProgress) : await readFiles(source.files);
  return { id, files, ...readModelFolder(files, Tokenizer.parse, id) };
}

async function readFiles(files: readonly File[]): Promise<Record<string, ArrayBuffer>> {
  const entries = files.map(async (file) => {
    const wanted = (modelFileNames as readonly string[]).includes(file.name);
    return [file.name, wanted ? await file.arrayBuffer() : new ArrayBuffer(0)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The three files of a shipped model as they are; throws as `openModel`. */
export async function fetchFiles(
  id: string,
  modelsUrl: string,
  onProgress: FetchProgress,
): Promise<Record<string, Uint8Array>> {
  const received = new Map<string, number>();
  const expected = new Map<string, number>();
  const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);
  const entries = modelFileNames.map(async (name) => {
    const response = await fetch(new URL(`${id}/${name}`, modelsUrl)).catch((error: unknown) => error);
    if (!(response instanceof Response)) {
      throw new Error(`${id}/${name} could not be fetched (${String(response)}): is the page's server still running?`);
    }
    if (!response.ok) throw new Error(`${id}/${name} could not be fetched: the server answered ${response.status}.`);
    expected.set(name, Number(response.headers.get('content-length') ?? 0));
    const bytes = await readBody(response, (count) => {
      received.set(name, count);
      onProgress(sum(received), Math.max(sum(expected), sum(received)));
    });
    return [name, bytes] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function readBody(response: Response, onCount: (bytes: number) => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let count = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (!next || next.done) break;
    chunks.push(next.value);
    count += next.value.byteLength;
    onCount(count);
  }
  const bytes = new Uint8Array(count);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
