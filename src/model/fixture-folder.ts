/** The fixtures of `python/fixtures.py`, read for the tests: small models with PyTorch's numbers for them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Weights } from '../graph/weights';
import { readStoredCheckpoint } from './checkpoint';
import type { ModelConfig } from './config';
import { parseConfig } from './config-file';
import { numberFormats } from './number-format';
import { type FloatDType, readSafetensors } from './safetensors';

const folder = path.join(import.meta.dirname, 'fixtures');

export interface Fixture {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly ids: readonly (readonly number[])[];
  readonly prefixLength: number;
  /** `[B, T, V]`. */
  readonly logits: Float32Array;
  /** Mean over the counted targets in nats. */
  readonly loss: number;
  /** By the checkpoint's names. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** The loss on the same ids before each of ten AdamW updates by `recipe`. */
  readonly losses: readonly number[];
  readonly recipe: {
    readonly lr: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly weightDecay: number;
    readonly clip: number;
    /** Tensors that decay. */
    readonly decayed: readonly string[];
  };
}

export const fixtureNames = readdirSync(folder).filter((name) =>
  existsSync(path.join(folder, name, 'fixture.safetensors')),
);

export function readFixture(name: string): Fixture {
  const file = (part: string): Uint8Array => new Uint8Array(readFileSync(path.join(folder, name, part)));
  const json = (part: string) => JSON.parse(new TextDecoder().decode(file(part)));
  const config = parseConfig(json('config.json'), name);
  const weights = readStoredCheckpoint(config, file('model.safetensors'), name);
  const { ids, prefixLength, loss, losses, recipe } = json('fixture.json');
  const stored = readSafetensors(file('fixture.safetensors'), name).tensors;
  const decoded = new Map(
    [...stored].map(([key, { dtype, data }]): [string, Float32Array] => [
      key,
      numberFormats[dtype as FloatDType].decode(data),
    ]),
  );
  const logits = decoded.get('logits');
  if (!logits) throw new Error(`${name}: the fixture holds no logits.`);
  const gradients = new Map(
    [...decoded]
      .filter(([key]) => key.startsWith('grad.'))
      .map(([key, values]): [string, Float32Array] => [key.slice('grad.'.length), values]),
  );
  return { config, weights, ids, prefixLength, logits, loss, gradients, losses, recipe };
}
