/**
 * The measures of one layer over a text, as PanGu-π looks inside its blocks: how alike the tokens have become, in how many
 * dimensions they vary, how widely attention spreads, and where the most frequent tokens stand.
 * Layer 0 is the embedding, layer l the residual stream behind the l-th layer; a query layer counts as the last.
 */
import { type AttentionEntropy, attentionEntropy } from './attention-entropy';
import { collapse } from './collapse';
import { effectiveDimension } from './effective-dimension';
import { featuresAt, featuresFrom } from './features';
import { type FrequentToken, frequentTokens } from './frequent-tokens';
import type { LayerStates } from './layer-states';
import { principalPlane, variances } from './principal';

export interface InsideOptions {
  /** Tokens at the beginning of the text that are left out. */
  readonly first: number;
  /** ε of d(ε). */
  readonly share: number;
  /** How many tokens the plane shows at most. */
  readonly tokens: number;
  /** How often a token must occur to be shown. */
  readonly occurrences: number;
}

export const insideDefaults: InsideOptions = { first: 1, share: 0.8, tokens: 5, occurrences: 3 };

export interface TokenPoints extends FrequentToken {
  /** One a position. */
  readonly points: readonly (readonly [number, number])[];
}

export interface LayerInside {
  readonly layer: number;
  /** d_M(H) / ‖H‖_F. */
  readonly collapse: number;
  /** d(ε). */
  readonly effectiveDimension: number;
  /** Null for the embedding. */
  readonly attention: AttentionEntropy | null;
  readonly plane: { readonly tokens: readonly TokenPoints[]; readonly shares: readonly [number, number] };
}

/** Layers that `insideLayer` can be asked for: 0 to this, less one. */
export function layerCount({ residuals }: LayerStates): number {
  return residuals.length;
}

/** Throws RangeError when fewer than two tokens are left to compare. */
export function insideLayer(states: LayerStates, layer: number, options: InsideOptions = insideDefaults): LayerInside {
  const { ids, width, residuals } = states;
  const { first, share, tokens, occurrences } = options;
  const residual = residuals[layer];
  if (!residual) throw new RangeError(`Layer ${layer} does not exist: choose 0 to ${residuals.length - 1}.`);
  if (ids.length - first < 2) {
    throw new RangeError(`${ids.length} tokens less the first ${first} leave nothing to compare: give a longer text.`);
  }
  const features = featuresFrom(residual, width, first);
  const attention = states.attention[layer - 1];
  return {
    layer,
    collapse: collapse(features),
    effectiveDimension: effectiveDimension(variances(features), share),
    attention: attention ? attentionEntropy(attention, first) : null,
    plane: planeOf(residual, width, frequentTokens(ids, first, tokens, occurrences)),
  };
}

/** One plane for all occurrences together, so that the tokens can be compared in it. */
function planeOf(residual: Float32Array, width: number, frequent: readonly FrequentToken[]): LayerInside['plane'] {
  const positions = frequent.flatMap((token) => token.positions);
  const { points, shares } = principalPlane(featuresAt(residual, width, positions));
  let from = 0;
  const tokens = frequent.map((token): TokenPoints => {
    const own = points.slice(from, from + token.positions.length);
    from += token.positions.length;
    return { ...token, points: own };
  });
  return { tokens, shares };
}
