/**
 * A training recipe: the model's config, the data, the vocabulary and every number of the run. Reading one checks it all
 * and answers with a sentence for each problem. Recipe files carry a schema version; a newer one is refused.
 */
import { prunedProblem, type CorpusChoice as TextChoice, type VocabularyChoice } from '../data/corpus/choice';
import { type ConfigProblem, completeConfig, configProblems, type ModelConfig } from '../model/config';
import { configKeys } from '../model/config-schema';
import { shortJson } from '../model/short-json';
import {
  type RecipeField,
  type RecipeKey,
  type RecipeValues,
  recipeDefaults,
  recipeField,
  recipeKeys,
} from './recipe-schema';

/** Raised when a recipe of this version could not be read as one of the version before. */
export const recipeVersion = 1;

/** Where the text comes from. A file of the user's is kept beside the run; `hash` names its content. */
export type CorpusChoice =
  | Exclude<TextChoice, { kind: 'file' }>
  | (Extract<TextChoice, { kind: 'file' }> & { readonly hash: string });

/** The model without its vocabulary, which the tokenizer decides. */
export type ModelChoice = Omit<ModelConfig, 'vocab_size' | 'bos_token_id' | 'eos_token_id'>;

export interface Recipe extends RecipeValues {
  readonly schemaVersion: number;
  readonly model: ModelChoice;
  readonly corpus: CorpusChoice;
  readonly vocabulary: VocabularyChoice;
  /** Start of every sample of text. */
  readonly samplePrompt: string;
}

/** Something wrong with one field of a recipe. `model.` stands before the keys of the model. */
export interface RecipeProblem {
  readonly key: string;
  readonly sentence: string;
}

export class RecipeError extends Error {
  override readonly name = 'RecipeError';

  constructor(
    readonly source: string,
    readonly problems: readonly [RecipeProblem, ...RecipeProblem[]],
  ) {
    super(`${source}: ${problems[0].sentence}`);
  }
}

/** Model keys that the tokenizer decides. */
const decided: ReadonlySet<string> = new Set(['vocab_size', 'bos_token_id', 'eos_token_id']);

export type ModelKey = keyof ModelChoice;

/** The keys of a recipe's model, in the order of the schema. */
export const modelKeys = configKeys.filter((key): key is ModelKey => !decided.has(key));

/**
 * Reads the value of a recipe file; `source` names it in errors. Fields that are left out take their default. Throws
 * RecipeError with every problem found.
 */
export function parseRecipe(json: unknown, source: string): Recipe {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new RecipeError(source, [
      {
        key: '',
        sentence: `The recipe is ${shortJson(json)}: give an object with schemaVersion, model, corpus and vocabulary.`,
      },
    ]);
  }
  const given = json as Record<string, unknown>;
  const version = given.schemaVersion;
  if (version !== recipeVersion) {
    const sentence =
      typeof version === 'number' && version > recipeVersion
        ? `The recipe is of version ${version}, made by a newer page; this page reads version ${recipeVersion}. Reload the page to get the newest.`
        : `schemaVersion is ${shortJson(version)}: give ${recipeVersion}.`;
    throw new RecipeError(source, [{ key: 'schemaVersion', sentence }]);
  }
  // In the order of the form, whatever the file's: the recipe stands in the checkpoint, whose bytes people compare.
  const { model, corpus, vocabulary } = given;
  const choices = { schemaVersion: version, model, corpus, vocabulary, samplePrompt: '' };
  const merged = { ...recipeDefaults, ...choices, ...given } as unknown as Recipe;
  const problems = [
    ...Object.keys(given)
      .filter((key) => !isTopKey(key))
      .map((key) => ({ key, sentence: `${key} is not a field of a recipe: remove it, or look for a misspelling.` })),
    ...recipeProblems(merged),
  ];
  const [first, ...rest] = problems;
  if (first) throw new RecipeError(source, [first, ...rest]);
  return { ...merged, model: completeModel(merged.model, source) };
}

/** A model from the keys that are given and the defaults of the rest. Throws ConfigError when values are wrong or disagree. */
export function completeModel(model: Partial<ModelChoice>, source: string): ModelChoice {
  const {
    vocab_size: _,
    bos_token_id: __,
    eos_token_id: ___,
    ...rest
  } = completeConfig({ ...model, vocab_size: 1 }, source);
  return rest;
}

/** Every problem of a recipe's values: what the form shows beside its fields. */
export function recipeProblems(recipe: Recipe): RecipeProblem[] {
  return [
    ...recipeKeys.flatMap((key) => valueProblem(key, recipe[key])),
    ...corpusProblems(recipe.corpus),
    ...vocabularyProblems(recipe.vocabulary),
    ...modelProblems(recipe),
    ...disagreements(recipe),
  ];
}

/** The whole config of the model once the tokenizer is known. Ids are null where the vocabulary has no such token. */
export function configOf(
  recipe: Recipe,
  vocabulary: { readonly size: number; readonly begin: number | null; readonly end: number | null },
): ModelConfig {
  return {
    ...recipe.model,
    vocab_size: vocabulary.size,
    bos_token_id: vocabulary.begin,
    eos_token_id: vocabulary.end,
  };
}

/** What a recipe field may hold, to follow "choose" in a sentence. */
export function recipeChoicesText(field: RecipeField): string {
  if (field.kind === 'choice') return `${field.choices.slice(0, -1).join(', ')} or ${field.choices.at(-1)}`;
  return `a ${field.kind === 'integer' ? 'whole ' : ''}number from ${field.minimum} to ${field.maximum}`;
}

function isTopKey(key: string): boolean {
  return (
    ['schemaVersion', 'model', 'corpus', 'vocabulary', 'samplePrompt'].includes(key) ||
    recipeKeys.includes(key as RecipeKey)
  );
}

function valueProblem(key: RecipeKey, value: unknown): RecipeProblem[] {
  const field = recipeField(key);
  const fits =
    field.kind === 'choice'
      ? typeof value === 'string' && field.choices.includes(value)
      : typeof value === 'number' &&
        value >= field.minimum &&
        value <= field.maximum &&
        (field.kind === 'number' || Number.isInteger(value));
  return fits ? [] : [{ key, sentence: `${key} is ${shortJson(value)}: choose ${recipeChoicesText(field)}.` }];
}

function corpusProblems(corpus: unknown): RecipeProblem[] {
  const problem = (sentence: string): RecipeProblem[] => [{ key: 'corpus', sentence }];
  const { kind, zhShare, ids, name, hash } = (corpus ?? {}) as Record<string, unknown>;
  switch (kind) {
    case 'storyworld':
      return typeof zhShare === 'number' && zhShare >= 0 && zhShare <= 1
        ? []
        : problem(`corpus.zhShare is ${shortJson(zhShare)}: choose a number from 0 (English) to 1 (Chinese).`);
    case 'texts':
      return Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === 'string')
        ? []
        : problem(`corpus.ids is ${shortJson(ids)}: name at least one text.`);
    case 'file':
      return typeof name === 'string' && typeof hash === 'string'
        ? []
        : problem(`corpus is ${shortJson(corpus)}: a file needs its name and hash.`);
    default:
      return problem(`corpus is ${shortJson(corpus)}: choose a kind of storyworld, texts or file.`);
  }
}

function vocabularyProblems(vocabulary: unknown): RecipeProblem[] {
  const problem = (sentence: string): RecipeProblem[] => [{ key: 'vocabulary', sentence }];
  const { kind, id, size } = (vocabulary ?? {}) as Record<string, unknown>;
  switch (kind) {
    case 'characters':
    case 'bytes':
      return [];
    case 'shipped':
      return typeof id === 'string' ? [] : problem(`vocabulary.id is ${shortJson(id)}: name a shipped model.`);
    case 'bpe':
      return typeof size === 'number' && Number.isInteger(size) && size >= 256 && size <= 8192
        ? []
        : problem(`vocabulary.size is ${shortJson(size)}: choose a whole number from 256 to 8192.`);
    case 'pruned': {
      const wrong = prunedProblem(vocabulary as Readonly<Record<string, unknown>>);
      return wrong === null ? [] : problem(wrong);
    }
    default:
      return problem(
        `vocabulary is ${shortJson(vocabulary)}: choose a kind of shipped, characters, bytes, bpe or pruned.`,
      );
  }
}

function modelProblems({ model }: Recipe): RecipeProblem[] {
  if (typeof model !== 'object' || model === null) {
    return [{ key: 'model', sentence: `model is ${shortJson(model)}: give an object with the keys of config.json.` }];
  }
  const unknown = Object.keys(model).filter((key) => !(modelKeys as readonly string[]).includes(key));
  const problems: readonly ConfigProblem[] = [
    ...unknown.map((key) => ({
      key,
      sentence: decided.has(key)
        ? `${key} is given, but the vocabulary decides it: remove it.`
        : `${key} is not a key of a model: remove it, or look for a misspelling.`,
    })),
    ...configProblems({ ...model, vocab_size: 1 }),
  ];
  return problems.map(({ key, sentence }) => ({ key: `model.${key}`, sentence: `model.${sentence}` }));
}

function disagreements({ batch, context, model, warmup, steps }: Recipe): RecipeProblem[] {
  const problems: RecipeProblem[] = [];
  const longest = model?.max_position_embeddings;
  if (typeof longest === 'number' && context > longest) {
    problems.push({
      key: 'context',
      sentence: `context is ${context}, but the model has ${longest} positions: lower the context, or raise max_position_embeddings.`,
    });
  }
  const unequal = model ? unequalShares(batch, context, model) : null;
  if (unequal !== null) problems.push({ key: 'batch', sentence: `batch is ${batch}: ${unequal}` });
  if (warmup > steps) {
    problems.push({
      key: 'warmup',
      sentence: `warmup is ${warmup}, but the run has ${steps} steps: choose at most ${steps}.`,
    });
  }
  return problems;
}

/** Why CPM-2's gate cannot send as many tokens of a batch to each expert as to the others, and what can be done; null where it can. */
export function unequalShares(batch: number, context: number, model: ModelChoice): string | null {
  const { num_experts: experts, expert_gate: gate } = model;
  if (!(experts > 1) || gate !== 'cpm-2' || (batch * context) % experts === 0) return null;
  const unit = experts / commonDivisor(experts, context);
  const below = Math.floor(batch / unit) * unit;
  const near = below > 0 ? `${below} or ${below + unit}` : unit;
  const rows = batch === 1 ? '1 row' : `${batch} rows`;
  return `${rows} of ${context} tokens cannot be shared equally by ${experts} experts: choose a batch of ${near}.`;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
