/**
 * The part of the protocol about offloading: a model with experts that runs although the device does not hold them all, the
 * device measured for it, and one layer alone, simulated and run. One model is current; each request but those about a
 * synthetic layer uses it.
 *
 * Times are milliseconds, sizes bytes, experts and layers count from 0. Only layers with experts are named, by their number in
 * the model.
 */
import type { OffloadPolicyId } from '../offload/any-policy';
import type { ComparedLayer, LayerComparison, SyntheticLayer } from '../offload/compare-layer';
import type { ExpertVisit, LayerRun, OffloadTotals } from '../offload/expert-run';
import type { StoreTier } from '../offload/expert-store';
import type { MeasuredMachine } from '../offload/measured-machine';
import type { PolicyId } from '../offload/policies';
import type { SweepPoint } from '../offload/trace-sweep';
import type { BackendSetting, DoneReason, ModelSource, PromptToken, Sampling } from './protocol';

export type {
  ExpertVisit,
  LayerComparison,
  LayerRun,
  MeasuredMachine,
  OffloadPolicyId,
  OffloadTotals,
  StoreTier,
  SweepPoint,
  SyntheticLayer,
};

/** How a model with experts is to run. */
export interface OffloadSetup {
  readonly policy: OffloadPolicyId;
  /** K: experts that the device may hold. `resident` needs as many as the model has. */
  readonly slots: number;
  /** Holds K down to what fits into so many bytes; null for no such limit. An expert that is larger is refused. */
  readonly budgetBytes: number | null;
  /** Where experts lie that are not on the device. Files that are denied or do not fit give way to memory, with a note. */
  readonly tier: StoreTier;
  /** `auto`: as the Generate panel would choose. */
  readonly backend: BackendSetting;
}

export interface OffloadModelReport {
  readonly id: string;
  readonly parameters: number;
  /** Numbers of the layers that have experts. */
  readonly layers: readonly number[];
  /** E: experts of each of them. */
  readonly experts: number;
  /** As the file stores them and as they lie in a slot of the GPU. */
  readonly bytesPerExpert: number;
  /** Of all experts, and of everything else. */
  readonly expertBytes: number;
  readonly otherBytes: number;
  /** C and F. */
  readonly width: number;
  readonly ffnWidth: number;
  readonly loadMilliseconds: number;
}

/** What the setup came to. */
export interface OffloadPlace {
  readonly backend: 'gpu' | 'cpu';
  /** Of the device, or how the CPU computes. */
  readonly adapter: string;
  /** K as it is enforced. */
  readonly slots: number;
  readonly tier: StoreTier;
  /** What a person should know (files denied, device opened again, constraints that cannot be met), as sentences. */
  readonly notes: readonly string[];
}

export interface OffloadToken extends PromptToken {
  /** Place in the text, the begin token included. */
  readonly position: number;
  /** One a layer with experts, in order. */
  readonly visits: readonly ExpertVisit[];
  /** Whole token, experts and all else. */
  readonly milliseconds: number;
}

export interface OffloadReport {
  readonly text: string;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly firstTokenMs: number;
  /** After the first token; null with fewer than two. */
  readonly tokensPerSecond: number | null;
  readonly totals: OffloadTotals;
  readonly place: OffloadPlace;
  readonly machine: MeasuredMachine;
  /** Of a decoded token, what is not spent on experts; null without a decoded token. */
  readonly otherMs: number | null;
}

export interface OffloadComparison {
  readonly offloaded: OffloadReport;
  /** The same prompt and seed with every weight on the device. */
  readonly resident: {
    readonly text: string;
    readonly tokensPerSecond: number | null;
    readonly expertBytes: number;
  };
  /** Whether both wrote the same ids. */
  readonly equal: boolean;
}

export interface LayerComparisons extends ComparedLayer {
  readonly layer: SyntheticLayer;
  readonly place: OffloadPlace;
}

export interface OffloadSweep {
  readonly machine: MeasuredMachine;
  /** Of decoded tokens; the prompt is left out. */
  readonly tokens: number;
  readonly points: readonly SweepPoint[];
  /** Tokens a second with every expert on the device, which no K reaches beyond. */
  readonly bound: number;
}

export type OffloadRequest =
  /** Reads a model with experts and makes it the current one → `progress`… `offloadOpened`. */
  | { readonly type: 'openOffload'; readonly model: ModelSource }
  /** Writes a text under a setup → `offloadStarted`, `offloadToken`…, `offloadWritten`. The trace is kept for a sweep. */
  | {
      readonly type: 'writeOffload';
      readonly setup: OffloadSetup;
      readonly prompt: string;
      readonly settings: Sampling;
      readonly length: number;
    }
  /** The same text with every weight on the device, and under the setup → `progress`…, `offloadStarted`, `offloadToken`…, `offloadCompared`. */
  | {
      readonly type: 'compareOffload';
      readonly setup: OffloadSetup;
      readonly prompt: string;
      readonly settings: Sampling;
      readonly length: number;
    }
  /** α, β, γ and overlap of the current model's experts on this device → `progress`…, `offloadMeasured`. */
  | { readonly type: 'measureOffload'; readonly backend: BackendSetting; readonly tier: StoreTier }
  /** One synthetic layer, simulated and run under each policy → `progress`…, `offloadLayerRun`…, `offloadLayerRuns`. Needs no model. */
  | {
      readonly type: 'runOffloadLayer';
      readonly layer: SyntheticLayer;
      readonly policies: readonly PolicyId[];
      readonly slots: number;
      readonly tier: StoreTier;
      readonly backend: BackendSetting;
      /** Of each policy; the middle one is shown. */
      readonly repeats: number;
    }
  /** Tokens a second against K under each policy, over the text written last under any setup → `offloadSweep`. */
  | {
      readonly type: 'sweepOffload';
      readonly policies: readonly OffloadPolicyId[];
      readonly slots: readonly number[];
      readonly tier: StoreTier;
    }
  /** Damages the file of an expert, to show that the next read notices it and mends it → `offloadDamaged`. Needs a text written from files. */
  | { readonly type: 'damageExpert'; readonly layer: number; readonly expert: number }
  /** Ends what is under way; a text ends with what it has, all else with null. Not answered itself. */
  | { readonly type: 'stopOffload' };

export type OffloadEvent =
  | { readonly type: 'offloadOpened'; readonly model: OffloadModelReport }
  | { readonly type: 'offloadStarted'; readonly place: OffloadPlace; readonly prompt: readonly PromptToken[] }
  | {
      readonly type: 'offloadToken';
      readonly token: OffloadToken;
      readonly totals: OffloadTotals;
      /** What the layers did for this token (before the first one: for the prompt too). */
      readonly layers: readonly LayerRun[];
    }
  | { readonly type: 'offloadWritten'; readonly reason: DoneReason; readonly report: OffloadReport }
  | { readonly type: 'offloadCompared'; readonly comparison: OffloadComparison | null }
  | { readonly type: 'offloadMeasured'; readonly machine: MeasuredMachine | null; readonly notes: readonly string[] }
  | { readonly type: 'offloadLayerRun'; readonly row: LayerComparison }
  | { readonly type: 'offloadLayerRuns'; readonly comparisons: LayerComparisons | null }
  | { readonly type: 'offloadSweep'; readonly sweep: OffloadSweep | null }
  | { readonly type: 'offloadDamaged'; readonly layer: number; readonly expert: number };

/** All of them, by type. */
export const offloadRequests = {
  openOffload: true,
  writeOffload: true,
  compareOffload: true,
  measureOffload: true,
  runOffloadLayer: true,
  sweepOffload: true,
  damageExpert: true,
  stopOffload: true,
} as const satisfies Readonly<Record<OffloadRequest['type'], true>>;
