/**
 * A model's config: checks, and what derives from it. config-file.ts reads and writes it as a config.json.
 *
 * A config that this file returns is right: every value is one that config-schema.ts allows, and the values agree with
 * each other.
 * Letters: V vocab_size, C hidden_size, L num_hidden_layers, H query heads, G KV heads, D head size, F intermediate_size,
 * E num_experts.
 */
import { accepts, type ConfigKey, choicesText, configKeys, fieldOf, type ModelConfig } from './config-schema';
import { shortJson } from './short-json';

export type { ConfigKey, ModelConfig } from './config-schema';

/** Something wrong with one key, as a sentence that starts with the key. */
export interface ConfigProblem {
  readonly key: string;
  readonly sentence: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly source: string,
    readonly problems: readonly [ConfigProblem, ...ConfigProblem[]],
  ) {
    super(`${source}: ${problems[0].sentence}`);
  }

  /** The key of the first problem. */
  get key(): string {
    return this.problems[0].key;
  }
}

/** A config from the keys that are given and the defaults of the rest. Throws ConfigError when values are wrong or disagree. */
export function completeConfig(values: Partial<ModelConfig>, source: string): ModelConfig {
  return checked(new Map<string, unknown>(Object.entries(values)), source, []);
}

/** Every problem of a set of values: what the form shows beside its fields. Empty when they make a config. */
export function configProblems(values: Partial<ModelConfig>): readonly ConfigProblem[] {
  return valueProblems(new Map<string, unknown>(Object.entries(values)));
}

/** `D`, the size of one head. */
export function headSize(config: ModelConfig): number {
  return config.head_dim ?? config.hidden_size / config.num_attention_heads;
}

/** `G`, the heads of keys and values. */
export function kvHeads(config: ModelConfig): number {
  return config.num_key_value_heads ?? config.num_attention_heads;
}

/** Layers below the query layer: all of them when it is off. */
export function ordinaryLayers(config: ModelConfig): number {
  return config.num_hidden_layers - (config.query_layer ? 1 : 0);
}

/** Whether a layer sends each token to one of E experts; the query layer never does. */
export function hasExperts(config: ModelConfig): boolean {
  return config.num_experts > 0;
}

/** The config of the values given, with the defaults of the rest; throws what was wrong before, and what is wrong with them. */
export function checked(
  values: ReadonlyMap<string, unknown>,
  source: string,
  before: readonly ConfigProblem[],
): ModelConfig {
  const [first, ...rest] = [...before, ...valueProblems(values)];
  if (first) throw new ConfigError(source, [first, ...rest]);
  const config = Object.fromEntries(
    configKeys.map((key) => [key, values.get(key) === undefined ? fieldOf(key).default : values.get(key)]),
  ) as unknown as ModelConfig;
  return followed(config);
}

/** States nothing that follows from other keys, so that two configs that mean the same are the same. */
function followed(config: ModelConfig): ModelConfig {
  const follows = (stated: number | null, derived: number) => (stated === derived ? null : stated);
  return {
    ...config,
    num_key_value_heads: follows(config.num_key_value_heads, config.num_attention_heads),
    head_dim: follows(config.head_dim, config.hidden_size / config.num_attention_heads),
  };
}

/** Problems of single keys; only when there are none, those between keys. */
function valueProblems(values: ReadonlyMap<string, unknown>): ConfigProblem[] {
  const problems = configKeys.flatMap((key): ConfigProblem[] => {
    const field = fieldOf(key);
    const value = values.get(key);
    if (value === undefined) {
      if (field.default !== undefined) return [];
      return [{ key, sentence: `${key} is missing: give ${choicesText(field)}.` }];
    }
    return accepts(field, value)
      ? []
      : [{ key, sentence: `${key} is ${shortJson(value)}: choose ${choicesText(field)}.` }];
  });
  return problems.length > 0 ? problems : disagreements(Object.fromEntries(values) as unknown as ModelConfig);
}

/** Problems between keys whose own values are allowed; keys with a default may be absent. */
function disagreements(config: ModelConfig): ConfigProblem[] {
  const { hidden_size: C, num_attention_heads: H, vocab_size: V } = config;
  const G = config.num_key_value_heads ?? H;
  const problems: ConfigProblem[] = [];
  const report = (key: ConfigKey, rest: string) => problems.push({ key, sentence: `${key} is ${config[key]}${rest}` });
  if ((config.head_dim ?? null) === null) {
    if (C % H !== 0) {
      report('num_attention_heads', `, which does not divide hidden_size ${C}: choose a divisor, or give head_dim.`);
    } else if ((C / H) % 2 !== 0) {
      report('num_attention_heads', `, so a head of hidden_size ${C} has the odd size ${C / H}: make it even.`);
    }
  }
  if (H % G !== 0) {
    report('num_key_value_heads', `, which does not divide num_attention_heads ${H}: choose a divisor.`);
  }
  if (config.num_experts === 1) {
    report('num_experts', ', which leaves a gate nothing to choose: choose 0 (no experts), or a number from 2 to 64.');
  } else if (config.num_experts > 1 && config.mlp_bias) {
    report('mlp_bias', ', but experts have no biases: set it to false, or num_experts to 0.');
  }
  for (const key of ['bos_token_id', 'eos_token_id'] as const) {
    const id = config[key] ?? null;
    if (id !== null && id >= V) report(key, `, but vocab_size is ${V}: choose an id from 0 to ${V - 1}, or null.`);
  }
  return problems;
}
