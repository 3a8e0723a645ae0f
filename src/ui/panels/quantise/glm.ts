/** Table 10 of GLM-130B (arXiv 2210.02414): accuracy on LAMBADA in per cent, from the smallest to the largest model; null is NaN. */
export interface GlmRow {
  readonly name: string;
  /** In the order of the table's columns. */
  readonly scores: readonly (number | null)[];
}

/** As stored, INT8 row, INT4 row, INT4 row with zero point. */
export const glmRows: readonly GlmRow[] = [
  { name: 'GLM-110M', scores: [29.36, 29.25, 3.26, 5.45] },
  { name: 'GLM-335M', scores: [48.51, 48.69, 38.25, 42.64] },
  { name: 'GLM-2B', scores: [68.19, 68.12, 62.62, 64.74] },
  { name: 'GLM-10B', scores: [72.35, 72.37, 71.03, 70.5] },
  { name: 'GLM-130B', scores: [80.21, 80.21, 79.47, 80.63] },
];

/** As stored, INT8 column, INT4 column, INT4 row, INT4 column with zero point, INT4 row with zero point. */
export const bloomRows: readonly GlmRow[] = [
  { name: 'BLOOM-560M', scores: [31.4, 26.12, 9.3, 21.37, 11.51, 24.95] },
  { name: 'BLOOM-1B1', scores: [40.68, 40.69, 17.43, 35.8, 26.51, 33.05] },
  { name: 'BLOOM-3B', scores: [48.3, 48.83, 37.88, 40.95, 41.65, 43.63] },
  { name: 'BLOOM-7B', scores: [54.91, 55.33, 38.04, 46.75, 46.63, 49.41] },
  { name: 'BLOOM-176B', scores: [64.37, 65.03, 34.83, null, 48.26, null] },
];
