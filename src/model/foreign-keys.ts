/**
 * Keys of Hugging Face's config.json that this project's models do not have.
 *
 * Some say nothing about the maths and are passed over; some are harmless at one value only; `rope_parameters` is the
 * newer spelling of `rope_theta`. Every other key is refused: a model that is computed wrongly is worse than none.
 */
import { quantisationProblem } from './quantisation-config';
import { shortJson } from './short-json';

/** Bookkeeping: any value. `pretraining_tp` splits matrices into slices and sums them, with the same result. */
const ignored = new Set([
  'torch_dtype',
  'dtype',
  'transformers_version',
  'use_cache',
  'pad_token_id',
  'unk_token_id',
  'pretraining_tp',
  'output_attentions',
  'output_hidden_states',
  'return_dict',
  'is_decoder',
]);

/** Keys that are harmless at these values. Null is harmless everywhere. */
const harmless: Readonly<Record<string, { readonly values: readonly unknown[]; readonly why: string }>> = {
  rope_scaling: { values: [], why: 'scaled rotary embeddings are not computed here' },
  attention_dropout: { values: [0], why: 'there is no dropout here' },
  hidden_dropout: { values: [0], why: 'there is no dropout here' },
  partial_rotary_factor: { values: [1], why: 'the rotary embedding turns whole heads here' },
  use_sliding_window: { values: [false], why: 'sliding_window alone says whether there is a window here' },
  is_encoder_decoder: { values: [false], why: 'only decoders are computed here' },
  add_cross_attention: { values: [false], why: 'only decoders are computed here' },
};

/** What is wrong with a foreign key, as a sentence; null when it can be passed over. */
export function foreignProblem(key: string, value: unknown, known: readonly string[]): string | null {
  if (value === null || key.startsWith('_') || ignored.has(key)) return null;
  if (key === 'rope_parameters') return ropeProblem(value);
  if (key === 'quantization_config') return quantisationProblem(value);
  const rule = Object.hasOwn(harmless, key) ? harmless[key] : undefined;
  if (!rule) {
    const near = known.find((name) => editDistance(name, key) <= 2);
    return `${key} is not a key of this format, and what it changes is unknown: ${near ? `did you mean ${near}?` : 'remove it.'}`;
  }
  if (rule.values.includes(value)) return null;
  const wanted = rule.values.length > 0 ? JSON.stringify(rule.values[0]) : 'null';
  return `${key} is ${shortJson(value)}, but ${rule.why}: only ${wanted} can be read.`;
}

/** Values of this format's keys that foreign keys spell differently. */
export function foreignValues(given: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const rope = given.get('rope_parameters');
  const theta = isRecord(rope) ? rope.rope_theta : undefined;
  return theta === undefined ? new Map() : new Map([['rope_theta', theta]]);
}

function ropeProblem(value: unknown): string | null {
  const plain =
    isRecord(value) &&
    Object.keys(value).every((key) => key === 'rope_type' || key === 'rope_theta') &&
    (value.rope_type ?? 'default') === 'default';
  return plain
    ? null
    : `rope_parameters is ${shortJson(value)}, but scaled rotary embeddings are not computed here: only rope_type "default" can be read.`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Letters to insert, delete or replace to turn one word into the other (Levenshtein), row by row. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
