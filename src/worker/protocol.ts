/**
 * What the page and the worker say to each other: two discriminated unions of plain data, nothing else.
 *
 * The worker owns the device, the model and the text being written; the page only shows. Each request but `stop` is
 * answered by the events listed beside it, the last of which ends it; requests are carried out one after the other.
 * Units: bytes, milliseconds, nats (entropy), probabilities in [0, 1]. Positions count tokens from 0, the begin token
 * included.
 */
import type { CalibrationRow } from '../gpu/calibration';
import type { Ceilings } from '../gpu/ceilings/ceilings';
import type { AdapterDescription, Counters } from '../gpu/device';
import type { Gate } from '../gpu/gates/gates';
import type { KernelTime } from '../graph/kernel-time';
import type { Family } from '../graph/operation';
import type { Backend, BackendChoice, BackendSetting, Work } from '../lab/backend-choice';
import type { ModelConfig } from '../model/config';
import type { MemoryUse } from '../model/runtime';
import type { ExperimentEvent, ExperimentRequest } from './experiment-protocol';
import type { OffloadEvent, OffloadRequest } from './offload-protocol';
import type { CpuReport } from './open-cpu';
import type { QuantiseEvent, QuantiseRequest } from './quantise-protocol';
import type { TokenizerEvent, TokenizerRequest } from './tokenizer-protocol';
import type { TrainingEvent, TrainingRequest } from './training-protocol';

export type {
  Backend,
  BackendChoice,
  BackendSetting,
  CalibrationRow,
  Ceilings,
  CpuReport,
  Gate,
  KernelTime,
  MemoryUse,
  Work,
};

export type Request =
  /**
   * Opens what `backend` needs: the GPU unless the CPU is asked for, the CPU where WebGPU is missing → `device`. `threads` are
   * those that the CPU may use, null for as many as suit. Sent again, it holds from the next model or run on.
   */
  | { readonly type: 'open'; readonly backend: BackendSetting; readonly threads: number | null }
  /** Loads a model and makes its first token possible → `progress`… `model`. The model before it is released. */
  | { readonly type: 'load'; readonly model: ModelSource; readonly options: EngineOptions }
  /** Writes text → `prompt`, `token`…, `done`. */
  | { readonly type: 'generate'; readonly from: Start; readonly settings: Sampling; readonly length: number }
  /** Ends a `generate` after the token under way; it answers `done` with reason `stopped`. */
  | { readonly type: 'stop' }
  /** What the model did at a position of the text written so far → `inspection`. */
  | { readonly type: 'inspect'; readonly position: number }
  /** Times each kernel of one decoded token with one pass a dispatch → `profile`. */
  | { readonly type: 'profile' }
  /** Times every kernel that could run each product of the loaded model → `progress`…, `calibration`; winners are kept for this adapter. */
  | { readonly type: 'calibrate' }
  /**
   * Times GPU and CPU on the loaded model again, whatever was measured before → `progress`…, `device`, `comparison`. Where the
   * faster one may run models, the model moves there with its text.
   */
  | { readonly type: 'compare' }
  /** Measures copy bandwidth and the arithmetic ceiling → `ceilings`. */
  | { readonly type: 'measure' }
  /** Destroys the device as a driver reset would, to show that nothing is lost → `notice`, `device`. */
  | { readonly type: 'loseDevice' }
  | TrainingRequest
  | ExperimentRequest
  | TokenizerRequest
  | QuantiseRequest
  | OffloadRequest;

export type ModelSource =
  /** A folder of public/models, by id; the page's base URL is given when the worker starts. */
  | { readonly kind: 'shipped'; readonly id: string }
  /** Files a person dropped. */
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly File[] };

export interface EngineOptions {
  /** How matrices are kept: `stored` packs them as f16 where the file holds f16, so that nothing is lost. */
  readonly weights: 'stored' | 'f16' | 'f32';
  /** `auto`: what calibration found, else what usually wins on such an adapter. */
  readonly kernels: 'auto' | Family;
}

export interface Sampling {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** 1 keeps all. */
  readonly topP: number;
  /** uint32. */
  readonly seed: number;
}

export type Start =
  | { readonly kind: 'prompt'; readonly text: string }
  /** Goes on after the last token. */
  | { readonly kind: 'continue' }
  /** Keeps the text before `position`, puts token `id` there and goes on after it. */
  | { readonly kind: 'alternative'; readonly position: number; readonly id: number };

export type Event =
  | { readonly type: 'device'; readonly device: DeviceReport }
  | {
      readonly type: 'progress';
      readonly task:
        | 'download'
        | 'upload'
        | 'compile'
        | 'calibrate'
        | 'compare'
        | 'read'
        | 'vocabulary'
        | 'tokenise'
        | 'evaluate'
        | 'count'
        | 'coverage'
        | 'store'
        | 'machine'
        | 'layer'
        | 'resident'
        | 'trace';
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: 'model'; readonly model: ModelReport }
  | { readonly type: 'prompt'; readonly tokens: readonly PromptToken[]; readonly dropped: number }
  | { readonly type: 'token'; readonly token: GeneratedToken; readonly elapsed: number }
  | { readonly type: 'done'; readonly reason: DoneReason; readonly report: GenerationReport }
  | { readonly type: 'inspection'; readonly inspection: Inspection }
  | { readonly type: 'profile'; readonly kernels: readonly KernelTime[] }
  | { readonly type: 'calibration'; readonly rows: readonly CalibrationRow[] }
  | { readonly type: 'ceilings'; readonly ceilings: Ceilings }
  /** What the loaded model holds and costs where it runs now; the times are in the device's report. */
  | { readonly type: 'comparison'; readonly model: Pick<ModelReport, 'memory' | 'cost'> }
  | { readonly type: 'notice'; readonly notice: Notice }
  | TrainingEvent
  | ExperimentEvent
  | TokenizerEvent
  | QuantiseEvent
  | OffloadEvent
  /** The request failed; what was there before it still is. `message` is a sentence to be shown as it is. */
  | { readonly type: 'error'; readonly request: Request['type']; readonly message: string };

export interface DeviceReport {
  /** What runs the loaded model: `gpu` through WebGPU, or the CPU. */
  readonly backend: Backend;
  readonly setting: BackendSetting;
  readonly adapter: AdapterDescription | null;
  /** Why there is no GPU: no WebGPU, no adapter, not asked for. A sentence; null where there is one. */
  readonly reason: string | null;
  readonly gates: readonly Gate[];
  readonly cpu: CpuReport;
  /** What was measured of both backends for the work at hand, also where `setting` decides; null where nothing was. */
  readonly choice: BackendChoice | null;
  /** Of what runs the loaded model. */
  readonly bytesInUse: number;
  readonly counters: Counters | null;
}

export interface ModelReport {
  /** Shipped id, or the name of the dropped folder. */
  readonly id: string;
  readonly config: ModelConfig;
  readonly parameters: number;
  /** Those that one token meets: all of them unless there are experts. */
  readonly activeParameters: number;
  readonly memory: MemoryUse;
  /** Derived from the graph of one token. */
  readonly cost: {
    readonly flops: number;
    readonly bytesRead: number;
    readonly dispatches: number;
    readonly weightBytes: number;
    readonly stateBytes: number;
    readonly activationBytes: number;
  };
  readonly loadMilliseconds: number;
  /** Something a person should know about the files, as sentences. */
  readonly notes: readonly string[];
}

export interface PromptToken {
  readonly id: number;
  /** Text this token adds; empty while a character is not complete. */
  readonly text: string;
}

export interface Alternative {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

export interface GeneratedToken extends PromptToken {
  readonly position: number;
  /** The model's own probability of this token, at temperature 1. */
  readonly probability: number;
  /** Of the whole distribution, in nats. */
  readonly entropy: number;
  /** The ten most likely tokens, best first. */
  readonly alternatives: readonly Alternative[];
}

/** `end`: the model closed the document; `context`: no room is left. */
export type DoneReason = 'length' | 'end' | 'stopped' | 'context';

export interface GenerationReport {
  readonly promptTokens: number;
  readonly tokens: number;
  readonly firstTokenMs: number;
  /** After the first token; null with fewer than two. */
  readonly tokensPerSecond: number | null;
  readonly dispatchesPerToken: number;
  readonly submitsPerToken: number;
}

export interface Inspection {
  readonly position: number;
  /** `attention[layer][head][position]`: softmax weights over positions 0…position. */
  readonly attention: readonly (readonly (readonly number[])[])[];
  /** What each layer would have said next, lowest layer first. */
  readonly lens: readonly { readonly entropy: number; readonly alternatives: readonly Alternative[] }[];
}

export type Notice =
  /** The device was lost and a new one took over; the text written so far goes on. */
  | { readonly kind: 'deviceReopened'; readonly cause: string }
  /** The device was lost and the CPU took over. */
  | { readonly kind: 'deviceGone'; readonly cause: string }
  /** A thread of the CPU died and new ones took over; the text or run goes on. */
  | { readonly kind: 'threadGone'; readonly cause: string }
  /** Both were timed and the CPU is faster than a real GPU, so it took over; the report of the device has the numbers. */
  | { readonly kind: 'cpuChosen'; readonly choice: BackendChoice }
  /** A run goes on but is not kept; `cause` is a sentence that says why and what to do. */
  | { readonly kind: 'notKept'; readonly cause: string }
  /** Another tab trains too; `cause` is a sentence that says what that costs. */
  | { readonly kind: 'sharedDevice'; readonly cause: string };
