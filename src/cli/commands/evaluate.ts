/** `lab evaluate`: StoryWorld's probes and held-out loss of a model, with intervals and the floor. */
import { floorOf } from '../../data/corpus/floor';
import type { ProbeKind } from '../../data/storyworld';
import { answersOf, lossesOf, probeKinds, probesOf } from '../../lab/evaluation';
import { fittingDocuments, heldOutStories } from '../../lab/held-out-documents';
import { proportion } from '../../lab/statistics';
import { type Command, print } from '../command';
import { modelOptions, type OpenModel, openModel } from '../model';

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
    for (const kind of probeKinds) {
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

async function evaluateProbes(model: OpenModel, kind: ProbeKind, seed: number, n: number) {
  const right = (await answersOf(model, probesOf(kind, seed, n))) ?? [];
  return { model: model.name, probe: kind, ...proportion(right.filter(Boolean).length, n) };
}

async function evaluateHeldOut(model: OpenModel, seed: number, documents: number) {
  const { name, config, tokenizer } = model;
  const { fitting, left } = fittingDocuments(
    heldOutStories(seed, documents),
    [tokenizer],
    config.max_position_embeddings,
  );
  const losses = (await lossesOf(model, fitting)) ?? [];
  const { natsPerToken, bitsPerCharacter } = floorOf(losses);
  const floors = losses.map((loss, index) => ({ ...loss, nats: fitting[index]?.floorNats ?? Number.NaN }));
  return {
    model: name,
    documents: losses.length,
    left,
    natsPerToken: natsPerToken.value,
    bitsPerCharacter: bitsPerCharacter.value,
    floorBitsPerCharacter: floorOf(floors).bitsPerCharacter.value,
  };
}
