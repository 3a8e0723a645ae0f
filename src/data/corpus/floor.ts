/**
 * The loss below which no model can go on text whose source is known: the mean of −log P(document) over documents, set in
 * relation to the tokens and characters that spell them. P is exact (src/data/storyworld), so what is uncertain is only
 * which documents were drawn.
 *
 * Both figures are ratios of sums, Σ nats / Σ tokens; their standard errors are those of a ratio estimator:
 * sqrt(n/(n−1) · Σ (nats − ratio·size)²) / Σ size. Source: Cochran, "Sampling techniques", 3rd edition, section 2.11.
 */

export interface FloorDocument {
  /** −ln P of the document. */
  readonly nats: number;
  /** Tokens that are predicted: its ids and the end token. */
  readonly tokens: number;
  /** Code points. */
  readonly characters: number;
}

export interface Estimate {
  readonly value: number;
  /** 0 for a single document, of which nothing can be said. */
  readonly standardError: number;
}

export interface Floor {
  readonly natsPerToken: Estimate;
  readonly bitsPerCharacter: Estimate;
  /** Documents. */
  readonly n: number;
}

export function floorOf(documents: readonly FloorDocument[]): Floor {
  const bits = ratio(documents, ({ characters }) => characters);
  return {
    natsPerToken: ratio(documents, ({ tokens }) => tokens),
    bitsPerCharacter: { value: bits.value / Math.LN2, standardError: bits.standardError / Math.LN2 },
    n: documents.length,
  };
}

function ratio(documents: readonly FloorDocument[], sizeOf: (document: FloorDocument) => number): Estimate {
  const sum = (of: (document: FloorDocument) => number) =>
    documents.reduce((total, document) => total + of(document), 0);
  const n = documents.length;
  const size = sum(sizeOf);
  const value = sum(({ nats }) => nats) / size;
  const squares = sum((document) => {
    const residual = document.nats - value * sizeOf(document);
    return residual * residual;
  });
  return { value, standardError: n > 1 ? Math.sqrt((n / (n - 1)) * squares) / size : 0 };
}
