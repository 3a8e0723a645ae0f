/**
 * Every kernel under its number. TypeScript reads the numbers from the module's exports (`Kernel.product`), so they are
 * written down here alone.
 *
 * A kernel is `(args, begin, end, scratch)`: it computes the units `begin` ≤ u < `end` of what its arguments, 32-bit words at
 * `args`, describe; `scratch` is memory of its thread (see `scratchBytes` in ../engine.ts). Addresses are bytes; 0 is a tensor
 * that is off.
 */
import { activate } from './activate';
import { activateGradient, activateSeriesGradient } from './activate-gradient';
import { adamw } from './adamw';
import { add } from './add';
import { assignExperts } from './assign-experts';
import { attention } from './attention';
import { attentionKeyGradient, attentionQueryGradient } from './attention-gradient';
import { attendToken, turnToken } from './attention-token';
import { crossEntropy, crossEntropyGradient } from './cross-entropy';
import { dropout } from './dropout';
import { embed } from './embed';
import { embedPlaceGradient, embedTableGradient } from './embed-gradient';
import { expertLinear } from './expert-linear';
import { expertLinearWeightGradient } from './expert-linear-gradient';
import { gateScale, gateScaleGradient } from './gate-scale';
import { gradientSquares } from './gradient-squares';
import { muonApply, muonLook } from './muon-chunks';
import { muonFactors, muonMirror, muonScale } from './muon-squares';
import { norm } from './norm';
import { normGradient } from './norm-gradient';
import { product } from './product';
import { products } from './products';
import { ropeCache } from './rope-cache';
import { sample } from './sample';
import { sgd } from './sgd';
import { splitHeads, splitHeadsGradient } from './split-heads';
import { changeRatios, stepRecord, sumLosses } from './step-record';
import { sumRows } from './sum-rows';
import { tokenLinear } from './token-linear';
import { topTokens } from './top-tokens';

export enum Kernel {
  product = 0,
  sumRows = 1,
  tokenLinear = 2,
  norm = 10,
  normGradient = 11,
  activate = 12,
  activateGradient = 13,
  activateSeriesGradient = 14,
  add = 15,
  dropout = 16,
  embed = 17,
  embedTableGradient = 18,
  embedPlaceGradient = 19,
  crossEntropy = 20,
  crossEntropyGradient = 21,
  splitHeads = 22,
  splitHeadsGradient = 23,
  ropeCache = 24,
  assignExperts = 25,
  expertLinear = 26,
  expertLinearWeightGradient = 27,
  gateScale = 28,
  gateScaleGradient = 29,
  attention = 30,
  attentionQueryGradient = 31,
  attentionKeyGradient = 32,
  turnToken = 33,
  attendToken = 34,
  topTokens = 35,
  sample = 36,
  gradientSquares = 50,
  sumLosses = 51,
  stepRecord = 52,
  changeRatios = 53,
  adamw = 54,
  sgd = 55,
  muonLook = 56,
  muonApply = 57,
  muonFactors = 58,
  muonScale = 59,
  muonMirror = 60,
  products = 61,
}

export function call(kernel: i32, args: usize, begin: i32, end: i32, scratch: usize): void {
  switch (kernel) {
    case Kernel.product:
      product(args, begin, end, scratch);
      break;
    case Kernel.sumRows:
      sumRows(args, begin, end, scratch);
      break;
    case Kernel.tokenLinear:
      tokenLinear(args, begin, end, scratch);
      break;
    case Kernel.norm:
      norm(args, begin, end, scratch);
      break;
    case Kernel.normGradient:
      normGradient(args, begin, end, scratch);
      break;
    case Kernel.activate:
      activate(args, begin, end, scratch);
      break;
    case Kernel.activateGradient:
      activateGradient(args, begin, end, scratch);
      break;
    case Kernel.activateSeriesGradient:
      activateSeriesGradient(args, begin, end, scratch);
      break;
    case Kernel.add:
      add(args, begin, end, scratch);
      break;
    case Kernel.dropout:
      dropout(args, begin, end, scratch);
      break;
    case Kernel.embed:
      embed(args, begin, end, scratch);
      break;
    case Kernel.embedTableGradient:
      embedTableGradient(args, begin, end, scratch);
      break;
    case Kernel.embedPlaceGradient:
      embedPlaceGradient(args, begin, end, scratch);
      break;
    case Kernel.crossEntropy:
      crossEntropy(args, begin, end, scratch);
      break;
    case Kernel.crossEntropyGradient:
      crossEntropyGradient(args, begin, end, scratch);
      break;
    case Kernel.splitHeads:
      splitHeads(args, begin, end, scratch);
      break;
    case Kernel.splitHeadsGradient:
      splitHeadsGradient(args, begin, end, scratch);
      break;
    case Kernel.ropeCache:
      ropeCache(args, begin, end, scratch);
      break;
    case Kernel.assignExperts:
      assignExperts(args, begin, end, scratch);
      break;
    case Kernel.expertLinear:
      expertLinear(args, begin, end, scratch);
      break;
    case Kernel.expertLinearWeightGradient:
      expertLinearWeightGradient(args, begin, end, scratch);
      break;
    case Kernel.gateScale:
      gateScale(args, begin, end, scratch);
      break;
    case Kernel.gateScaleGradient:
      gateScaleGradient(args, begin, end, scratch);
      break;
    case Kernel.attention:
      attention(args, begin, end, scratch);
      break;
    case Kernel.attentionQueryGradient:
      attentionQueryGradient(args, begin, end, scratch);
      break;
    case Kernel.attentionKeyGradient:
      attentionKeyGradient(args, begin, end, scratch);
      break;
    case Kernel.turnToken:
      turnToken(args, begin, end, scratch);
      break;
    case Kernel.attendToken:
      attendToken(args, begin, end, scratch);
      break;
    case Kernel.topTokens:
      topTokens(args, begin, end, scratch);
      break;
    case Kernel.sample:
      sample(args, begin, end, scratch);
      break;
    case Kernel.gradientSquares:
      gradientSquares(args, begin, end, scratch);
      break;
    case Kernel.sumLosses:
      sumLosses(args, begin, end, scratch);
      break;
    case Kernel.stepRecord:
      stepRecord(args, begin, end, scratch);
      break;
    case Kernel.changeRatios:
      changeRatios(args, begin, end, scratch);
      break;
    case Kernel.adamw:
      adamw(args, begin, end, scratch);
      break;
    case Kernel.sgd:
      sgd(args, begin, end, scratch);
      break;
    case Kernel.muonLook:
      muonLook(args, begin, end, scratch);
      break;
    case Kernel.muonApply:
      muonApply(args, begin, end, scratch);
      break;
    case Kernel.muonFactors:
      muonFactors(args, begin, end, scratch);
      break;
    case Kernel.muonScale:
      muonScale(args, begin, end, scratch);
      break;
    case Kernel.muonMirror:
      muonMirror(args, begin, end, scratch);
      break;
    case Kernel.products:
      products(args, begin, end, scratch);
      break;
    default:
      unreachable();
  }
}
