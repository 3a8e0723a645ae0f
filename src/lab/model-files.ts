/** A trained model as the three files of a model folder, with the recipe in the metadata of the weights. */
import { writeCheckpoint } from '../model/checkpoint';
import type { ModelConfig } from '../model/config';
import { configJson } from '../model/config-file';
import { readSafetensors, writeSafetensors } from '../model/safetensors';
import { Tokenizer } from '../tokenizer/tokenizer';
import { namedWeights } from '../train/flat-weights';
import { planTraining } from '../train/plan';
import { configOf, type Recipe } from '../train/recipe';
import type { RunSnapshot } from './run-snapshot';

export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface TrainedModel {
  readonly recipe: Recipe;
  readonly config: ModelConfig;
  readonly tokenizerJson: unknown;
  /** By the checkpoint's names. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** Weights in F32, so that nothing of what was learned is rounded. Throws CheckpointError when one is not finite. */
export function modelFiles({ recipe, config, tokenizerJson, weights }: TrainedModel): ModelFile[] {
  const { tensors, metadata } = readSafetensors(writeCheckpoint(config, weights, 'F32'), 'model.safetensors');
  return [
    { name: 'config.json', bytes: jsonBytes(configJson(config)) },
    {
      name: 'model.safetensors',
      bytes: writeSafetensors(tensors, { ...metadata, recipe: JSON.stringify(recipe) }),
    },
    { name: 'tokenizer.json', bytes: jsonBytes(tokenizerJson) },
  ];
}

/** The model that a snapshot holds. */
export function modelOf(recipe: Recipe, snapshot: RunSnapshot): TrainedModel {
  const { vocabularySize, special } = Tokenizer.parse(snapshot.tokenizerJson, 'the tokenizer of the run');
  const config = configOf(recipe, { size: vocabularySize, begin: special.begin, end: special.end });
  const { layout } = planTraining(config, recipe);
  if (snapshot.state.parameters.length !== layout.size) {
    throw new Error(
      `The snapshot holds ${snapshot.state.parameters.length} numbers, this recipe needs ${layout.size}: it was made by another version, train the run again.`,
    );
  }
  return {
    recipe,
    config,
    tokenizerJson: snapshot.tokenizerJson,
    weights: namedWeights(layout, snapshot.state.parameters),
  };
}

function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
