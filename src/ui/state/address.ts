/**
 * The address of the page: the panel and every shared value that differs from its default, after `#`, so that it never
 * leaves the machine. `v` is the version of this format.
 *
 * One table drives reading and writing. A value that is missing, malformed or out of range reads as its default.
 */
import type { BackendSetting, EngineOptions, Sampling } from '../../worker/protocol';

export const panelIds = [
  'generate',
  'tokenizer',
  'train',
  'architecture',
  'quantise',
  'offload',
  'runs',
  'device',
] as const;
export type PanelId = (typeof panelIds)[number];

export interface Shared extends Sampling, EngineOptions {
  readonly panel: PanelId;
  /** What runs models and training. */
  readonly backend: BackendSetting;
  /** Id of a shipped model. */
  readonly model: string;
  readonly prompt: string;
  /** Tokens to write. */
  readonly length: number;
  /** Fields of the training recipe that differ from the base recipe, as they were typed; see recipe-form.ts. */
  readonly recipe: Readonly<Record<string, string>>;
  /** Fields of the experiment that differ from its preset, as they were typed; see experiment-form.ts. */
  readonly experiment: Readonly<Record<string, string>>;
  /** Fields of the Tokenizer panel that differ from their defaults, as they were typed; see tokenizer-form.ts. */
  readonly tokenizer: Readonly<Record<string, string>>;
  /** Fields of the Quantise panel that differ from their defaults, as they were typed; see quantise-form.ts. */
  readonly quantise: Readonly<Record<string, string>>;
  /** Fields of the Offload panel that differ from their defaults, as they were typed; see offload-form.ts. */
  readonly offload: Readonly<Record<string, string>>;
}

/** The values that stand under one key each. */
type Single = Omit<Shared, keyof typeof prefixes>;

interface Field<T> {
  readonly key: string;
  readonly initial: T;
  /** Null where the text is no such value. */
  read(text: string): T | null;
}

const version = '1';

/** A longer prompt is left out of the address, which browsers and messengers cut. */
export const longestSharedPrompt = 2000;

const fields: { readonly [K in keyof Single]: Field<Single[K]> } = {
  panel: oneOf('panel', panelIds),
  model: { key: 'model', initial: 'story-nano', read: (text) => (/^[\w.-]{1,80}$/.test(text) ? text : null) },
  prompt: { key: 'prompt', initial: 'On Tuesday, Paul could not find his red water gun.', read: (text) => text },
  temperature: number('temperature', 0.8, 0, 2),
  topK: integer('top-k', 40, 0, 1000),
  topP: number('top-p', 0.95, 0.05, 1),
  length: integer('length', 96, 1, 4096),
  seed: integer('seed', 1, 0, 4_294_967_295),
  backend: oneOf('backend', ['auto', 'gpu', 'cpu']),
  weights: oneOf('weights', ['stored', 'f16', 'f32']),
  kernels: oneOf('kernels', ['auto', 'naive', 'thread', 'group']),
};

const names = Object.keys(fields) as readonly (keyof Single)[];

/** Fields of a form stand under a prefix and their own key: `t.steps`. */
const prefixes = { recipe: 't', experiment: 'e', tokenizer: 'k', quantise: 'q', offload: 'o' } as const;
const forms = [
  'recipe',
  'experiment',
  'tokenizer',
  'quantise',
  'offload',
] as const satisfies readonly (keyof typeof prefixes)[];
const fieldKey = /^([a-z])\.([a-z][\w.]{0,60})$/i;
/** A longer field is left out; the Tokenizer and the Quantise panel have one each that holds a text. */
export const longestFields = {
  recipe: 400,
  experiment: 400,
  tokenizer: longestSharedPrompt,
  quantise: longestSharedPrompt,
  offload: 800,
} as const;

export const defaults: Shared = {
  ...(Object.fromEntries(names.map((name) => [name, fields[name].initial])) as unknown as Single),
  recipe: {},
  experiment: {},
  tokenizer: {},
  quantise: {},
  offload: {},
};

/** Smallest and largest value of the numbers, for the controls. */
export const ranges = {
  temperature: [0, 2],
  topK: [0, 1000],
  topP: [0.05, 1],
  length: [1, 4096],
  seed: [0, 4_294_967_295],
} as const;

/** The part of the address after `#`; empty when everything is at its default. */
export function writeAddress(shared: Shared): string {
  const given = new URLSearchParams();
  for (const name of names) {
    const value = shared[name];
    if (value === fields[name].initial) continue;
    if (name === 'prompt' && shared.prompt.length > longestSharedPrompt) continue;
    given.set(fields[name].key, String(value));
  }
  for (const form of forms) {
    for (const [key, value] of Object.entries(shared[form])) {
      if (value.length <= longestFields[form]) given.set(`${prefixes[form]}.${key}`, value);
    }
  }
  return given.size === 0 ? '' : `v=${version}&${given}`;
}

/** Reads what `writeAddress` wrote; an address of another version reads as the defaults. */
export function readAddress(hash: string): Shared {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  if ((given.get('v') ?? version) !== version) return defaults;
  const read = <K extends keyof Single>(name: K): Single[K] => {
    const text = given.get(fields[name].key);
    return (text === null ? null : fields[name].read(text)) ?? fields[name].initial;
  };
  const single = Object.fromEntries(names.map((name) => [name, read(name)])) as unknown as Single;
  return {
    ...single,
    recipe: readForm(given, 'recipe'),
    experiment: readForm(given, 'experiment'),
    tokenizer: readForm(given, 'tokenizer'),
    quantise: readForm(given, 'quantise'),
    offload: readForm(given, 'offload'),
  };
}

function readForm(given: URLSearchParams, form: keyof typeof prefixes): Shared['recipe'] {
  const entries = [...given].flatMap(([name, value]): [string, string][] => {
    const [, prefix, key] = fieldKey.exec(name) ?? [];
    const right = prefix === prefixes[form] && key !== undefined && value.length <= longestFields[form];
    return right ? [[key, value]] : [];
  });
  return Object.fromEntries(entries);
}

function number(key: string, initial: number, minimum: number, maximum: number): Field<number> {
  const read = (text: string) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return value >= minimum && value <= maximum ? value : null;
  };
  return { key, initial, read };
}

function integer(key: string, initial: number, minimum: number, maximum: number): Field<number> {
  const { read } = number(key, initial, minimum, maximum);
  return {
    key,
    initial,
    read: (text) => {
      const value = read(text);
      return value !== null && Number.isInteger(value) ? value : null;
    },
  };
}

/** The first choice is the default. */
function oneOf<const T extends string>(key: string, choices: readonly [T, ...T[]]): Field<T> {
  return { key, initial: choices[0], read: (text) => choices.find((choice) => choice === text) ?? null };
}
