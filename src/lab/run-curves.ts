/**
 * The curves of a run while it grows. A run that went back to a snapshot passes some steps again: their points take the
 * place of the ones before, so a step never stands in a curve twice. Points may be added in any order of kinds, but each
 * kind by rising steps (or back at a step it had).
 */
import type {
  CarrierPoint,
  ChangePoint,
  Curves,
  EvaluationPoint,
  LiveKey,
  ProbePoint,
  SamplePoint,
  StepPoint,
} from '../train/curves';
import type { Recipe } from '../train/recipe';

export class RunCurves {
  readonly #steps: StepPoint[];
  readonly #evaluations: EvaluationPoint[];
  readonly #probes: ProbePoint[];
  readonly #samples: SamplePoint[];
  readonly #changes: ChangePoint[];
  readonly #carriers: CarrierPoint[];

  /** Snapshots that were kept before carriers were noted have none. */
  constructor({ steps, evaluations, probes, samples, changes, carriers = [] }: Curves) {
    this.#steps = [...steps];
    this.#evaluations = [...evaluations];
    this.#probes = [...probes];
    this.#samples = [...samples];
    this.#changes = [...changes];
    this.#carriers = [...carriers];
  }

  /** Returns whether the point is of a step that was not passed before. */
  addStep(point: StepPoint): boolean {
    return put(this.#steps, point);
  }

  addEvaluation(point: EvaluationPoint): boolean {
    return put(this.#evaluations, point);
  }

  addSample(point: SamplePoint): boolean {
    return put(this.#samples, point);
  }

  /** All kinds of one round. */
  addProbes(points: readonly ProbePoint[]): boolean {
    const step = points[0]?.step ?? 0;
    const at = this.#probes.findIndex((point) => point.step >= step);
    const fresh = at < 0;
    if (!fresh) this.#probes.splice(at, this.#probes.filter((point) => point.step === step).length);
    this.#probes.splice(fresh ? this.#probes.length : at, 0, ...points);
    return fresh;
  }

  addChange(point: ChangePoint): void {
    this.#changes.push(point);
  }

  /** Notes what carries the run from the step after `step` on, unless that is what carried it before. */
  addCarrier(point: CarrierPoint): void {
    if (this.#carriers.at(-1)?.adapter === point.adapter) return;
    // Nothing ran on a carrier that another one followed at the same step.
    while ((this.#carriers.at(-1)?.step ?? -1) >= point.step) this.#carriers.pop();
    this.#carriers.push(point);
  }

  /** Takes a change back that could not be carried out. */
  dropChange(point: ChangePoint): void {
    this.#changes.splice(this.#changes.indexOf(point), 1);
  }

  /** What a value is at `step`, after the changes made before it. */
  valueAt(recipe: Recipe, key: LiveKey, step: number): number {
    return this.#changes.findLast((point) => point.key === key && point.step < step)?.to ?? recipe[key];
  }

  lastChange(key: LiveKey): ChangePoint | undefined {
    return this.#changes.findLast((point) => point.key === key);
  }

  has(kind: 'evaluations' | 'probes' | 'samples', step: number): boolean {
    const points = { evaluations: this.#evaluations, probes: this.#probes, samples: this.#samples }[kind];
    return points.some((point) => point.step === step);
  }

  /** Whether nothing was added since a copy was made: evaluations and changes may come at the step of the copy. */
  matches(copy: Curves): boolean {
    const now = this.until();
    return (Object.keys(now) as (keyof Curves)[]).every((kind) => now[kind].length === copy[kind].length);
  }

  /** A copy as it stands, of points up to `step`. */
  until(step = Number.POSITIVE_INFINITY): Curves {
    const reached = <T extends { readonly step: number }>(points: readonly T[]): T[] => {
      const end = points.findIndex((point) => point.step > step);
      return end < 0 ? [...points] : points.slice(0, end);
    };
    return {
      steps: reached(this.#steps),
      evaluations: reached(this.#evaluations),
      probes: reached(this.#probes),
      samples: reached(this.#samples),
      changes: reached(this.#changes),
      carriers: reached(this.#carriers),
    };
  }
}

function put<T extends { readonly step: number }>(points: T[], point: T): boolean {
  if (point.step > (points.at(-1)?.step ?? -1)) {
    points.push(point);
    return true;
  }
  const at = points.findIndex((known) => known.step >= point.step);
  points.splice(at, points[at]?.step === point.step ? 1 : 0, point);
  return false;
}
