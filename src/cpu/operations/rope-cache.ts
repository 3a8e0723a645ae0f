import { headColumns, rotaryStep, rowsOf } from '../../gpu/kernels/attention/heads';
import type { RopeCacheAttributes, RopeCacheInputs, RopeCacheOutputs } from '../../gpu/kernels/rope-cache/shape';
import { axis } from '../../graph/tensor';
import type { Lowering } from '../command';
import { doubleWords } from './angle';
import { rowsCommand } from './rows';

/** Cosine and sine of a pair, in elements that turn. */
const turnWeight = 32;

export const ropeCache: Lowering<RopeCacheInputs, RopeCacheOutputs, RopeCacheAttributes> = (node, at) => {
  const { inputs, outputs, attributes } = node;
  const { query, keyValue, keyCache, valueCache, cursor } = inputs;
  const { heads, groups, headSize, rotate, queryOffset, keyOffset, valueOffset } = attributes;
  const args = [
    ...[heads, groups, headSize, axis(keyCache, 0)],
    ...[at(query) + 4 * queryOffset, at(keyValue) + 4 * keyOffset, at(keyValue) + 4 * valueOffset],
    ...[4 * axis(query, -1), 4 * axis(keyValue, -1)],
    ...[cursor, keyCache, valueCache, outputs.query].map(at),
    Number(rotate),
    ...doubleWords(rotaryStep(attributes)),
  ];
  const work = headColumns(attributes) + (rotate ? (headSize / 2) * turnWeight : 0);
  return [rowsCommand('ropeCache', args, rowsOf(query), work)];
};
