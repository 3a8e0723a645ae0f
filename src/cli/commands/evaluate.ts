/** `lab evaluate`: StoryWorld's probes and held-out loss of a model, with intervals and the floor. */
import { type ProbeKind, probe, storyDocument } from '../../data/storyworld';
import { answerProbe, lossOf } from '../../lab/score';
import { proportion } from '../../lab/statistics';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { type Command, print } from '../command';
import { modelOptions, type OpenModel, openModel } from '../model';

const kinds = ['recall', 'ending', 'reading-zh', 'counting', 'translation'] as const satisfies readonly ProbeKind[];
const evenMixture = { zh: 0.5 };

export const evaluateCommand: Command = {
  summary: "measures StoryWorld's probes and held-out loss",
  options: {
    ...modelOptions,
    probes: { value: '<n>', about: 'probes of each kind', default: '100' },
    documents: { value: '<n>', about: 'held-out documents', default: '50' },
    seed: { value: '<n>', about: 'which probes and documents', default: '1' },
    json: { value: '', about: 'a JSON line a kind of probe, one for the held-out loss' },
  },
  async run(options) {
    const model = await openModel(options);
    const seed = options.integer('seed', 0, 2 ** 32 - 1);
    const json = options.flag('json');
    for (const kind of kinds) {
      const result = await evaluateProbes(model, kind, seed, options.integer('probes', 1, 100_000));
      const [low, high] = result.interval.map((value) => (100 * value).toFixed(1));
      print(
        json,
        result,
        () => `${kind.padEnd(12)} ${(100 * result.share).toFixed(1)} % (${low}–${high}, n = ${result.n})`,
      );
    }
    const heldOut = await evaluateHeldOut(model, seed, options.integer('documents', 1, 100_000));
    print(json, heldOut, () =>
      [
        `held-out loss ${heldOut.natsPerToken.toFixed(4)} nats/token, ${heldOut.bitsPerCharacter.toFixed(4)} bits/character`,
        `floor ${heldOut.floorBitsPerCharacter.toFixed(4)} bits/character over ${heldOut.documents} documents, ${heldOut.left} too long for the context`,
      ].join('\n'),
    );
  },
};

async function evaluateProbes({ runtime, tokenizer, name }: OpenModel, kind: ProbeKind, seed: number, n: number) {
  let right = 0;
  for (let index = 0; index < n; index++) {
    const question = probe(kind, seed, index);
    const { best } = await answerProbe(runtime, tokenizer, question);
    if (best === question.answer) right += 1;
  }
  return { model: name, probe: kind, ...proportion(right, n) };
}

async function evaluateHeldOut({ runtime, tokenizer, name, config }: OpenModel, seed: number, documents: number) {
  const sums = { nats: 0, floor: 0, characters: 0, tokens: 0, documents: 0, left: 0 };
  for (let index = 0; index < documents; index++) {
    const document = storyDocument(seed, index, evenMixture, 'held-out');
    const ids = documentIds(tokenizer, document.text);
    if (ids.length > config.max_position_embeddings) {
      sums.left += 1;
      continue;
    }
    sums.nats += await lossOf(runtime, ids, 1);
    sums.floor -= document.logProbability;
    sums.characters += [...document.text].length;
    sums.tokens += ids.length - 1;
    sums.documents += 1;
  }
  return {
    model: name,
    documents: sums.documents,
    left: sums.left,
    natsPerToken: sums.nats / sums.tokens,
    bitsPerCharacter: sums.nats / Math.LN2 / sums.characters,
    floorBitsPerCharacter: sums.floor / Math.LN2 / sums.characters,
  };
}

/** A document as the model was trained on it: begin, text, end. */
function documentIds(tokenizer: Tokenizer, text: string): number[] {
  const { end } = tokenizer.special;
  return [...tokenizer.encode(text, { begin: true }), ...(end === null ? [] : [end])];
}
