/**
 * From hardware, the size of an expert and a batch to the machine that a schedule runs on. As CPM-2 (2106.10715, section 6.2)
 * has it, α = FLOPs / peak FLOP/s and β = bytes / bandwidth of the link. Ours: an expert is not computed faster than the device
 * reads its weights from its own memory, where that bandwidth is given; and a disk below the memory.
 * Units: bytes, FLOP/s and bytes a second here; the times of the machine are milliseconds.
 */
import type { Machine, SlotRule } from './machine';
import { type Routing, tokensPerExpert } from './routing';

export interface Hardware extends Routing {
  /** MoE layers of the model, each of which is such a machine in its turn. */
  readonly layers: number;
  /** Of one expert. */
  readonly expertParameters: number;
  /** Of one parameter, stored and moved. */
  readonly bits: number;
  /** Peak of the device, FLOP/s. */
  readonly flops: number;
  /** Of the device's own memory; null: not counted, as in the paper. */
  readonly deviceBandwidth: number | null;
  /** From memory to the device. */
  readonly linkBandwidth: number;
  /** Null: the memory holds every expert. */
  readonly disk: { readonly bandwidth: number; readonly memoryExperts: number } | null;
  readonly slots: number;
  readonly rule: SlotRule;
}

export function expertBytes({ expertParameters, bits }: Pick<Hardware, 'expertParameters' | 'bits'>): number {
  return (expertParameters * bits) / 8;
}

/** A multiplication and an addition for each parameter and token. */
export function expertFlops(expertParameters: number, tokens: number): number {
  return 2 * expertParameters * tokens;
}

export function machineOf(hardware: Hardware): Machine {
  const bytes = expertBytes(hardware);
  const { deviceBandwidth, disk } = hardware;
  const least = deviceBandwidth === null ? 0 : bytes / deviceBandwidth;
  const seconds = (tokens: number) =>
    tokens === 0 ? 0 : Math.max(least, expertFlops(hardware.expertParameters, tokens) / hardware.flops);
  return {
    computeTimes: tokensPerExpert(hardware).map((tokens) => 1000 * seconds(tokens)),
    loadTime: (1000 * bytes) / hardware.linkBandwidth,
    slots: hardware.slots,
    rule: hardware.rule,
    ...(disk && {
      tiers: { diskTime: (1000 * bytes) / disk.bandwidth, memoryExperts: disk.memoryExperts },
    }),
  };
}

/** Tokens that all MoE layers put out in a second if each takes `milliseconds`; attention and everything else is left out. */
export function tokensPerSecond({ tokens, layers }: Pick<Hardware, 'tokens' | 'layers'>, milliseconds: number): number {
  return milliseconds > 0 ? (1000 * tokens) / (layers * milliseconds) : 0;
}
