/** `lab logits`: all logits of the last position of a list of ids. */
import { type Command, print, UsageError } from '../command';
import { modelOptions, openIds } from '../model';

export const logitsCommand: Command = {
  summary: 'prints the logits after a list of token ids',
  options: {
    ...modelOptions,
    ids: { value: '<1,2,3>', about: 'token ids, exactly as the model reads them' },
    json: { value: '', about: 'one JSON object' },
  },
  async run(options) {
    const { runtime, config, name, backend, adapter, storage } = await openIds(options);
    const ids = readIds(options.text('ids'), config.vocab_size, config.max_position_embeddings);
    await runtime.start(ids);
    const logits = Array.from(await runtime.logits());
    const result = { model: name, ids, logits, backend, adapter, weights: storage };
    print(options.flag('json'), result, () => {
      const best = logits.map((logit, id) => ({ id, logit })).sort((a, b) => b.logit - a.logit);
      return best
        .slice(0, 10)
        .map(({ id, logit }) => `${String(id).padStart(6)} ${logit.toFixed(4)}`)
        .join('\n');
    });
  },
};

function readIds(text: string, vocabulary: number, context: number): number[] {
  const ids = text.split(',').map((part) => {
    const id = Number(part);
    if (part.trim() === '' || !Number.isInteger(id) || id < 0 || id >= vocabulary) {
      throw new UsageError(
        `--ids holds "${part}": give whole numbers from 0 to ${vocabulary - 1}, separated by commas.`,
      );
    }
    return id;
  });
  if (ids.length > context) throw new UsageError(`--ids holds ${ids.length} ids; this model's context is ${context}.`);
  return ids;
}
