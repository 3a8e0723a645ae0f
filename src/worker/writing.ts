/** A text written once with a model, from a prompt, for two of them to be laid side by side. */
import type { Examined } from '../lab/evaluation';
import { TextSession } from '../lab/text-session';
import { StreamDecoder } from '../tokenizer/streamDecoder';
import type { Sampling } from './protocol';
import type { Writing } from './tokenizer-protocol';

export interface WritingOptions {
  readonly prompt: string;
  readonly settings: Sampling;
  /** Tokens. */
  readonly length: number;
  readonly onToken?: (done: number) => void;
  /** The id to be shown for each of the model's own; the same unless given. */
  readonly shownId?: (id: number) => number;
  readonly stopped?: () => boolean;
}

export async function writeOnce(
  { runtime, tokenizer }: Examined,
  { prompt, settings, length, onToken, shownId = (id) => id, stopped }: WritingOptions,
): Promise<Writing> {
  const session = new TextSession(runtime, tokenizer);
  const prepared = session.prepare(prompt, length);
  session.begin(prepared);
  const decoder = new StreamDecoder(tokenizer);
  for (const id of prepared.ids) decoder.push(id);
  const tokens: { id: number; text: string }[] = [];
  for await (const { id } of session.write(length, settings, stopped)) {
    tokens.push({ id: shownId(id), text: decoder.push(id) });
    onToken?.(tokens.length);
  }
  const last = tokens.at(-1);
  if (last) last.text += decoder.flush();
  return { tokens, text: tokens.map(({ text }) => text).join('') };
}
