/** The experts of a model as things that are moved: how many, how large, and their bytes. */
import { floatsOf, halvesOf, packsHalf, type Weights, weightNamed } from '../graph/weights';
import { hasExperts, type ModelConfig, ordinaryLayers } from '../model/config';
import { rowsOfExpert } from '../model/expert-pool';
import { expertName } from '../model/names';
import type { ExpertKey, ExpertOrigin } from './expert-store';

export interface ExpertShape {
  /** Layers with experts, all from the bottom up, and E. */
  readonly layers: number;
  readonly experts: number;
  /** Numbers in the part of an expert that goes into the upper pool (gate and up), and in its down matrix. */
  readonly upElements: number;
  readonly downElements: number;
  /** Stored and moved in 16 bits. */
  readonly half: boolean;
  /** As it is moved. */
  readonly bytes: number;
}

/** Throws a sentence for a model without experts. */
export function expertShape(config: ModelConfig, weights: Weights): ExpertShape {
  if (!hasExperts(config)) {
    throw new RangeError(
      'This model has no experts to move: choose one with num_experts, or make one with lab upcycle.',
    );
  }
  const { hidden_size: C, intermediate_size: F } = config;
  const half = packsHalf('stored', weights);
  const upElements = rowsOfExpert(config) * C;
  const downElements = C * F;
  return {
    ...{ upElements, downElements, half },
    layers: ordinaryLayers(config),
    experts: config.num_experts,
    bytes: (upElements + downElements) * (half ? 2 : 4),
  };
}

export function expertKeys({ layers, experts }: Pick<ExpertShape, 'layers' | 'experts'>): ExpertKey[] {
  return Array.from({ length: layers * experts }, (_, index) => ({
    layer: Math.floor(index / experts),
    expert: index % experts,
  }));
}

/** Gate, up and down matrix of an expert, one behind the other, in the type in which they are moved. */
export function expertOrigin(config: ModelConfig, weights: Weights, { half, bytes }: ExpertShape): ExpertOrigin {
  const projections = config.ffn_gated ? ['gate_proj', 'up_proj', 'down_proj'] : ['up_proj', 'down_proj'];
  return ({ layer, expert }) => {
    const buffer = new ArrayBuffer(bytes);
    const all = half ? new Uint16Array(buffer) : new Float32Array(buffer);
    let offset = 0;
    for (const projection of projections) {
      const name = `${expertName(`model.layers.${layer}`, expert)}.${projection}.weight`;
      const weight = weightNamed(weights, name);
      const part = half ? halvesOf(weight) : floatsOf(weight);
      all.set(part, offset);
      offset += part.length;
    }
    return new Uint8Array(buffer);
  };
}

/** K: what was asked for, held down to what fits into the budget. Throws a sentence for none, and for an expert above the budget. */
export function slotsWithin(
  slots: number,
  budgetBytes: number | null,
  { bytes, layers, experts }: ExpertShape,
): number {
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new RangeError(`There are ${slots} slots: give a whole number of at least 1, an expert computes in one.`);
  }
  if (budgetBytes !== null && !(budgetBytes >= bytes)) {
    throw new RangeError(
      `An expert of this model takes ${mebibytes(bytes)}, the budget is ${mebibytes(budgetBytes)}: raise the budget to at least one expert.`,
    );
  }
  const fit = budgetBytes === null ? Infinity : Math.floor(budgetBytes / bytes);
  return Math.min(slots, fit, layers * experts);
}

const mebibytes = (bytes: number): string => `${Number((bytes / 2 ** 20).toPrecision(3))} MiB`;
