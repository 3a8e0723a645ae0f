/** The fixtures of `python/fixtures.py`, read for the tests: small models with PyTorch's numbers for them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Weights } from '../graph/weights';
import { readStoredCheckpoint } from './checkpoint';
import { type ModelConfig, parseConfig } from './config';
import { numberFormats } from './number-format';
import { readSafetensors } from './safetensors';

const folder = path.join(import.meta.dirname, 'fixtures');

export interface Fixture {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly ids: readonly (readonly number[])[];
  readonly prefixLength: number;
  /** `[B, T, V]`. */
  readonly logits: Float32Array;
}

export const fixtureNames = readdirSync(folder).filter((name) =>
  existsSync(path.join(folder, name, 'fixture.safetensors')),
);

export function readFixture(name: string): Fixture {
  const file = (part: string): Uint8Array => new Uint8Array(readFileSync(path.join(folder, name, part)));
  const json = (part: string) => JSON.parse(new TextDecoder().decode(file(part)));
  const config = parseConfig(json('config.json'), name);
  const weights = readStoredCheckpoint(config, file('model.safetensors'), name);
  const { ids, prefixLength } = json('fixture.json');
  const stored = readSafetensors(file('fixture.safetensors'), name).tensors.get('logits');
  if (!stored) throw new Error(`${name}: the fixture holds no logits.`);
  return { config, weights, ids, prefixLength, logits: numberFormats[stored.dtype].decode(stored.data) };
}
