/**
 * A model's config: checks, what derives from it, and the config.json it is read from and written to.
 *
 * A config that this file returns is right: every value is one that config-schema.ts allows, and the values agree with
 * each other. Foreign keys are refused unless they are known to leave the maths alone (foreign-keys.ts).
 * Letters: V vocab_size, C hidden_size, L num_hidden_layers, H query heads, G KV heads, D head size, F intermediate_size.
 */
import { accepts, type ConfigKey, choicesText, configKeys, fieldOf, type ModelConfig } from './config-schema';
import { foreignProblem, foreignValues } from './foreign-keys';
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

const knownKeys: ReadonlySet<string> = new Set(configKeys);
const architectures = { llama: 'LlamaForCausalLM', pangu_pi: 'PanGuPiForCausalLM' } as const;

/** Reads the value of a config.json; `source` names the file in errors. Throws ConfigError with every problem found. */
export function parseConfig(json: unknown, source: string): ModelConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    const sentence = `The config is ${shortJson(json)}: give an object with the keys of config.json.`;
    throw new ConfigError(source, [{ key: '', sentence }]);
  }
  const given = new Map<string, unknown>(Object.entries(json));
  const problems: ConfigProblem[] = [];
  for (const [key, value] of given) {
    if (isConfigKey(key) || key === 'model_type' || key === 'architectures') continue;
    const sentence = foreignProblem(key, value, configKeys);
    if (sentence) problems.push({ key, sentence });
  }
  const values = new Map([...foreignValues(given), ...given]);
  return checked(values, source, [...modelTypeProblems(given), ...problems]);
}

/** A config from the keys that are given and the defaults of the rest. Throws ConfigError when values are wrong or disagree. */
export function completeConfig(values: Partial<ModelConfig>, source: string): ModelConfig {
  return checked(new Map<string, unknown>(Object.entries(values)), source, []);
}

/** Every problem of a set of values: what the form shows beside its fields. Empty when they make a config. */
export function configProblems(values: Partial<ModelConfig>): readonly ConfigProblem[] {
  return valueProblems(new Map<string, unknown>(Object.entries(values)));
}

/** The config as the value of a config.json. Extras that are off are left out, so that a plain LLaMA stays one. */
export function configJson(config: ModelConfig): Record<string, unknown> {
  const modelType = isLlama(config) ? 'llama' : 'pangu_pi';
  const stated: ModelConfig = { ...config, num_key_value_heads: kvHeads(config), head_dim: headSize(config) };
  const written = configKeys.filter((key) => !fieldOf(key).extra || config[key] !== fieldOf(key).default);
  return {
    model_type: modelType,
    architectures: [architectures[modelType]],
    ...Object.fromEntries(written.map((key) => [key, stated[key]])),
  };
}

/** Whether every extra is off: `transformers` then loads the folder as a LlamaForCausalLM. */
export function isLlama(config: ModelConfig): boolean {
  return configKeys.every((key) => !fieldOf(key).extra || config[key] === fieldOf(key).default);
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

function isConfigKey(key: string): key is ConfigKey {
  return knownKeys.has(key);
}

function checked(values: ReadonlyMap<string, unknown>, source: string, before: readonly ConfigProblem[]): ModelConfig {
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
  for (const key of ['bos_token_id', 'eos_token_id'] as const) {
    const id = config[key] ?? null;
    if (id !== null && id >= V) report(key, `, but vocab_size is ${V}: choose an id from 0 to ${V - 1}, or null.`);
  }
  return problems;
}

function modelTypeProblems(given: ReadonlyMap<string, unknown>): ConfigProblem[] {
  const modelType = given.get('model_type') ?? 'pangu_pi';
  if (modelType !== 'llama' && modelType !== 'pangu_pi') {
    const sentence = `model_type is ${shortJson(modelType)}: only llama and pangu_pi models can be read.`;
    return [{ key: 'model_type', sentence }];
  }
  const named = given.get('architectures') ?? [];
  const known: readonly unknown[] = Object.values(architectures);
  if (!Array.isArray(named) || !named.every((name) => known.includes(name))) {
    const sentence = `architectures is ${shortJson(named)}: only ${known.join(' and ')} can be read.`;
    return [{ key: 'architectures', sentence }];
  }
  if (modelType !== 'llama') return [];
  return configKeys.flatMap((key): ConfigProblem[] => {
    const { extra, default: off } = fieldOf(key);
    const value = given.get(key) ?? off;
    if (!extra || value === off) return [];
    return [{ key, sentence: `${key} is ${shortJson(value)}, which a llama lacks: set model_type to "pangu_pi".` }];
  });
}
