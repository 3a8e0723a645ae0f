/**
 * What a person chose in the Quantise panel: one text for each field, so that nothing that was typed is lost, right or wrong. The
 * address carries the texts that differ from these defaults. What cannot be used is a sentence; the rest is read all the same.
 */
import type { MemoryShape } from '../../lab/quantise/memory';
import { type MemoryPreset, memoryPresets } from '../../lab/quantise/memory-presets';
import { type ConfigKey, configProblems, headSize, kvHeads } from '../../model/config';
import { type SchemeId, schemeIds } from '../../quant/schemes';
import type { SelectionId } from '../../quant/which-matrices';
import type { Activations, MatrixReport, QuantisedModelReport } from '../../worker/quantise-protocol';
import { quantiseText } from '../i18n/quantise-text';

export const selectionIds = ['glm', 'all'] as const satisfies readonly SelectionId[];
export const activationKinds = ['f32', 'int8'] as const satisfies readonly Activations[];
export const errorKinds = ['weights', 'activations'] as const;
export const cacheBits = ['16', '32'] as const;
/** MiB that the model of the speed card may take. */
export const speedLimits = ['256', '512', '1024', '2048', '4096'] as const;

/** Empty: what the model or the preset suggests. */
const firstTexts = {
  /** Id of a shipped model, or `file <name>` for one of the person's. */
  model: 'story-nano',
  scheme: 'int4-row',
  matrices: 'glm',
  activations: 'f32',
  /** Name of the tensor that is drawn; empty: the one that reaches farthest. */
  matrix: '',
  /** Empty: the row of that matrix that reaches farthest. */
  row: '',
  /** What the heat table shows. */
  errors: 'weights',
  /** Whose activations the errors are measured on. */
  text: quantiseText.errors.sample,
  /** Of the memory calculator. */
  preset: 'glm-130b',
  layers: '',
  width: '',
  ffn: '',
  heads: '',
  kvHeads: '',
  vocabulary: '',
  context: '',
  batch: '1',
  cache: '16',
  limit: '1024',
};

export type QuantiseTexts = { readonly [K in keyof typeof firstTexts]: string };
export type QuantiseKey = keyof QuantiseTexts;

export interface QuantiseProblem {
  readonly key: QuantiseKey;
  readonly sentence: string;
}

/** What the calculator counts. */
export interface MemoryQuestion {
  readonly shape: MemoryShape;
  readonly context: number;
  readonly batch: number;
  readonly cacheBits: 16 | 32;
}

export interface QuantiseReading {
  readonly texts: QuantiseTexts;
  readonly scheme: SchemeId;
  readonly selection: SelectionId;
  readonly activations: Activations;
  /** Null while no model is open. */
  readonly matrix: MatrixReport | null;
  /** Null: the row that reaches farthest. */
  readonly row: number | null;
  /** Why the scheme cannot be used on the open model. */
  readonly refused: string | null;
  readonly preset: MemoryPreset;
  /** The sizes of the preset, as the fields show them. */
  readonly presetTexts: Readonly<Record<SizeKey, string>>;
  /** Null while it cannot be counted. */
  readonly memory: MemoryQuestion | null;
  readonly limitBytes: number;
  readonly problems: readonly QuantiseProblem[];
}

/** Fields of the calculator that stand for a value of the config. */
const sizeKeys = {
  layers: 'num_hidden_layers',
  width: 'hidden_size',
  ffn: 'intermediate_size',
  heads: 'num_attention_heads',
  kvHeads: 'num_key_value_heads',
  vocabulary: 'vocab_size',
  context: 'max_position_embeddings',
} as const satisfies Partial<Record<QuantiseKey, ConfigKey>>;

export type SizeKey = keyof typeof sizeKeys;

const sizes = Object.keys(sizeKeys) as SizeKey[];
/** More texts at a time than any machine holds. */
const mostTexts = 100_000;

/** The texts of the form. Keys of `changes` that are none of the form's are left alone. */
export function quantiseTexts(changes: Readonly<Record<string, string>>): QuantiseTexts {
  const known = Object.entries(changes).filter(([key]) => Object.hasOwn(firstTexts, key));
  return { ...firstTexts, ...Object.fromEntries(known) };
}

/** What the address carries once these fields were changed: what is a default leaves it. */
export function changedTexts(
  changes: Readonly<Record<string, string>>,
  values: Partial<QuantiseTexts>,
): Readonly<Record<string, string>> {
  const own: Readonly<Record<string, string>> = firstTexts;
  return Object.fromEntries(Object.entries({ ...changes, ...values }).filter(([key, value]) => value !== own[key]));
}

/** The sizes of no field: those of the preset hold again. */
export const presetSizes = { layers: '', width: '', ffn: '', heads: '', kvHeads: '', vocabulary: '', context: '' };

/** The open model decides which matrices and rows there are. */
export function readQuantiseForm(
  changes: Readonly<Record<string, string>>,
  model: QuantisedModelReport | null,
): QuantiseReading {
  const texts = quantiseTexts(changes);
  const problems: QuantiseProblem[] = [];
  const whole = (key: QuantiseKey, least: number, most: number) => {
    const value = numberOf(texts[key]);
    const right = Number.isInteger(value) && value >= least && value <= most;
    if (!right) problems.push({ key, sentence: quantiseText.form.whole(least, most) });
    return right ? value : null;
  };
  const scheme = choice(schemeIds as [SchemeId, ...SchemeId[]], texts.scheme, 'int4-row');
  const matrix = matrixOf(texts.matrix, model);
  const row = texts.row.trim() === '' || !matrix ? null : whole('row', 0, matrix.shape[0] - 1);
  const preset = memoryPresets.find(({ id }) => id === texts.preset) ?? (memoryPresets[0] as MemoryPreset);
  return {
    texts,
    scheme,
    selection: choice(selectionIds, texts.matrices),
    activations: choice(activationKinds, texts.activations),
    matrix,
    row,
    refused: model?.refused[scheme] ?? null,
    preset,
    presetTexts: textsOf(preset.shape),
    memory: readMemory(texts, preset, whole, problems),
    limitBytes: Number(choice(speedLimits, texts.limit, '1024')) * 2 ** 20,
    problems,
  };
}

/** The named matrix, or the one whose rows reach farthest. */
function matrixOf(name: string, model: QuantisedModelReport | null): MatrixReport | null {
  if (!model) return null;
  const farthest = (most: MatrixReport | null, one: MatrixReport) => (most && most.reach >= one.reach ? most : one);
  return model.matrices.find((matrix) => matrix.name === name) ?? model.matrices.reduce(farthest, null);
}

function textsOf(shape: MemoryShape): Readonly<Record<SizeKey, string>> {
  const numbers = {
    ...{ layers: shape.num_hidden_layers, width: shape.hidden_size, ffn: shape.intermediate_size },
    ...{ heads: shape.num_attention_heads, kvHeads: kvHeads(shape) },
    ...{ vocabulary: shape.vocab_size, context: shape.max_position_embeddings },
  } satisfies Record<SizeKey, number>;
  return Object.fromEntries(sizes.map((key) => [key, String(numbers[key])])) as Record<SizeKey, string>;
}

function readMemory(
  texts: QuantiseTexts,
  { shape }: MemoryPreset,
  whole: (key: QuantiseKey, least: number, most: number) => number | null,
  problems: QuantiseProblem[],
): MemoryQuestion | null {
  const batch = whole('batch', 1, mostTexts);
  const typed = sizes.filter((key) => texts[key].trim() !== '');
  const values = new Map(typed.map((key) => [key, whole(key, 1, 10_000_000)]));
  if (batch === null || [...values.values()].includes(null)) return null;
  const changed: Record<string, number | null> = Object.fromEntries(
    [...values].map(([key, value]) => [sizeKeys[key], value]),
  );
  // Other heads than the preset's have as many keys and values each, unless it is said how many.
  if (values.has('heads') && !values.has('kvHeads')) changed.num_key_value_heads = null;
  // A head is as wide as the width leaves it.
  if (values.has('heads') || values.has('width')) changed.head_dim = null;
  const asked = { ...shape, ...changed } as MemoryShape;
  const wrong = configProblems(asked);
  for (const { key, sentence } of wrong) {
    problems.push({ key: sizes.find((size) => sizeKeys[size] === key) ?? 'width', sentence });
  }
  if (wrong.length > 0 || !Number.isInteger(headSize(asked))) return null;
  return {
    shape: asked,
    context: asked.max_position_embeddings,
    batch,
    cacheBits: texts.cache === '32' ? 32 : 16,
  };
}

/** 48000, 48,000 or 48 000; not a number where it is none. */
function numberOf(text: string): number {
  const digits = text.replaceAll(/[,\s]/g, '');
  return digits === '' ? Number.NaN : Number(digits);
}

/** The first, or `otherwise`, where the text is none of them. */
export function choice<const T extends string>(choices: readonly [T, ...T[]], text: string, otherwise?: T): T {
  return choices.find((known) => known === text) ?? otherwise ?? choices[0];
}
