/**
 * A training run as it is kept, listed, exported and compared: the recipe, what it ran on, and its curves. The weights
 * are not in it; they are in the snapshot beside it (`src/train/snapshot.ts`).
 */
import type { Curves } from '../train/curves';
import type { Recipe } from '../train/recipe';
import type { StepCost } from '../train/trainer';

/**
 * `running` and `paused` runs live in a worker; `interrupted` ones were cut off (reload, closed tab) and can go on from
 * their snapshot, like `cancelled` and `diverged` ones; `recorded` ones are shipped with the page.
 */
export type RunState = 'running' | 'paused' | 'interrupted' | 'done' | 'cancelled' | 'diverged' | 'recorded';

export interface RunRecord {
  /** Raised when a record of this version could not be read as one of the version before. */
  readonly schemaVersion: 1;
  /** Unique: `run-<time>-<random>`. */
  readonly id: string;
  /** What the user called it; null: made from what differs (`run-names.ts`). */
  readonly name: string | null;
  /** ISO 8601. */
  readonly created: string;
  readonly state: RunState;
  readonly recipe: Recipe;
  /** What it ran on: the adapter's name, or the CPU's backend. */
  readonly adapter: string;
  readonly facts: RunFacts;
  readonly curves: Curves;
  /** Seconds of training, pauses left out. */
  readonly seconds: number;
  /** Why it stopped, when it did not end by itself: a sentence. */
  readonly problem: string | null;
}

/** What is known once data and model are prepared. */
export interface RunFacts {
  readonly parameters: number;
  readonly vocabulary: number;
  /** Of the tokenised training text (FNV-1a, hexadecimal), so that a run can be checked against the same data. */
  readonly dataHash: string;
  /** Of every kernel of the compiled programs, in the same way; empty before they are compiled. */
  readonly kernelsHash: string;
  readonly trainingTokens: number | null;
  readonly heldOutTokens: number;
  /** ln V, where a fresh model starts. */
  readonly freshLoss: number;
  /** StoryWorld's entropy for this mixture and vocabulary; null for other text. */
  readonly floor: { readonly nats: number; readonly bitsPerCharacter: number } | null;
  /** Derived cost of one step. */
  readonly cost: StepCost;
}

/** The file that a run is exported as (recipe and curves), and several of them (`runs`). */
export interface RunFile {
  readonly kind: 'pangu-pi-runs';
  readonly schemaVersion: 1;
  readonly runs: readonly RunRecord[];
}
