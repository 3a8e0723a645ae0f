/**
 * A run before its first step: text read, split and tokenised, vocabulary made, config complete, held-out windows laid out;
 * and the facts that follow. Nothing here touches a device.
 */
import { BatchStream, checkLength, HeldOutWindows } from '../data/batches';
import { type DataFiles, type PreparationControl, type PreparedData, prepareData } from '../data/corpus';
import { heldOutUnit } from '../data/corpus/choice';
import { log } from '../graph/exact-math';
import type { Weights } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { parameterCount } from '../model/names';
import { configOf, type Recipe } from '../train/recipe';
import type { StepCost } from '../train/trainer';
import type { RunFacts } from './run-record';
import type { RunSnapshot } from './run-snapshot';

export interface PreparedRun {
  readonly recipe: Recipe;
  /** Whole, with the vocabulary. */
  readonly config: ModelConfig;
  readonly data: PreparedData;
  readonly windows: HeldOutWindows;
  /** P of a prefix mask while training: a quarter of the context; 0 without the mask. */
  readonly prefixLength: number;
  /** Of a model to start from, which has this config; fresh ones unless given. */
  readonly weights?: Weights;
}

/**
 * Throws Stopped when `control` says so, or a sentence: a text that is missing, none, or too short for one batch. A run
 * that goes on from a snapshot takes its vocabulary from there, and refuses text that is not the text of its first steps.
 * `prepare` may remember data that several runs share.
 */
export async function prepareRun(
  recipe: Recipe,
  files: DataFiles,
  control: PreparationControl = {},
  snapshot: Pick<RunSnapshot, 'tokenizerJson' | 'dataHash'> | null = null,
  prepare: typeof prepareData = prepareData,
): Promise<PreparedRun> {
  const { corpus, split, seed, heldOutTokens, context, batch } = recipe;
  const pruned = recipe.vocabulary.kind === 'pruned';
  const data = await prepare(
    {
      corpus,
      split,
      // Pruned once more to the size that it has, a snapshot's vocabulary stays as it is.
      vocabulary: snapshot && !pruned ? { kind: 'shipped', id: 'the snapshot' } : recipe.vocabulary,
      seed,
      heldOutTokens,
    },
    snapshot ? { ...files, tokenizer: async () => snapshot.tokenizerJson } : files,
    control,
  );
  if (snapshot && snapshot.dataHash !== data.dataHash) {
    throw new Error(
      `The text is not the one this run was trained on (its tokens have the hash ${data.dataHash}, not ${snapshot.dataHash}): give the same text, or start a new run.`,
    );
  }
  checkLength(data.train.tokens, { batch, context });
  const { tokenizer } = data;
  const config = configOf(recipe, {
    size: tokenizer.vocabularySize,
    begin: tokenizer.special.begin,
    end: tokenizer.special.end,
  });
  const prefixLength = config.attention_mask === 'prefix' ? Math.floor(context / 4) : 0;
  const unit = heldOutUnit(recipe.vocabulary);
  const windows = new HeldOutWindows(data.heldOut, { context, limit: heldOutTokens, unit, prefixLength });
  return { recipe, config, data, windows, prefixLength };
}

/** The batches of a run from their beginning, or from a place. */
export function batchesOf({ recipe, data }: PreparedRun, snapshot: Pick<RunSnapshot, 'position'> | null): BatchStream {
  const { seed, order } = recipe;
  return new BatchStream(data.train, { seed, order, ...(snapshot && { position: snapshot.position }) });
}

export function factsOf({ config, data, windows }: PreparedRun, cost: StepCost, kernelsHash: string): RunFacts {
  const { floor } = data;
  return {
    parameters: parameterCount(config),
    vocabulary: config.vocab_size,
    dataHash: data.dataHash,
    kernelsHash,
    trainingTokens: data.train.tokens,
    heldOutTokens: windows.tokens,
    freshLoss: log(config.vocab_size),
    floor: floor && { nats: floor.natsPerToken.value, bitsPerCharacter: floor.bitsPerCharacter.value },
    cost,
  };
}
