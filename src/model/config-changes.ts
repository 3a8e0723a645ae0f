/**
 * The difference between two configs: the line that says what changed, and the page's address, which holds only that.
 *
 * In the address a value stands as in JSON, text without quotes: `?hidden_size=256&norm=layer&sliding_window=null`.
 */
import { type ConfigKey, completeConfig, headSize, kvHeads, type ModelConfig } from './config';
import { configKeys, type Field, fieldOf } from './config-schema';

export interface ConfigChange {
  readonly key: ConfigKey;
  readonly from: ModelConfig[ConfigKey];
  readonly to: ModelConfig[ConfigKey];
}

/**
 * What a person changed, in the order of the table. A size that only follows from another (the head of a wider model)
 * is no change of its own; one that is stated in either config is given as the number it comes to.
 */
export function configChanges(before: ModelConfig, after: ModelConfig): readonly ConfigChange[] {
  return configKeys
    .filter((key) => before[key] !== after[key])
    .map((key) => ({ key, from: effective(before, key), to: effective(after, key) }))
    .filter(({ from, to }) => from !== to);
}

/** `hidden_size 192 → 256, series_branches 2 → 1`; empty when nothing changed. */
export function changesText(before: ModelConfig, after: ModelConfig): string {
  return configChanges(before, after)
    .map(({ key, from, to }) => `${key} ${from} → ${to}`)
    .join(', ');
}

/** What the address must say so that `config` can be found again from `base`. */
export function configToQuery(base: ModelConfig, config: ModelConfig): URLSearchParams {
  const changed = configKeys.filter((key) => base[key] !== config[key]);
  return new URLSearchParams(changed.map((key): [string, string] => [key, String(config[key])]));
}

/**
 * The config that an address describes on top of `base`; what is no key of a config is left to others. `source` names
 * the address in errors. Throws ConfigError when a value is not allowed.
 */
export function configFromQuery(base: ModelConfig, query: URLSearchParams, source: string): ModelConfig {
  const given = configKeys.filter((key) => query.has(key));
  const values = given.map((key) => [key, valueFrom(fieldOf(key), query.get(key) ?? '')]);
  return completeConfig({ ...base, ...Object.fromEntries(values) }, source);
}

function effective(config: ModelConfig, key: ConfigKey): ModelConfig[ConfigKey] {
  if (key === 'head_dim') return headSize(config);
  return key === 'num_key_value_heads' ? kvHeads(config) : config[key];
}

/** Text that does not read as the field's kind is kept as it is, for the refusal to show. */
function valueFrom(field: Field, text: string): unknown {
  switch (field.kind) {
    case 'choice':
      return text;
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : text);
    case 'integer':
    case 'optional-integer':
    case 'number':
      if (text === 'null') return null;
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    default:
      return field satisfies never;
  }
}
