/**
 * The keys of config.json as one table: type, limits, default, group and meaning of each.
 *
 * Everything that speaks of a config derives from it: the type `ModelConfig`, validation, the form, the address of the
 * page, the line that says what changed. Rules between keys (heads divide, ids below the vocabulary) are in config.ts.
 * `meaning` is the English sentence for people; translations are found under `config.<key>`.
 * `extra` marks what a plain LLaMA lacks: an extra away from its default makes the model a `pangu_pi`.
 */

export type Group = 'size' | 'ffn' | 'attention' | 'position' | 'norm' | 'head' | 'tokens' | 'initialisation';

interface Common {
  readonly group: Group;
  readonly extra: boolean;
  readonly meaning: string;
}

/** A whole number from `minimum` to `maximum`; without a default the file must give it. */
interface IntegerField extends Common {
  readonly kind: 'integer';
  readonly minimum: number;
  readonly maximum: number;
  readonly even: boolean;
  readonly default: number | undefined;
}

/** A whole number or null; null is the default and means `whenNull`. */
interface OptionalIntegerField extends Common {
  readonly kind: 'optional-integer';
  readonly minimum: number;
  readonly maximum: number;
  readonly even: boolean;
  readonly default: null;
  readonly whenNull: string;
}

/** A number above 0 and at most `maximum`. */
interface NumberField extends Common {
  readonly kind: 'number';
  readonly maximum: number;
  readonly default: number;
}

interface BooleanField extends Common {
  readonly kind: 'boolean';
  readonly default: boolean;
}

interface ChoiceField<T extends string = string> extends Common {
  readonly kind: 'choice';
  readonly choices: readonly T[];
  readonly default: T;
}

export type Field = IntegerField | OptionalIntegerField | NumberField | BooleanField | ChoiceField;

export const fields = {
  vocab_size: size('tokens', 1_048_576, 'How many different tokens the model knows (V).'),
  hidden_size: size('size', 65_536, 'Width of the vector that carries one token through the layers (C).'),
  num_hidden_layers: size('size', 1024, 'How many layers are stacked; the query layer, if on, is the last (L).'),
  num_attention_heads: size('attention', 1024, 'How many query heads look at the context side by side (H).'),
  num_key_value_heads: optional('attention', 1, 1024, {
    meaning: 'How many heads of keys and values the query heads share (G); fewer make the KV cache smaller.',
    whenNull: 'as many as query heads',
  }),
  head_dim: optional('attention', 2, 4096, {
    even: true,
    meaning: 'Size of one head (D).',
    whenNull: 'width / query heads',
  }),
  intermediate_size: size('ffn', 262_144, 'Width inside the feed-forward network (F).'),
  max_position_embeddings: size('position', 1_048_576, 'The longest context, in tokens.'),
  tie_word_embeddings: flag('head', false, false, 'Whether the head reuses the embedding table.'),
  hidden_act: choice(
    'ffn',
    false,
    ['silu', 'gelu_pytorch_tanh', 'relu'],
    'The activation of the feed-forward network.',
  ),
  rms_norm_eps: positive(
    'norm',
    false,
    1,
    1e-5,
    'What every norm adds to the variance, so that it never divides by 0.',
  ),
  rope_theta: positive('position', false, 1e12, 10_000, 'Base of the rotary embedding: larger turns more slowly.'),
  attention_bias: flag('attention', false, false, 'Whether the projections of attention add a bias.'),
  mlp_bias: flag('ffn', false, false, 'Whether the matrices of the feed-forward network add a bias.'),
  sliding_window: optional('attention', 1, 1_048_576, {
    extra: true,
    meaning: 'How many positions back a token sees, itself included.',
    whenNull: 'the whole context',
  }),
  bos_token_id: optional('tokens', 0, 1_048_575, {
    meaning: 'Token that starts a document.',
    whenNull: 'no such token',
  }),
  eos_token_id: optional('tokens', 0, 1_048_575, { meaning: 'Token that ends a document.', whenNull: 'no such token' }),
  initializer_range: positive('initialisation', false, 10, 0.02, 'Standard deviation of a fresh matrix.'),
  ffn_gated: flag('ffn', true, true, 'Whether a second projection multiplies the activation (SwiGLU, GeGLU, ReGLU).'),
  series_branches: count(
    'ffn',
    1,
    8,
    1,
    'How many shifted and scaled activations are summed (series activation); 1 is off.',
  ),
  num_experts: count(
    'ffn',
    0,
    64,
    0,
    'How many feed-forward networks a layer has, of which each token takes one (E); 0 is one for all tokens.',
  ),
  expert_gate: choice(
    'ffn',
    true,
    ['cpm-2', 'learned'],
    'What sends tokens to experts: cpm-2 is a frozen random projection, balanced in training; learned is a trained gate with a balancing loss (Switch Transformer), which is not CPM-2’s.',
  ),
  router_aux_loss_coef: positive(
    'ffn',
    true,
    10,
    0.01,
    'How much the balancing loss weighs; a learned gate alone has one.',
  ),
  shortcut_size: count('attention', 0, 65_536, 0, 'Bottleneck of the augmented shortcut beside attention; 0 is off.'),
  attention_mask: choice(
    'attention',
    true,
    ['causal', 'prefix'],
    'Whether the prompt also sees what follows within it.',
  ),
  position_embedding: choice(
    'position',
    true,
    ['rope', 'learned', 'none'],
    'How the model knows where a token stands.',
  ),
  norm: choice('norm', true, ['rms', 'layer'], 'Which norm: RMSNorm only scales, LayerNorm also centres.'),
  norm_placement: choice('norm', true, ['pre', 'post', 'sandwich', 'deepnorm'], 'Where the norms of a layer stand.'),
  query_layer: flag('head', true, false, 'Whether the last layer asks for the next position (PanGu-α).'),
  initializer: choice(
    'initialisation',
    true,
    ['constant', 'gpt2', 'internlm', 'pangu-pi-pro'],
    'Which rule scales fresh matrices with the depth of their layer.',
  ),
  embedding_gradient_shrink: positive('initialisation', true, 1, 1, 'Share of its gradient the embedding receives.'),
} as const satisfies Readonly<Record<string, Field>>;

type Value<F> = F extends { kind: 'optional-integer' }
  ? number | null
  : F extends { kind: 'integer' | 'number' }
    ? number
    : F extends ChoiceField<infer T>
      ? T
      : boolean;

export type ConfigKey = keyof typeof fields;

/** A model's shape and switches in the words of config.json. Null in `head_dim` and `num_key_value_heads` follows others. */
export type ModelConfig = { readonly [K in ConfigKey]: Value<(typeof fields)[K]> };

export const configKeys = Object.keys(fields) as readonly ConfigKey[];

/** The row of a key without its literal types, for code that treats all rows alike. */
export function fieldOf(key: ConfigKey): Field {
  return fields[key];
}

/** Whether a key may hold the value by itself, other keys aside. */
export function accepts(field: Field, value: unknown): boolean {
  switch (field.kind) {
    case 'integer':
      return acceptsInteger(field, value);
    case 'optional-integer':
      return value === null || acceptsInteger(field, value);
    case 'number':
      return typeof value === 'number' && value > 0 && value <= field.maximum;
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && field.choices.includes(value);
    default:
      return field satisfies never;
  }
}

/** What a key may hold, to follow "choose" in a sentence. */
export function choicesText(field: Field): string {
  switch (field.kind) {
    case 'integer':
      return rangeText(field);
    case 'optional-integer':
      return `${rangeText(field)}, or null (${field.whenNull})`;
    case 'number':
      return `a number above 0 and at most ${field.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `${field.choices.slice(0, -1).join(', ')} or ${field.choices.at(-1)}`;
    default:
      return field satisfies never;
  }
}

function acceptsInteger(field: IntegerField | OptionalIntegerField, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false;
  return value >= field.minimum && value <= field.maximum && (!field.even || value % 2 === 0);
}

function rangeText(field: IntegerField | OptionalIntegerField): string {
  return `${field.even ? 'an even' : 'a whole'} number from ${field.minimum} to ${field.maximum}`;
}

function size(group: Group, maximum: number, meaning: string) {
  return {
    kind: 'integer',
    group,
    extra: false,
    minimum: 1,
    maximum,
    even: false,
    default: undefined,
    meaning,
  } as const;
}

function count(group: Group, minimum: number, maximum: number, initial: number, meaning: string) {
  return { kind: 'integer', group, extra: true, minimum, maximum, even: false, default: initial, meaning } as const;
}

function optional(
  group: Group,
  minimum: number,
  maximum: number,
  rest: { readonly meaning: string; readonly whenNull: string; readonly even?: boolean; readonly extra?: boolean },
) {
  const kind = 'optional-integer';
  return { kind, group, minimum, maximum, default: null, extra: false, even: false, ...rest } as const;
}

function positive(group: Group, extra: boolean, maximum: number, initial: number, meaning: string) {
  return { kind: 'number', group, extra, maximum, default: initial, meaning } as const;
}

function flag(group: Group, extra: boolean, initial: boolean, meaning: string) {
  return { kind: 'boolean', group, extra, default: initial, meaning } as const;
}

/** The first choice is the default. */
function choice<const T extends string>(
  group: Group,
  extra: boolean,
  choices: readonly [T, ...T[]],
  meaning: string,
): ChoiceField<T> {
  return { kind: 'choice', group, extra, choices, default: choices[0], meaning };
}
