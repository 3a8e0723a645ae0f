/** The files of a shipped model with experts that differ: copies of its feed-forward networks, each scaled by a number of its own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { floatsOf, type StoredWeight } from '../../graph/weights';
import { writeStoredCheckpoint } from '../../model/checkpoint';
import { type ModelFiles, modelFileNames, readModelWeights } from '../../model/folder';
import { expertOf } from '../../model/names';
import { upcycleFiles } from '../upcycled-files';

const models = path.resolve(import.meta.dirname, '..', '..', '..', 'public', 'models');

export function filesWithExperts(id: string, experts: number): Readonly<Record<string, Uint8Array<ArrayBuffer>>> {
  const dense: ModelFiles = Object.fromEntries(
    modelFileNames.map((name) => [name, new Uint8Array(readFileSync(path.join(models, id, name)))]),
  );
  const { files } = upcycleFiles(id, dense, { experts, seed: 1 });
  const { config, weights } = readModelWeights(files, id);
  const different = new Map(
    [...weights].map(([name, weight]): [string, StoredWeight] => {
      const expert = expertOf(name);
      if (expert === null) return [name, weight];
      return [name, { values: floatsOf(weight).map((value) => value * (1 + expert / 8)) }];
    }),
  );
  return { ...files, 'model.safetensors': writeStoredCheckpoint(config, different).file };
}
