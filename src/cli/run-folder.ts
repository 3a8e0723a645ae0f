/**
 * A run as a folder: the model (config.json, model.safetensors, tokenizer.json), recipe and curves (run.json), a snapshot to
 * go on from (snapshot.safetensors), and the text it was given (text.txt). A file is replaced in one step, so a run that is
 * killed leaves the one before.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelFile } from '../lab/model-files';
import { readRunFile, writeRunFile } from '../lab/run-file';
import type { RunPlace } from '../lab/run-keeper';
import type { RunRecord } from '../lab/run-record';
import { type RunSnapshot, readSnapshot, writeSnapshot } from '../lab/run-snapshot';
import { UsageError } from './command';

const names = { run: 'run.json', snapshot: 'snapshot.safetensors', text: 'text.txt' } as const;

export class RunFolder implements RunPlace {
  constructor(readonly path: string) {}

  async put(record: RunRecord, snapshot?: RunSnapshot): Promise<void> {
    // The snapshot first: a record that is a little behind its snapshot only knows less.
    if (snapshot) await this.#write(names.snapshot, writeSnapshot(snapshot));
    await this.#write(names.run, writeRunFile([record]));
  }

  async putText(_hash: string, text: string): Promise<void> {
    await this.#write(names.text, text);
  }

  async putModel(files: readonly ModelFile[]): Promise<void> {
    for (const { name, bytes } of files) await this.#write(name, bytes);
  }

  /** Path of the text that the run was given. */
  get text(): string {
    return path.join(this.path, names.text);
  }

  /** Throws a UsageError when the folder holds no run, and sentences for files that are damaged. */
  async read(): Promise<{ record: RunRecord; snapshot: RunSnapshot | null }> {
    const file = path.join(this.path, names.run);
    if (!existsSync(file)) {
      throw new UsageError(
        `--resume is "${this.path}": there is no ${names.run} in it. Give the folder a run was written to.`,
      );
    }
    const [record] = readRunFile(await readFile(file, 'utf8'), file);
    const snapshot = path.join(this.path, names.snapshot);
    return {
      record: record as RunRecord,
      snapshot: existsSync(snapshot) ? readSnapshot(await readFile(snapshot), snapshot) : null,
    };
  }

  async #write(name: string, content: Uint8Array | string): Promise<void> {
    await mkdir(this.path, { recursive: true });
    const file = path.join(this.path, name);
    await writeFile(`${file}.part`, content);
    await rename(`${file}.part`, file);
  }
}
