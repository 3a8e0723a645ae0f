/**
 * A recipe as a flat list of fields, and what differs among several. `model.` stands before the keys of the model;
 * the data and the vocabulary are one field each, said in words.
 */

import type { VocabularyChoice } from '../data/corpus/choice';
import { headSize, kvHeads, type ModelConfig } from '../model/config';
import { type CorpusChoice, type ModelKey, modelKeys, type Recipe } from '../train/recipe';
import { recipeKeys } from '../train/recipe-schema';

export type FieldValue = string | number | boolean | null;

export interface DifferingField {
  /** `learningRate`, `model.hidden_size`, `corpus`, `vocabulary`, `vocabulary.method`, `samplePrompt`. */
  readonly key: string;
  /** In the order of the recipes. */
  readonly values: readonly FieldValue[];
}

/** The fields in which the recipes are not all alike, in the order of the tables; empty for fewer than two. */
export function differingFields(recipes: readonly Recipe[]): DifferingField[] {
  const [first, ...others] = recipes.map(fieldsOf);
  if (!first) return [];
  return [...first]
    .map(([key, value]) => ({ key, values: [value, ...others.map((fields) => fields.get(key) ?? null)] }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

/** `StoryWorld, 50 % Chinese`, `moby-dick + state-of-the-union`, `notes.txt`. */
export function corpusText(corpus: CorpusChoice): string {
  switch (corpus.kind) {
    case 'storyworld':
      if (corpus.zhShare === 0) return 'StoryWorld, English';
      return corpus.zhShare === 1 ? 'StoryWorld, Chinese' : `StoryWorld, ${Math.round(corpus.zhShare * 100)} % Chinese`;
    case 'texts':
      return corpus.ids.join(' + ');
    case 'file':
      return corpus.name;
    default:
      return corpus satisfies never;
  }
}

/** `characters`, `bytes`, `BPE 1024`, `of story-nano`, `of story-nano pruned to 512, frequency`. */
export function vocabularyText(vocabulary: VocabularyChoice): string {
  const pieces = piecesText(vocabulary);
  return vocabulary.kind === 'pruned' ? `${pieces}, ${vocabulary.method}` : pieces;
}

/** Without the way a tokenizer was pruned, which is a field of its own. */
function piecesText(vocabulary: VocabularyChoice): string {
  switch (vocabulary.kind) {
    case 'characters':
    case 'bytes':
      return vocabulary.kind;
    case 'bpe':
      return `BPE ${vocabulary.size}`;
    case 'shipped':
      return `of ${vocabulary.id}`;
    case 'pruned':
      return `of ${vocabulary.from} pruned to ${vocabulary.size}`;
    default:
      return vocabulary satisfies never;
  }
}

function fieldsOf(recipe: Recipe): Map<string, FieldValue> {
  const model = { ...recipe.model, vocab_size: 1, bos_token_id: null, eos_token_id: null } satisfies ModelConfig;
  // Two files of one name are two texts: the hash tells them apart.
  const corpus =
    corpusText(recipe.corpus) + (recipe.corpus.kind === 'file' ? ` (${recipe.corpus.hash.slice(0, 8)})` : '');
  return new Map<string, FieldValue>([
    ['corpus', corpus],
    ['vocabulary', piecesText(recipe.vocabulary)],
    ['vocabulary.method', recipe.vocabulary.kind === 'pruned' ? recipe.vocabulary.method : null],
    ...modelKeys.map((key): [string, FieldValue] => [`model.${key}`, stated(model, key)]),
    ...recipeKeys.map((key): [string, FieldValue] => [key, recipe[key]]),
    ['samplePrompt', recipe.samplePrompt],
  ]);
}

/** Sizes that follow from others, as the number they come to. */
function stated(model: ModelConfig, key: ModelKey): FieldValue {
  if (key === 'head_dim') return headSize(model);
  return key === 'num_key_value_heads' ? kvHeads(model) : model[key];
}
