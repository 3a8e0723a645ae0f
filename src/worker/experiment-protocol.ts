/**
 * The part of the protocol that carries out experiments: a queue of sweeps and pairs in a worker of its own, which is kept in the
 * browser; and two looks that need no training, inside the blocks of a model and at the speed of models of real size.
 */
import type { Arm, Experiment, ExperimentRecord, Job } from '../lab/experiments/experiment';
import type { LayerInside } from '../lab/inside/inside';
import type { Part } from '../lab/inside/without-parts';
import type { ShapeSpeed } from '../lab/real-size/measure';
import type { ShapePlan } from '../lab/real-size/shape-plan';
import type { Curves } from '../train/curves';
import type { ModelSource } from './protocol';

export type ExperimentRequest =
  /** Reads what is kept → `experiments`. What ran when the page was left is paused. */
  | { readonly type: 'openExperiments' }
  /** What an experiment comes to, before it runs → `progress`…, `experimentPlan`. */
  | { readonly type: 'planExperiment'; readonly experiment: Experiment }
  /** Puts it at the end of the queue, which goes on by itself → `experiments`, then `experiment` and `experimentProgress`. */
  | {
      readonly type: 'addExperiment';
      readonly experiment: Experiment;
      readonly name: string | null;
      /** Id of the arm that the user expects to win. */
      readonly prediction: string | null;
      /** Starts it however long it takes. */
      readonly force: boolean;
    }
  /** Takes in a record from a file, with its results; one that is not done waits to be asked to go on → `experiments`. */
  | { readonly type: 'importExperiment'; readonly record: ExperimentRecord }
  /** → `experiments`. */
  | { readonly type: 'changeExperiment'; readonly id: string; readonly action: ExperimentAction }
  | { readonly type: 'cancelExperiments' }
  | { readonly type: 'nameExperiment'; readonly id: string; readonly name: string | null }
  /** Adds seeds to an experiment and lets it go on → `experiments`. */
  | { readonly type: 'repeatExperiment'; readonly id: string; readonly seeds: number }
  /** Measures every layer of a model over a text → `progress`…, `inside`. */
  | {
      readonly type: 'lookInside';
      readonly model: ModelSource;
      readonly text: string;
      readonly tokens: number;
      /** PanGu-π's parts that are switched off in the finished weights. */
      readonly without: Part | 'nothing';
    }
  /** Decodes with random weights of each shape, scaled down where memory does not allow more → `progress`…, `shapes`. */
  | { readonly type: 'timeShapes'; readonly limitBytes: number };

/** `run` lets a paused or cancelled one go on; `earlier` and `later` move it in the queue; `remove` forgets it. */
export type ExperimentAction = 'run' | 'pause' | 'cancel' | 'earlier' | 'later' | 'remove';

/** What is known before anything runs. Sentences, to be shown as they are. */
export interface ExperimentPlan {
  readonly arms: readonly Arm[];
  /** With any, it does not start. */
  readonly problems: readonly string[];
  /** An experiment that would do instead: for a pair with a second change, a pair of that change alone. */
  readonly offer: Experiment | null;
  /** Worth knowing, and no obstacle. */
  readonly notes: readonly string[];
  /** It is so large that it starts only when it is asked for all the same (`force`). */
  readonly tooLarge: string | null;
  /** Search runs and counted runs. */
  readonly runs: number;
  readonly tokens: number;
  readonly flops: number;
  /** By the pace of runs before on this device; null while there were none. */
  readonly seconds: number | null;
}

/** A run that is under way; its curves are thinned. */
export interface JobReport {
  readonly job: Job;
  readonly step: number;
  readonly steps: number;
  readonly curves: Pick<Curves, 'steps' | 'evaluations'>;
}

export type ExperimentEvent =
  /** All of them, in the order of the queue. */
  | { readonly type: 'experiments'; readonly records: readonly ExperimentRecord[] }
  | { readonly type: 'experiment'; readonly record: ExperimentRecord }
  /**
   * At most four times a second. `secondsLeft` of this experiment, `secondsWaiting` of those that wait behind it at the same
   * pace; null while the pace is not known.
   */
  | {
      readonly type: 'experimentProgress';
      readonly id: string;
      readonly jobs: readonly JobReport[];
      readonly secondsLeft: number | null;
      readonly secondsWaiting: number | null;
    }
  /** An experiment stopped because of this, and is paused. */
  | { readonly type: 'experimentProblem'; readonly id: string; readonly message: string }
  | { readonly type: 'experimentPlan'; readonly plan: ExperimentPlan }
  | {
      readonly type: 'inside';
      readonly model: string;
      readonly without: Part | 'nothing';
      readonly tokens: readonly { readonly id: number; readonly text: string }[];
      readonly layers: readonly LayerInside[];
    }
  | { readonly type: 'shapes'; readonly shapes: readonly { readonly plan: ShapePlan; readonly speed: ShapeSpeed }[] };
