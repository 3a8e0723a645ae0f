/**
 * The part of the protocol about quantisation: what is in a model's matrices, what a scheme does to them, and what that does to the model.
 * One model is current; each request uses it.
 *
 * Errors are relative (0 exact, 1 as far off as leaving the matrix out), bytes are bytes, intervals are of 95 %.
 */
import type { Interval } from '../lab/evaluation';
import type { ModelDifference, ModelFigures } from '../lab/pruned-model';
import type { SchemeId } from '../quant/schemes';
import type { MatrixKind, SelectionId } from '../quant/which-matrices';
import type { ModelSource, Sampling } from './protocol';
import type { Writing } from './tokenizer-protocol';

/** How activations meet the integers: as they are, or as integers of 8 bits too (packed dot products). */
export type Activations = 'f32' | 'int8';

export interface MatrixReport {
  readonly name: string;
  readonly kind: MatrixKind;
  /** `0`, `1`, …, `query`; null outside the layers. */
  readonly layer: string | null;
  /** `[N, K]`. */
  readonly shape: readonly [number, number];
  readonly least: number;
  readonly most: number;
  readonly deviation: number;
  /** Mean over the rows of max |w| / √(mean w²). */
  readonly reach: number;
}

export interface QuantisedModelReport {
  readonly id: string;
  readonly parameters: number;
  /** Of the weights as the file stores them. */
  readonly bytes: number;
  readonly matrices: readonly MatrixReport[];
  /** E; the matrices of experts stay as they are, and are none of the above. */
  readonly experts: number;
  /** Why a scheme cannot be used on this model, as sentences; a scheme that is not named can. */
  readonly refused: Readonly<Partial<Record<SchemeId, string>>>;
  readonly loadMilliseconds: number;
}

export interface MatrixReading {
  readonly name: string;
  readonly scheme: SchemeId;
  /** Of all weights of the matrix: bars of one width between `from` and `to`. */
  readonly histogram: { readonly from: number; readonly to: number; readonly counts: readonly number[] };
  /** The row whose levels are drawn: the one with the largest reach unless one was asked for. */
  readonly row: number;
  /** That row's weights in the same bars, and what they can become (the first block's levels). */
  readonly rowCounts: readonly number[];
  readonly levels: readonly number[];
  /** How many weights of the matrix each integer stands for. */
  readonly integers: readonly number[];
  readonly relative: number;
  readonly largest: number;
}

export interface MatrixErrorRow {
  readonly name: string;
  readonly kind: MatrixKind;
  readonly layer: string | null;
  readonly shape: readonly number[];
  /** ‖W − W′‖ / ‖W‖. */
  readonly relative: number;
  /** ‖X·(W − W′)ᵀ‖ / ‖X·Wᵀ‖ on the activations of a text; null where the graph does not show them. */
  readonly onActivations: number | null;
}

export interface LayerErrorRow {
  readonly layer: string | null;
  readonly relative: number;
}

/** A model as it is, or under a scheme: what it is worth and what it costs. */
export interface SchemeFigures {
  /** Null: the model as it is. */
  readonly scheme: SchemeId | null;
  readonly activations: Activations;
  readonly figures: ModelFigures;
  /** Against the model as it is, on the same documents and questions; null for that one. */
  readonly difference: ModelDifference | null;
  /** Of the weights where the model runs. */
  readonly memoryBytes: number;
  readonly adapter: string;
}

export interface LayerSensitivity {
  /** The only layer that is quantised; null: all of them. */
  readonly layer: string | null;
  readonly bitsPerCharacter: Interval;
  /** Paired with the model as it is. */
  readonly difference: Interval;
}

export interface RangeRow {
  readonly model: string;
  readonly parameters: number;
  /** Mean over the matrices of max |w| / √(mean w²) over their rows. */
  readonly reach: number;
  readonly before: Interval;
  readonly after: Interval;
  /** Paired. */
  readonly difference: Interval;
}

export interface QuantisedShape {
  readonly name: string;
  /** One for the paper's shape; less where memory allows less. */
  readonly scale: number;
  readonly parameters: number;
  readonly scheme: SchemeId | 'f16' | 'f32';
  readonly tokensPerSecond: { readonly median: number; readonly lowest: number; readonly highest: number };
  readonly bytesPerToken: number;
  /** Of what this device copies; null where that was not measured. */
  readonly shareOfBandwidth: number | null;
  readonly adapter: string;
}

export type QuantiseRequest =
  /** Reads a model and makes it the current one → `progress`… `quantiseOpened`. */
  | { readonly type: 'openQuantise'; readonly model: ModelSource }
  /** One matrix under a scheme → `matrixRead`. `row` null: the one that reaches farthest. */
  | { readonly type: 'readMatrix'; readonly name: string; readonly scheme: SchemeId; readonly row: number | null }
  /** Error of every matrix and layer → `progress`… `errorsMeasured`. `text`: whose activations are taken. */
  | {
      readonly type: 'measureErrors';
      readonly scheme: SchemeId;
      readonly selection: SelectionId;
      readonly text: string;
    }
  /** The model as it is and under each scheme → `progress`… `schemeMeasured`… `schemesMeasured`. */
  | {
      readonly type: 'measureSchemes';
      readonly schemes: readonly SchemeId[];
      readonly selection: SelectionId;
      readonly activations: Activations;
    }
  /** Each layer quantised alone, then all → `progress`… `layerMeasured`… `sensitivityMeasured`. */
  | { readonly type: 'measureSensitivity'; readonly scheme: SchemeId; readonly selection: SelectionId }
  /** The same prompt and seed with both → `progress`… `quantisedWritten`. */
  | {
      readonly type: 'compareQuantised';
      readonly scheme: SchemeId;
      readonly selection: SelectionId;
      readonly activations: Activations;
      readonly prompt: string;
      readonly settings: Sampling;
      readonly length: number;
    }
  /** The quantised model's files → `quantisedExported`. */
  | { readonly type: 'exportQuantised'; readonly scheme: SchemeId; readonly selection: SelectionId }
  /** The shipped models: how far their weights reach, and what the scheme costs them → `progress`… `rangesCompared`. */
  | { readonly type: 'compareRanges'; readonly scheme: SchemeId; readonly models: readonly string[] }
  /** Random weights of the paper's shape, as it is and quantised → `progress`… `quantisedShapesTimed`. */
  | { readonly type: 'timeQuantisedShapes'; readonly scheme: SchemeId; readonly limitBytes: number }
  /** Ends the measurement under way; its last event comes with null. Not answered itself. */
  | { readonly type: 'stopQuantise' };

export type QuantiseEvent =
  | { readonly type: 'quantiseOpened'; readonly model: QuantisedModelReport }
  | { readonly type: 'matrixRead'; readonly reading: MatrixReading }
  | {
      readonly type: 'errorsMeasured';
      readonly errors: {
        readonly scheme: SchemeId;
        readonly matrices: readonly MatrixErrorRow[];
        readonly layers: readonly LayerErrorRow[];
      } | null;
    }
  | { readonly type: 'schemeMeasured'; readonly row: SchemeFigures }
  | { readonly type: 'schemesMeasured'; readonly rows: readonly SchemeFigures[] | null }
  | { readonly type: 'layerMeasured'; readonly row: LayerSensitivity }
  | { readonly type: 'sensitivityMeasured'; readonly rows: readonly LayerSensitivity[] | null }
  | { readonly type: 'quantisedWritten'; readonly before: Writing; readonly after: Writing }
  | {
      readonly type: 'quantisedExported';
      readonly name: string;
      readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
    }
  | { readonly type: 'rangesCompared'; readonly rows: readonly RangeRow[] | null }
  | { readonly type: 'quantisedShapesTimed'; readonly shapes: readonly QuantisedShape[] | null };

/** All of them, by type. */
export const quantiseRequests = {
  openQuantise: true,
  readMatrix: true,
  measureErrors: true,
  measureSchemes: true,
  measureSensitivity: true,
  compareQuantised: true,
  exportQuantised: true,
  compareRanges: true,
  timeQuantisedShapes: true,
  stopQuantise: true,
} as const satisfies Readonly<Record<QuantiseRequest['type'], true>>;
