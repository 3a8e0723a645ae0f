/**
 * The recipe as the form holds it: one text for each field, so that nothing that was typed is lost, right or wrong.
 * The address carries the texts that differ from the base recipe, under `t.<key>`; everything else here derives from them.
 */
import type { VocabularyChoice } from '../../data/corpus/choice';
import { fieldOf } from '../../model/config-schema';
import {
  type CorpusChoice,
  completeModel,
  type ModelKey,
  modelKeys,
  type Recipe,
  type RecipeProblem,
  recipeProblems,
  recipeVersion,
} from '../../train/recipe';
import { type RecipeKey, recipeDefaults, recipeField, recipeKeys } from '../../train/recipe-schema';

type DataKey =
  | 'corpus'
  | 'corpus.zhShare'
  | 'corpus.texts'
  | 'corpus.file'
  | 'vocabulary'
  | 'vocabulary.shipped'
  | 'vocabulary.size'
  | 'vocabulary.method'
  | 'samplePrompt';

export type FormKey = RecipeKey | `model.${ModelKey}` | DataKey;
export type FormTexts = Readonly<Record<FormKey, string>>;
/** Texts that differ from the base recipe. What the address holds may have keys that are none of the form's. */
export type FormChanges = Readonly<Record<string, string>>;

/** Where the form starts: a model of 0.2 M weights that learns to tell stories in a minute or two. */
export const baseRecipe: Recipe = {
  ...recipeDefaults,
  schemaVersion: recipeVersion,
  context: 64,
  batch: 16,
  steps: 300,
  optimizer: 'muon',
  learningRate: 0.01,
  warmup: 20,
  evaluateEvery: 25,
  heldOutTokens: 8192,
  probeEvery: 100,
  probeCount: 16,
  sampleEvery: 50,
  model: completeModel(
    {
      hidden_size: 64,
      num_hidden_layers: 3,
      num_attention_heads: 4,
      intermediate_size: 176,
      max_position_embeddings: 128,
      tie_word_embeddings: true,
      initializer_range: 0.04,
    },
    'the base recipe',
  ),
  corpus: { kind: 'storyworld', zhShare: 0 },
  vocabulary: { kind: 'bpe', size: 1024 },
  samplePrompt: 'On Tuesday, Paul',
};

export const corpusKinds = ['storyworld', 'texts', 'file'] as const satisfies readonly CorpusChoice['kind'][];
export const vocabularyKinds = [
  'shipped',
  'pruned',
  'characters',
  'bytes',
  'bpe',
] as const satisfies readonly VocabularyChoice['kind'][];

const baseTexts = textsOf(baseRecipe);

/** The texts of the whole form. */
export function formTexts(changes: FormChanges): FormTexts {
  const known = Object.entries(changes).filter(([key]) => Object.hasOwn(baseTexts, key));
  return { ...baseTexts, ...Object.fromEntries(known) };
}

/** The texts of a recipe; corpora and vocabularies that were not chosen keep the settings of the base. */
export function textsOf(recipe: Recipe): FormTexts {
  const { corpus, vocabulary, model } = recipe;
  return {
    ...(Object.fromEntries(recipeKeys.map((key) => [key, String(recipe[key])])) as Record<RecipeKey, string>),
    ...(Object.fromEntries(
      modelKeys.map((key) => [`model.${key}`, model[key] === null ? '' : String(model[key])]),
    ) as Record<`model.${ModelKey}`, string>),
    corpus: corpus.kind,
    'corpus.zhShare': corpus.kind === 'storyworld' ? String(corpus.zhShare) : '0',
    'corpus.texts': corpus.kind === 'texts' ? corpus.ids.join(',') : '',
    'corpus.file': corpus.kind === 'file' ? `${corpus.hash} ${corpus.name}` : '',
    vocabulary: vocabulary.kind,
    ...vocabularyTexts(vocabulary),
    samplePrompt: recipe.samplePrompt,
  };
}

/** A shipped tokenizer and a pruned one are of one model, and all sizes are one field: the choice between kinds keeps them. */
function vocabularyTexts(vocabulary: VocabularyChoice) {
  const pruned = vocabulary.kind === 'pruned' ? vocabulary : null;
  const sized = vocabulary.kind === 'bpe' ? vocabulary : pruned;
  return {
    'vocabulary.shipped': vocabulary.kind === 'shipped' ? vocabulary.id : (pruned?.from ?? 'story-nano'),
    'vocabulary.size': String(sized?.size ?? 1024),
    'vocabulary.method': pruned?.method ?? 'frequency',
  };
}

/** What of these texts the address must say. */
export function changesOf(texts: Partial<FormTexts>): FormChanges {
  return Object.fromEntries(Object.entries(texts).filter(([key, value]) => value !== baseTexts[key as FormKey]));
}

export interface FormReading {
  readonly texts: FormTexts;
  /** Holds what was typed where it cannot be read: use it only when there are no problems. */
  readonly recipe: Recipe;
  readonly problems: readonly RecipeProblem[];
}

/** Reads the form: the recipe, and a sentence for each field that does not fit. */
export function readForm(changes: FormChanges): FormReading {
  const texts = formTexts(changes);
  const recipe = {
    ...Object.fromEntries(recipeKeys.map((key) => [key, recipeValue(key, texts[key])])),
    schemaVersion: recipeVersion,
    model: Object.fromEntries(modelKeys.map((key) => [key, modelValue(key, texts[`model.${key}`])])),
    corpus: corpusOf(texts),
    vocabulary: vocabularyOf(texts),
    samplePrompt: texts.samplePrompt,
  } as unknown as Recipe;
  const problems = recipeProblems(recipe);
  return { texts, recipe: problems.length > 0 ? recipe : { ...recipe, model: followed(recipe) }, problems };
}

function followed({ model }: Recipe): Recipe['model'] {
  return completeModel(model, 'the form');
}

function recipeValue(key: RecipeKey, text: string): unknown {
  return recipeField(key).kind === 'choice' ? text : numberOr(text);
}

function modelValue(key: ModelKey, text: string): unknown {
  const { kind } = fieldOf(key);
  if (kind === 'choice') return text;
  if (kind === 'boolean') return text === 'true' || (text === 'false' ? false : text);
  return kind === 'optional-integer' && text.trim() === '' ? null : numberOr(text);
}

/** Text that is no number stays as it is, for the sentence to show. */
function numberOr(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function corpusOf(texts: FormTexts): unknown {
  switch (texts.corpus) {
    case 'storyworld':
      return { kind: 'storyworld', zhShare: numberOr(texts['corpus.zhShare']) };
    case 'texts':
      return { kind: 'texts', ids: texts['corpus.texts'].split(',').filter((id) => id !== '') };
    case 'file': {
      const [hash = '', ...name] = texts['corpus.file'].split(' ');
      return hash === '' ? { kind: 'file' } : { kind: 'file', hash, name: name.join(' ') };
    }
    default:
      return { kind: texts.corpus };
  }
}

function vocabularyOf(texts: FormTexts): unknown {
  switch (texts.vocabulary) {
    case 'shipped':
      return { kind: 'shipped', id: texts['vocabulary.shipped'] };
    case 'bpe':
      return { kind: 'bpe', size: numberOr(texts['vocabulary.size']) };
    case 'pruned':
      return {
        kind: 'pruned',
        from: texts['vocabulary.shipped'],
        size: numberOr(texts['vocabulary.size']),
        method: texts['vocabulary.method'],
      };
    default:
      return { kind: texts.vocabulary };
  }
}
