/** `lab generate`: writes text, as the Generate panel does. */
import { TextSession } from '../../lab/text-session';
import { type Command, print } from '../command';
import { modelOptions, openModel } from '../model';

export const generateCommand: Command = {
  summary: 'writes text from a prompt',
  options: {
    ...modelOptions,
    prompt: { value: '<text>', about: 'how the text begins', default: '' },
    tokens: { value: '<n>', about: 'tokens to write at most', default: '64' },
    temperature: { value: '<t>', about: '0 is greedy', default: '0.8' },
    'top-k': { value: '<k>', about: 'most likely tokens to choose from; 0 is all', default: '40' },
    'top-p': { value: '<p>', about: 'smallest set with this probability; 1 is all', default: '0.95' },
    seed: { value: '<n>', about: 'same seed, same text', default: '1' },
    json: { value: '', about: 'one JSON object' },
  },
  async run(options) {
    const settings = {
      temperature: options.number('temperature', 0, 100),
      topK: options.integer('top-k', 0, 1_000_000),
      topP: options.number('top-p', 0, 1),
      seed: options.integer('seed', 0, 2 ** 32 - 1),
    };
    const length = options.integer('tokens', 1, 1_000_000);
    const { runtime, tokenizer, name, backend, adapter, storage, config } = await openModel(options);
    const session = new TextSession(runtime, tokenizer);
    const prompt = session.prepare(options.text('prompt'), length);
    session.begin(prompt);
    const writing = session.write(length, settings);
    let next = await writing.next();
    while (!next.done) next = await writing.next();
    const written = next.value;
    const ids = session.ids.slice(prompt.ids.length);
    const text = tokenizer.decode(ids);
    const result = {
      model: name,
      prompt: options.text('prompt'),
      text,
      ids,
      promptIds: prompt.ids,
      promptTokensDropped: prompt.dropped,
      reason: written.reason,
      tokensPerSecond: written.tokensPerSecond,
      firstTokenMs: written.firstTokenMs,
      ...settings,
      backend,
      adapter,
      weights: storage,
      context: config.max_position_embeddings,
      dispatchesPerToken: runtime.tokenCounts.dispatches,
      submitsPerToken: runtime.tokenCounts.submits,
    };
    print(options.flag('json'), result, () => `${options.text('prompt')}${text}\n\n${summary(result)}`);
  },
};

function summary(result: {
  adapter: string;
  ids: readonly number[];
  tokensPerSecond: number | null;
  firstTokenMs: number;
}) {
  const speed = result.tokensPerSecond === null ? '' : `, ${result.tokensPerSecond.toFixed(1)} tokens/s`;
  return `${result.ids.length} tokens on ${result.adapter}: first after ${result.firstTokenMs.toFixed(0)} ms${speed}`;
}
