/** What an executor notes while it runs: visits of experts, one layer's lanes, and running totals. Times are in milliseconds. */
import type { Timeline } from './simulate';

/** One expert that computed some rows in one layer. */
export interface ExpertVisit {
  readonly layer: number;
  readonly expert: number;
  /** Rows of the text that were routed to it. */
  readonly rows: number;
  /** It was in a slot when it was asked for. */
  readonly hit: boolean;
  /** From the start of the load to its end; null for a hit that nothing was loaded for. */
  readonly loadMs: number | null;
  readonly computeMs: number;
}

/** One MoE layer of one step (a prompt, or a token), its times counted from when its routing was known. */
export interface LayerRun {
  /** Steps count from 0: the prompt's first. */
  readonly step: number;
  readonly layer: number;
  readonly visits: readonly ExpertVisit[];
  /** Intervals as measured, of the same type as a simulation's; its bound is that of the measured machine. */
  readonly timeline: Timeline;
}

export interface OffloadTotals {
  readonly requests: number;
  readonly hits: number;
  /** hits / requests; 1 before the first request. */
  readonly hitRate: number;
  /** Experts moved onto the device, those predicted in vain included. */
  readonly loads: number;
  readonly bytesMoved: number;
  /** Experts that hold slots now, and the most that ever did. Never above K. */
  readonly residency: number;
  readonly peakResidency: number;
  /** Bytes of the slots on the device, and of one of them. */
  readonly slotBytes: number;
  readonly bytesPerExpert: number;
  /** Files read, and of those the ones whose checksum was wrong and that were written again. */
  readonly reads: number;
  readonly repaired: number;
  /** Sums over all layer runs: the lanes' work, and the time that computing waited for a load. */
  readonly loadMs: number;
  readonly computeMs: number;
  readonly waitMs: number;
}
