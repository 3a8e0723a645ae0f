/** What a model that is being trained writes: always from the same prompt with the same seed, so that samples compare. */
import type { Runtime } from '../model/runtime';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { TextSession } from './text-session';

const settings = { temperature: 0.8, topK: 40, topP: 0.95, seed: 1 } as const;

export interface SampleOptions {
  readonly prompt: string;
  /** Begins the text where prompt and vocabulary give nothing to begin with. */
  readonly firstId: number;
  readonly length: number;
}

/** The prompt with what follows it; less than `length` tokens when the model ends the text or `stopped` says so. */
export async function writeSample(
  runtime: Runtime,
  tokenizer: Tokenizer,
  { prompt, firstId, length }: SampleOptions,
  stopped: () => boolean,
): Promise<string> {
  const session = new TextSession(runtime, tokenizer);
  const prepared = session.prepare(prompt, length);
  session.begin(prepared.ids.length > 0 ? prepared : { ids: [firstId], dropped: 0 });
  const writing = session.write(length, settings, stopped);
  while (!(await writing.next()).done);
  return tokenizer.decode(session.ids);
}
