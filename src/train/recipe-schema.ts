/**
 * Every field of a training recipe: one table that drives validation, the controls of the Train panel, the URL, what
 * differs between two runs, and the recipe file. The model's own fields are in `src/model/config-schema.ts`.
 *
 * Units: learning rates per step, lengths in steps or tokens as said.
 */

export type RecipeGroup = 'data' | 'length' | 'optimiser' | 'schedule' | 'regularisation' | 'watching';

interface NumberField {
  readonly kind: 'integer' | 'number';
  readonly group: RecipeGroup;
  readonly minimum: number;
  readonly maximum: number;
  readonly default: number;
  readonly meaning: string;
  /** May be changed while the run goes on. */
  readonly live?: boolean;
}

interface ChoiceField<T extends string = string> {
  readonly kind: 'choice';
  readonly group: RecipeGroup;
  readonly choices: readonly T[];
  readonly default: T;
  readonly meaning: string;
  readonly live?: boolean;
}

export type RecipeField = NumberField | ChoiceField;

export const recipeFields = {
  order: choice('data', ['random', 'stream'], 'Rows start anywhere in the text, or follow each other through it.'),
  split: choice('data', ['hash', 'tail'], 'Held out is a share of the documents, or the last tenth of the text.'),
  context: integer('data', 4, 4096, 128, 'Tokens in one row of a batch.'),
  batch: { ...integer('data', 1, 1024, 16, 'Rows in one batch.'), live: true },
  accumulation: integer('data', 1, 64, 1, 'Batches whose gradients are summed before one update.'),
  steps: integer('length', 1, 1_000_000, 500, 'Updates of the weights.'),
  seed: integer('length', 0, 4_294_967_295, 1, 'Decides the fresh weights, the order of the data and the dropout.'),
  optimizer: choice('optimiser', ['adamw', 'sgd', 'muon'], 'How gradients become updates.'),
  learningRate: { ...number('optimiser', 0, 100, 1e-3, 'The highest learning rate of the schedule.'), live: true },
  beta1: number('optimiser', 0, 0.9999, 0.9, 'AdamW: memory of the mean gradient.'),
  beta2: number('optimiser', 0, 0.99999, 0.95, 'AdamW: memory of the squared gradient.'),
  epsilon: number('optimiser', 1e-12, 1, 1e-8, 'AdamW: what keeps the division finite.'),
  momentum: number('optimiser', 0, 0.9999, 0.9, 'SGD: memory of the gradient. Muon always takes 0.95.'),
  schedule: choice(
    'schedule',
    ['cosine', 'constant', 'linear', 'wsd'],
    'How the learning rate falls after the warm-up.',
  ),
  warmup: integer('schedule', 0, 100_000, 20, 'Steps over which the learning rate rises from 0.'),
  finalShare: number('schedule', 0, 1, 0.1, 'Learning rate of the last step as a share of the highest.'),
  decayShare: number('schedule', 0, 1, 0.2, 'WSD: share of all steps over which the learning rate falls at the end.'),
  weightDecay: {
    ...number('regularisation', 0, 10, 0.1, 'Decoupled decay of matrices; norms and biases never decay.'),
    live: true,
  },
  clip: number('regularisation', 0, 1000, 1, 'Largest gradient norm; longer gradients are scaled down. 0 is off.'),
  dropout: number('regularisation', 0, 0.9, 0, 'Share of each sub-layer’s output that is set to 0 while training.'),
  evaluateEvery: integer('watching', 1, 100_000, 50, 'Steps between two looks at the held-out text.'),
  heldOutTokens: integer(
    'watching',
    64,
    4_000_000,
    16_384,
    'Held-out tokens that are scored, at most; characters with a pruned vocabulary.',
  ),
  probeEvery: integer('watching', 0, 100_000, 0, 'Steps between two rounds of probes; 0 is never. StoryWorld only.'),
  probeCount: integer('watching', 4, 1000, 32, 'Questions of each kind in a round.'),
  sampleEvery: integer('watching', 0, 100_000, 100, 'Steps between two samples of text; 0 is never.'),
  sampleTokens: integer('watching', 1, 1024, 48, 'Tokens of a sample.'),
  snapshotEvery: integer('watching', 1, 100_000, 50, 'Steps between two snapshots to go on from.'),
} as const satisfies Readonly<Record<string, RecipeField>>;

export type RecipeKey = keyof typeof recipeFields;

type Value<F> = F extends ChoiceField<infer T> ? T : number;

/** The plain values of a recipe: what the table above lists. */
export type RecipeValues = { readonly [K in RecipeKey]: Value<(typeof recipeFields)[K]> };

export const recipeKeys = Object.keys(recipeFields) as readonly RecipeKey[];

export const recipeDefaults = Object.fromEntries(
  recipeKeys.map((key) => [key, recipeFields[key].default]),
) as unknown as RecipeValues;

/** The row of a key without its literal types, for code that treats all rows alike. */
export function recipeField(key: RecipeKey): RecipeField {
  return recipeFields[key];
}

function integer(group: RecipeGroup, minimum: number, maximum: number, initial: number, meaning: string) {
  return { kind: 'integer', group, minimum, maximum, default: initial, meaning } as const;
}

function number(group: RecipeGroup, minimum: number, maximum: number, initial: number, meaning: string) {
  return { kind: 'number', group, minimum, maximum, default: initial, meaning } as const;
}

/** The first choice is the default. */
function choice<const T extends string>(
  group: RecipeGroup,
  choices: readonly [T, ...T[]],
  meaning: string,
): ChoiceField<T> {
  return { kind: 'choice', group, choices, default: choices[0], meaning };
}
