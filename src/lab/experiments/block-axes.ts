/** Axes of what a layer is made of and how it starts: PanGu-π's series activation and shortcut, norms, positions, fresh weights. */
import type { ModelChoice, Recipe } from '../../train/recipe';
import { type AxisRow, modelAxis, plain, withModel } from './axis';
import { ffnWidth, shortcutSize } from './sizes';

const pi = 'PanGu-π, arXiv 2312.17276';
const pro = 'PanGu-π Pro, arXiv 2402.02791';
const glm = 'GLM-130B, arXiv 2210.02414';
const cpm2 = 'CPM-2, arXiv 2106.10715, section 2.3';

type Ffn = Pick<ModelChoice, 'hidden_act' | 'ffn_gated'>;

const ffns = {
  gelu: { hidden_act: 'gelu_pytorch_tanh', ffn_gated: false },
  relu: { hidden_act: 'relu', ffn_gated: false },
  swiglu: { hidden_act: 'silu', ffn_gated: true },
  geglu: { hidden_act: 'gelu_pytorch_tanh', ffn_gated: true },
  reglu: { hidden_act: 'relu', ffn_gated: true },
} as const satisfies Readonly<Record<string, Ffn>>;

/** PanGu-π's choice: two branches, and a bottleneck of 1/32 of the width. */
const panguParts = {
  none: { series: 1, share: 0 },
  series: { series: 2, share: 0 },
  shortcut: { series: 1, share: 1 / 32 },
  both: { series: 2, share: 1 / 32 },
} as const;

/** A bottleneck of fewer units says little at the widths of this page. */
const leastPanguShortcut = 4;

export const blockAxes = {
  ffn: {
    ...plain({
      meaning:
        'Activation of the feed-forward network, with a gate or without; without one it is half as wide again, so that its parameters stay.',
      source: `${glm}, Table 8`,
      stage: 0,
      changesParameters: true,
    }),
    values: { kind: 'choice', choices: Object.keys(ffns) },
    decides: ['model.hidden_act', 'model.ffn_gated'],
    follows: ['model.intermediate_size'],
    read: ({ model }) =>
      Object.entries(ffns).find(
        ([, ffn]) => ffn.hidden_act === model.hidden_act && ffn.ffn_gated === model.ffn_gated,
      )?.[0] ?? 'silu',
    write: (recipe, value: keyof typeof ffns) => withFfn(recipe, ffns[value]),
  },
  seriesBranches: modelAxis('series_branches', {
    meaning: 'How many shifted and scaled activations are summed (series informed activation); 1 is off.',
    source: `${pi}, Table 2`,
    changesParameters: true,
    to: 4,
  }),
  experts: {
    ...modelAxis('num_experts', {
      meaning: 'How many feed-forward networks a layer has, of which each token takes one; 0 is one for all tokens.',
      source: cpm2,
      stage: 0,
      changesParameters: true,
    }),
    // Powers of two, as batches are: then each of them can get equal shares.
    values: { kind: 'choice', choices: [0, 2, 4, 8, 16, 32, 64] },
  },
  expertGate: {
    ...modelAxis('expert_gate', {
      meaning: 'What sends tokens to experts: CPM-2’s frozen projection, balanced in training, or a learned gate.',
      source: cpm2,
    }),
    problem: ({ model }) =>
      model.num_experts > 0
        ? null
        : 'expertGate decides nothing in a model without experts: choose a num_experts of 2 or more first.',
  },
  shortcut: {
    ...plain({
      meaning: 'Bottleneck of the augmented shortcut beside attention, as a share of the width; 0 is off.',
      source: `${pi}, Table 3`,
      changesParameters: true,
    }),
    values: { kind: 'choice', choices: [1, 1 / 4, 1 / 16, 1 / 32, 1 / 64, 0] },
    decides: ['model.shortcut_size'],
    read: ({ model }) => model.shortcut_size / model.hidden_size,
    write: (recipe, value: number) =>
      withModel(recipe, { shortcut_size: shortcutSize(value, recipe.model.hidden_size) }),
  },
  panguParts: {
    ...plain({
      meaning:
        'Which parts of PanGu-π are on: the series informed activation (2 branches), the augmented shortcut (1/32).',
      source: `${pi}, Table 4`,
      changesParameters: true,
    }),
    values: { kind: 'choice', choices: Object.keys(panguParts) },
    decides: ['model.series_branches', 'model.shortcut_size'],
    read: ({ model }) => {
      if (model.series_branches > 1) return model.shortcut_size > 0 ? 'both' : 'series';
      return model.shortcut_size > 0 ? 'shortcut' : 'none';
    },
    write: (recipe, value: keyof typeof panguParts) => {
      const { series, share } = panguParts[value];
      return withModel(recipe, {
        series_branches: series,
        shortcut_size: shortcutSize(share, recipe.model.hidden_size, leastPanguShortcut),
      });
    },
  },
  norm: modelAxis('norm', {
    meaning: 'Which norm: RMSNorm only scales, LayerNorm also centres.',
    changesParameters: true,
  }),
  normPlacement: modelAxis('norm_placement', {
    meaning: 'Where the norms of a layer stand, which decides how far its gradients carry.',
    source: `${glm}, section 2.1`,
    changesParameters: true,
  }),
  embeddingShrink: modelAxis('embedding_gradient_shrink', {
    meaning: 'Share of its gradient that the embedding receives; 1 is all of it.',
    source: `${glm}, section 3`,
    from: 0.001,
  }),
  position: modelAxis('position_embedding', {
    meaning: 'How the model knows where a token stands.',
    source: `${glm}, Table 8`,
    changesParameters: true,
  }),
  queryLayer: modelAxis('query_layer', {
    meaning: 'Whether the last layer asks for the next position (PanGu-α).',
    source: 'PanGu-α, arXiv 2104.12369, equations 2 to 6',
    changesParameters: true,
  }),
  initializer: modelAxis('initializer', {
    meaning: 'Which rule scales fresh matrices with the depth of their layer.',
    source: `${pro}, Table 4`,
  }),
  initRange: modelAxis('initializer_range', {
    meaning: 'Standard deviation of a fresh matrix.',
    from: 1e-5,
    to: 1,
  }),
} satisfies Readonly<Record<string, AxisRow>>;

/** Two matrices of 3/2 · F hold what three of F hold. */
function withFfn(recipe: Recipe, ffn: Ffn): Recipe {
  const { ffn_gated: gated, intermediate_size: F } = recipe.model;
  const scale = ffn.ffn_gated ? 2 / 3 : 3 / 2;
  return withModel(recipe, { ...ffn, ...(ffn.ffn_gated !== gated && { intermediate_size: ffnWidth(F * scale) }) });
}
