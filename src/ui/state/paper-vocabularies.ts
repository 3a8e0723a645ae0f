/** Table 1 of PanGu-π Pro, arXiv 2402.02791: six sizes of one pruned vocabulary, each with its model of about 1B parameters. */

export interface PaperSize {
  /** As the paper names it. */
  readonly name: string;
  /** The sizes that give back the paper's shares: whole thousands, and for “100k” the size of its largest tokenizer. */
  readonly pieces: number;
  /** Cumulative frequency of the kept pieces. */
  readonly coverage: number;
  /** Share of embedding and head in all parameters. */
  readonly share: number;
  readonly arcEasy: number;
  readonly hellaSwag: number;
  readonly c3: number;
  readonly average: number;
}

export const paperSizes: readonly PaperSize[] = [
  row('8k', 8000, 0.7868, 0.0297, 31.39, 40.19, 42.25, 37.94),
  row('16k', 16_000, 0.8724, 0.0601, 30.34, 40.1, 45.64, 38.69),
  row('32k', 32_000, 0.9449, 0.1179, 34.45, 40.23, 46.77, 40.48),
  row('48k', 48_000, 0.9786, 0.1807, 34.39, 41.48, 47.7, 41.19),
  row('72k', 72_000, 0.9984, 0.2688, 34.39, 39.21, 46.58, 40.06),
  row('100k', 100_883, 1, 0.3819, 34.98, 39.11, 47.1, 40.4),
];

/** The paper's rule: the kept pieces cover more than this of the text, and embedding and head take less than that of the model. */
export const paperRule = { coverage: 0.9, share: 0.2 } as const;

function row(
  name: string,
  pieces: number,
  coverage: number,
  share: number,
  arcEasy: number,
  hellaSwag: number,
  c3: number,
  average: number,
): PaperSize {
  return { name, pieces, coverage, share, arcEasy, hellaSwag, c3, average };
}
