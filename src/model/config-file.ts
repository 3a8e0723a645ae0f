/**
 * The config.json that a model's config is read from and written to. Foreign keys are refused unless they are known to
 * leave the maths alone (foreign-keys.ts).
 */
import {
  ConfigError,
  type ConfigKey,
  type ConfigProblem,
  checked,
  headSize,
  kvHeads,
  type ModelConfig,
} from './config';
import { configKeys, fieldOf } from './config-schema';
import { foreignProblem, foreignValues } from './foreign-keys';
import { type QuantisationConfig, quantisationJson } from './quantisation-config';
import { shortJson } from './short-json';

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

/** The config as the value of a config.json. Extras that are off are left out, so that a plain LLaMA stays one. */
export function configJson(
  config: ModelConfig,
  quantisation: QuantisationConfig | null = null,
): Record<string, unknown> {
  const modelType = isLlama(config) ? 'llama' : 'pangu_pi';
  const stated: ModelConfig = { ...config, num_key_value_heads: kvHeads(config), head_dim: headSize(config) };
  const written = configKeys.filter((key) => !fieldOf(key).extra || config[key] !== fieldOf(key).default);
  return {
    model_type: modelType,
    architectures: [architectures[modelType]],
    ...Object.fromEntries(written.map((key) => [key, stated[key]])),
    ...(quantisation && { quantization_config: quantisationJson(quantisation) }),
  };
}

/** Whether every extra is off: `transformers` then loads the folder as a LlamaForCausalLM. */
export function isLlama(config: ModelConfig): boolean {
  return configKeys.every((key) => !fieldOf(key).extra || config[key] === fieldOf(key).default);
}

function isConfigKey(key: string): key is ConfigKey {
  return knownKeys.has(key);
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
