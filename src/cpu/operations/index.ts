/**
 * The operations that this backend has kernels for, by name. What is not here runs as its twin (see ../program.ts); a training
 * step has no such operation, so that its bits come from WebAssembly alone.
 */
import type { Lowering } from '../command';
import { activate, activateGradient } from './activate';
import { add } from './add';
import { assignExperts } from './assign-experts';
import { attention } from './attention';
import { attentionToken, attentionWeights } from './attention-token';
import { crossEntropy, crossEntropyGradient } from './cross-entropy';
import { dropout } from './dropout';
import { embed, embedGradient } from './embed';
import { expertLinear, expertLinearInputGradient, expertLinearWeightGradient } from './expert-linear';
import { gateScale, gateScaleGradient } from './gate-scale';
import { changeRatios, gradientSquares, stepRecord, sumLosses } from './gradient-norm';
import { linear, linearInputGradient, linearWeightGradient } from './linear';
import { muonApply, muonLook, muonProduct } from './muon';
import { norm, normGradient } from './norm';
import { adamw, sgd } from './optimisers';
import { ropeCache } from './rope-cache';
import { sample, topTokens } from './sample';
import { selfAttention, selfAttentionKeyGradient, selfAttentionQueryGradient } from './self-attention';
import { splitHeads, splitHeadsGradient } from './split-heads';

// biome-ignore lint/suspicious/noExplicitAny: an entry takes the nodes of its own operation, found by its name
const lowerings: Readonly<Record<string, Lowering<any, any, any>>> = {
  linear,
  linearInputGradient,
  linearWeightGradient,
  gradientSquares,
  sumLosses,
  stepRecord,
  changeRatios,
  adamw,
  sgd,
  muonLook,
  muonApply,
  muonProduct,
  selfAttention,
  selfAttentionQueryGradient,
  selfAttentionKeyGradient,
  attention,
  attentionToken,
  attentionWeights,
  topTokens,
  sample,
  norm,
  normGradient,
  activate,
  activateGradient,
  add,
  dropout,
  embed,
  embedGradient,
  crossEntropy,
  crossEntropyGradient,
  splitHeads,
  splitHeadsGradient,
  ropeCache,
  assignExperts,
  expertLinear,
  expertLinearInputGradient,
  expertLinearWeightGradient,
  gateScale,
  gateScaleGradient,
};

/** Undefined when there are no kernels for it. */
export function loweringOf(operation: string): Lowering | undefined {
  return lowerings[operation];
}
