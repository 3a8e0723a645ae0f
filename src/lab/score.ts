/**
 * How likely a model finds a text, by its own cache: one decoded token at a time, logits read back. For probes, where a
 * short choice follows a prompt that all choices share, and for held-out text.
 */

import type { Probe } from '../data/storyworld';
import type { Runtime } from '../model/runtime';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** Nats of `ids[from..]` given what stands before them; `from` ≥ 1. */
export async function lossOf(runtime: Runtime, ids: ArrayLike<number>, from: number): Promise<number> {
  await runtime.start(Array.from(ids).slice(0, from));
  return continueLoss(runtime, ids, from);
}

/**
 * Index of the choice with the lowest loss after the probe's prompt, and the loss of each in nats. Of a prompt that does
 * not fit before the longest choice, the end is read.
 */
export async function answerProbe(
  runtime: Runtime,
  tokenizer: Tokenizer,
  question: Pick<Probe, 'prompt' | 'choices'>,
): Promise<{ best: number; losses: number[] }> {
  const context = runtime.config.max_position_embeddings;
  const fitted = lastOf(probeIds(tokenizer, question), context);
  if (!fitted) {
    throw new RangeError(
      `A choice alone is longer than the model's context of ${context} tokens: ask a model with a longer context.`,
    );
  }
  const { choices, from } = fitted;
  const prompt = Array.from(choices[0] ?? []).slice(0, from);
  await runtime.start(prompt);
  const losses: number[] = [];
  for (const ids of choices) {
    // The cache still holds the prompt: only the choice is read anew.
    runtime.rewind(from - 1, prompt[from - 1] ?? 0);
    losses.push(await continueLoss(runtime, ids, from));
  }
  return { best: losses.indexOf(Math.min(...losses)), losses };
}

/** Prompt and choice as ids, and the first position at which choices may differ. */
export function probeIds(
  tokenizer: Tokenizer,
  { prompt, choices }: Pick<Probe, 'prompt' | 'choices'>,
): { choices: Uint32Array[]; from: number } {
  const start = tokenizer.encode(prompt, { begin: true });
  const texts = choices.map((choice) => tokenizer.encode(prompt + choice, { begin: true }));
  return { choices: texts, from: Math.min(...texts.map((ids) => commonPrefix(ids, start))) };
}

/** Leaves out the beginning that all choices share, so that the longest has at most `length` ids; null when it cannot. */
export function lastOf({ choices, from }: { choices: Uint32Array[]; from: number }, length: number) {
  const cut = Math.max(0, Math.max(...choices.map((ids) => ids.length)) - length);
  return cut >= from ? null : { choices: choices.map((ids) => ids.subarray(cut)), from: from - cut };
}

async function continueLoss(runtime: Runtime, ids: ArrayLike<number>, from: number): Promise<number> {
  let loss = 0;
  for (let position = from; position < ids.length; position++) {
    const id = ids[position] ?? 0;
    loss += surprise(await runtime.logits(), id);
    runtime.rewind(position, id);
  }
  return loss;
}

/** −ln softmax(logits)[id]. */
export function surprise(logits: Float32Array, id: number): number {
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  return Math.log(sum) + highest - (logits[id] ?? Number.NaN);
}

function commonPrefix(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
