/**
 * Recipes to start from, good ones and bad ones that are named so: what each sets away from the base recipe. Their names
 * and the reason for each value are in the catalogue (i18n/presets.ts).
 */
import { type FormChanges, formTexts } from '../../state/recipe-form';

const characters: FormChanges = {
  corpus: 'texts',
  'corpus.texts': 'moby-dick',
  vocabulary: 'characters',
  split: 'tail',
  context: '64',
  batch: '12',
  steps: '2000',
  optimizer: 'adamw',
  learningRate: '0.001',
  beta2: '0.99',
  warmup: '100',
  finalShare: '0.1',
  evaluateEvery: '250',
  probeEvery: '0',
  sampleEvery: '250',
  sampleTokens: '200',
  samplePrompt: 'Call me ',
  'model.hidden_size': '128',
  'model.num_hidden_layers': '4',
  'model.num_attention_heads': '4',
  'model.intermediate_size': '512',
  'model.max_position_embeddings': '64',
  'model.hidden_act': 'gelu_pytorch_tanh',
  'model.ffn_gated': 'false',
  'model.norm': 'layer',
  'model.position_embedding': 'learned',
  'model.initializer_range': '0.02',
};

export const presets = [
  {
    id: 'story',
    kind: 'good',
    values: {},
  },
  {
    id: 'characters',
    kind: 'good',
    values: characters,
  },
  {
    id: 'pangu-pi',
    kind: 'good',
    values: { 'model.series_branches': '2', 'model.shortcut_size': '4' },
  },
  {
    id: 'experts',
    kind: 'good',
    values: { 'corpus.zhShare': '0.5', 'vocabulary.size': '1536', 'model.num_experts': '8', steps: '500' },
  },
  {
    id: 'bilingual',
    kind: 'good',
    values: {
      'corpus.zhShare': '0.5',
      'vocabulary.size': '1536',
      'model.hidden_size': '96',
      'model.num_hidden_layers': '4',
      'model.num_attention_heads': '3',
      context: '96',
      steps: '500',
      samplePrompt: '有一天，',
    },
  },
  {
    id: 'too-high',
    kind: 'bad',
    values: {
      optimizer: 'adamw',
      learningRate: '0.3',
      clip: '0',
      steps: '120',
      warmup: '5',
      'model.initializer_range': '0.02',
    },
  },
  {
    id: 'too-low',
    kind: 'bad',
    values: { learningRate: '0.0001' },
  },
  {
    id: 'no-warm-up',
    kind: 'bad',
    values: {
      optimizer: 'adamw',
      warmup: '0',
      learningRate: '0.03',
      clip: '0',
      'model.norm_placement': 'post',
      'model.initializer_range': '0.02',
    },
  },
  {
    id: 'learned-by-heart',
    kind: 'bad',
    values: {
      ...characters,
      'corpus.texts': 'moby-dick',
      steps: '20000',
      weightDecay: '0',
      dropout: '0',
      finalShare: '1',
      'model.hidden_size': '256',
      'model.intermediate_size': '1024',
    },
  },
] as const satisfies readonly { readonly id: string; readonly kind: 'good' | 'bad'; readonly values: FormChanges }[];

export type Preset = (typeof presets)[number];

/** The preset whose values the form holds exactly; null where something was changed since. */
export function presetOf(changes: FormChanges): Preset | null {
  const now = formTexts(changes);
  return presets.find(({ values }) => same(formTexts(values), now)) ?? null;
}

function same(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(a).every((key) => a[key] === b[key]);
}

interface Size {
  readonly id: string;
  readonly name: string;
  readonly values: FormChanges;
}

/** Layers × width, from what trains in seconds to what needs a GPU. */
export const sizes: readonly Size[] = [
  size(2, 32, 2, 88),
  size(3, 64, 4, 176),
  size(4, 96, 3, 256),
  size(4, 128, 4, 344),
  size(6, 192, 6, 512),
  size(8, 256, 8, 688),
];

export function sizeOf(changes: FormChanges): Size | null {
  const now: Readonly<Record<string, string>> = formTexts(changes);
  return sizes.find(({ values }) => Object.entries(values).every(([key, value]) => now[key] === value)) ?? null;
}

function size(layers: number, width: number, heads: number, ffn: number): Size {
  return {
    id: `${layers}x${width}`,
    name: `${layers} × ${width}`,
    values: {
      'model.num_hidden_layers': String(layers),
      'model.hidden_size': String(width),
      'model.num_attention_heads': String(heads),
      'model.intermediate_size': String(ffn),
    },
  };
}
