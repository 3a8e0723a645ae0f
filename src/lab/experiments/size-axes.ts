/** Axes of a model's size: PanGu-π Pro's depth, width, expansion and vocabulary, and what goes with them. */
import { type PruningMethod, pruningMethods } from '../../data/corpus/choice';
import { type AxisRow, headSizeOf, kvHeadsOf, modelAxis, plain, recipeAxis, vocabularyOf, withModel } from './axis';
import { ffnWidth, headsFor, withWidth } from './sizes';

const pro = 'PanGu-π Pro, arXiv 2402.02791';

export const sizeAxes = {
  depth: modelAxis('num_hidden_layers', {
    meaning: 'How many layers are stacked.',
    source: `${pro}, Table 2`,
    changesParameters: true,
  }),
  width: {
    ...plain({
      meaning: 'Width of the vector that carries a token; head size, expansion and the share of the shortcut stay.',
      source: `${pro}, Table 2`,
      stage: 0,
      changesParameters: true,
    }),
    values: { kind: 'integer', minimum: 2, maximum: 65_536, multiple: 8 },
    decides: ['model.hidden_size'],
    follows: ['num_attention_heads', 'num_key_value_heads', 'head_dim', 'intermediate_size', 'shortcut_size'].map(
      (key) => `model.${key}`,
    ),
    read: ({ model }) => model.hidden_size,
    write: (recipe, value: number) =>
      value === recipe.model.hidden_size
        ? recipe
        : withModel(withWidth(recipe, value), { num_attention_heads: headsFor(recipe, value) }),
  },
  heads: {
    ...plain({
      meaning: 'How many heads look at the context side by side, at the same width: more heads are smaller.',
      source: `${pro}, Table 12`,
      changesParameters: true,
    }),
    values: { kind: 'integer', minimum: 1, maximum: 1024 },
    decides: ['model.num_attention_heads'],
    follows: ['model.head_dim', 'model.num_key_value_heads'],
    read: ({ model }) => model.num_attention_heads,
    write: (recipe, value: number) => withModel(recipe, { num_attention_heads: value, head_dim: null }),
    problem: ({ model: { hidden_size: C } }, value: number) =>
      C % (2 * value) === 0
        ? null
        : `${value} heads do not divide a width of ${C} into even sizes: choose ${either(divisors(C / 2), value)}.`,
  },
  kvHeads: {
    ...modelAxis('num_key_value_heads', {
      meaning: 'How many heads of keys and values the query heads share; fewer make the KV cache smaller.',
      source: `${pro}, Table 10`,
      changesParameters: true,
    }),
    read: kvHeadsOf,
  },
  headSize: {
    ...plain({
      meaning: 'Size of one head at the same width: smaller heads are more heads.',
      source: `${pro}, Table 12`,
      changesParameters: true,
    }),
    values: { kind: 'integer', minimum: 2, maximum: 4096 },
    decides: ['model.num_attention_heads'],
    follows: ['model.head_dim', 'model.num_key_value_heads'],
    read: headSizeOf,
    write: (recipe, value: number) =>
      withModel(recipe, { num_attention_heads: recipe.model.hidden_size / value, head_dim: null }),
    problem: ({ model: { hidden_size: C } }, value: number) => {
      if (C % value === 0 && value % 2 === 0) return null;
      const sizes = either(
        divisors(C).filter((size) => size % 2 === 0),
        value,
      );
      return `A head of size ${value} does not divide a width of ${C} into even sizes: choose ${sizes}.`;
    },
  },
  expansion: {
    ...plain({
      meaning: 'How many times the width the feed-forward network is wide inside.',
      source: `${pro}, Table 3`,
      changesParameters: true,
    }),
    values: { kind: 'number', minimum: 0.125, maximum: 32 },
    decides: ['model.intermediate_size'],
    read: ({ model }) => model.intermediate_size / model.hidden_size,
    write: (recipe, value: number) =>
      withModel(recipe, { intermediate_size: ffnWidth(value * recipe.model.hidden_size) }),
  },
  vocabulary: {
    ...plain({
      meaning: 'How many pieces the tokenizer has: trained on the text before the run, or pruned to so many.',
      source: `${pro}, Table 1`,
      changesParameters: true,
    }),
    values: { kind: 'integer', minimum: 256, maximum: 8192 },
    decides: ['vocabulary'],
    read: vocabularyOf,
    write: (recipe, size: number) => {
      const { vocabulary } = recipe;
      return { ...recipe, vocabulary: vocabulary.kind === 'pruned' ? { ...vocabulary, size } : { kind: 'bpe', size } };
    },
  },
  pruning: {
    ...plain({
      meaning:
        'Which pieces of a pruned tokenizer stay: the most frequent, or the most frequent with all pieces that they are merged from.',
    }),
    values: { kind: 'choice', choices: pruningMethods },
    decides: ['vocabulary.method'],
    read: ({ vocabulary }) => (vocabulary.kind === 'pruned' ? vocabulary.method : 'none'),
    write: (recipe, method: PruningMethod) =>
      recipe.vocabulary.kind === 'pruned' ? { ...recipe, vocabulary: { ...recipe.vocabulary, method } } : recipe,
    problem: ({ vocabulary }) =>
      vocabulary.kind === 'pruned'
        ? null
        : `pruning is varied, but the vocabulary is of the kind ${vocabulary.kind}: choose a pruned one.`,
  },
  context: {
    ...recipeAxis('context', {
      meaning: 'How many tokens a row of a batch holds, and so how far back the model learns to look.',
      changesParameters: true,
    }),
    follows: ['model.max_position_embeddings'],
    write: (recipe, value: number) =>
      withModel(
        { ...recipe, context: value },
        { max_position_embeddings: Math.max(recipe.model.max_position_embeddings, value) },
      ),
  },
  tiedHead: modelAxis('tie_word_embeddings', {
    meaning: 'Whether the head reuses the embedding table, which saves its parameters.',
    changesParameters: true,
  }),
} satisfies Readonly<Record<string, AxisRow>>;

/** Ascending. */
function divisors(whole: number): number[] {
  return Array.from({ length: Math.floor(whole) }, (_, index) => index + 1).filter((size) => whole % size === 0);
}

/** The two of the sizes that lie around the one that does not do. */
function either(sizes: readonly number[], wanted: number): string {
  const around = [sizes.findLast((size) => size < wanted), sizes.find((size) => size > wanted)];
  return around.filter((size) => size !== undefined).join(' or ') || 'another width';
}
