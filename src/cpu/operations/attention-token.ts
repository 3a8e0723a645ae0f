/**
 * The attention of one decoded token, and the weights that it looks with: `kernels/attention-token.ts`. The turned query and the
 * weights of each head stand in scratch between the commands.
 */
import { type ColumnAttributes, type MaskAttributes, rotaryStep } from '../../gpu/kernels/attention/heads';
import type {
  AttentionTokenAttributes,
  AttentionTokenInputs,
  AttentionTokenOutputs,
} from '../../gpu/kernels/attention-token/shape';
import type {
  AttentionWeightsAttributes,
  AttentionWeightsInputs,
  AttentionWeightsOutputs,
} from '../../gpu/kernels/attention-weights/shape';
import { axis } from '../../graph/tensor';
import type { Command, Lowering } from '../command';
import { doubleWords } from './angle';
import { maskWords } from './attention-blocks';

/** Products that a claim should come to when the cache is full: a few microseconds. */
const claimProducts = 32_768;

export const attentionToken: Lowering<AttentionTokenInputs, AttentionTokenOutputs, AttentionTokenAttributes> = (
  { inputs, outputs, attributes },
  at,
  scratch,
) => {
  const { heads: H, headSize: D } = attributes;
  const S = axis(inputs.keyCache, 0);
  const turned = scratch(4 * H * (D + S));
  const weights = turned + 4 * H * D;
  const token = {
    S,
    query: at(inputs.query),
    keyValue: at(inputs.keyValue),
    cursor: at(inputs.cursor),
    keyCache: at(inputs.keyCache),
    valueCache: at(inputs.valueCache),
    turned,
    weights,
    out: at(outputs.out),
  };
  return commands(token, attributes);
};

export const attentionWeights: Lowering<AttentionWeightsInputs, AttentionWeightsOutputs, AttentionWeightsAttributes> = (
  { inputs, outputs, attributes },
  at,
  scratch,
) => {
  const token = {
    S: axis(inputs.keyCache, 0),
    query: at(inputs.query),
    keyValue: 0,
    cursor: at(inputs.cursor),
    keyCache: at(inputs.keyCache),
    valueCache: 0,
    turned: scratch(4 * attributes.heads * attributes.headSize),
    weights: at(outputs.weights),
    out: 0,
  };
  return commands(token, attributes);
};

/** Addresses, 0 for what is off, and the rows of the cache. */
interface Token {
  readonly S: number;
  readonly query: number;
  /** Off where the cache has key and value already. */
  readonly keyValue: number;
  readonly cursor: number;
  readonly keyCache: number;
  readonly valueCache: number;
  /** [H·D]: the turned query. */
  readonly turned: number;
  /** [H, S]. */
  readonly weights: number;
  /** Off where the weights are what is asked for. */
  readonly out: number;
}

function commands(token: Token, attributes: ColumnAttributes & MaskAttributes): readonly Command[] {
  const { S, query, keyValue, cursor, keyCache, valueCache, turned, weights, out } = token;
  const { heads: H, groups: G, headSize: D, queryOffset, keyOffset, valueOffset, rotate } = attributes;
  const [key, value] = keyValue ? [keyValue + 4 * keyOffset, keyValue + 4 * valueOffset] : [0, 0];
  return [
    {
      kernel: 'turnToken',
      args: [
        ...[H, G, D, S, query + 4 * queryOffset, key, value, cursor, keyCache, valueCache, turned],
        ...[Number(rotate), ...doubleWords(rotaryStep(attributes))],
      ],
      units: 1,
    },
    {
      kernel: 'attendToken',
      args: [H, G, D, S, turned, cursor, keyCache, valueCache, weights, out, ...maskWords(attributes, S)],
      units: H,
      grain: Math.max(1, Math.ceil(claimProducts / (2 * S * D))),
    },
  ];
}
