/** How fast an experiment goes, from what it has done: the time that its runs left will take. */
import type { ExperimentRecord, Job } from './experiment';
import { jobsOf, recipeOf } from './jobs';
import { workOfRun } from './quantities';

/** Work of a run in FLOPs: its training and its looks at the held-out text. */
export class Workloads {
  readonly #known = new Map<string, number>();

  constructor(private readonly vocabularySize: number) {}

  /** Of one run of an arm; seeds and learning rates make no difference. */
  of({ experiment, arms }: Pick<ExperimentRecord, 'experiment' | 'arms'>, job: Job): number {
    const key = `${job.arm}/${job.purpose}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const arm = arms.find(({ id }) => id === job.arm);
    if (!arm) return 0;
    const work = workOfRun(recipeOf(experiment, arm, job, 1), arm, this.vocabularySize);
    this.#known.set(key, work);
    return work;
  }

  /** Work of the runs that have results. */
  done(record: ExperimentRecord): number {
    const done = new Set(record.results.map(({ job }) => job));
    const jobs = jobsOf(record.experiment, record.arms).filter(({ id }) => done.has(id));
    return jobs.reduce((sum, job) => sum + this.of(record, job), 0);
  }

  /**
   * Seconds that are left, by the pace so far; null before the first run is done. `share`: of each run under way that is done.
   */
  secondsLeft(record: ExperimentRecord, share: ReadonlyMap<string, number> = new Map()): number | null {
    const past = this.done(record);
    return past > 0 && record.seconds > 0 ? (this.left(record, share) * record.seconds) / past : null;
  }

  /** Work of the runs without a result. */
  left(record: ExperimentRecord, share: ReadonlyMap<string, number> = new Map()): number {
    const done = new Set(record.results.map(({ job }) => job));
    const jobs = jobsOf(record.experiment, record.arms).filter(({ id }) => !done.has(id));
    return jobs.reduce((sum, job) => sum + this.of(record, job) * (1 - (share.get(job.id) ?? 0)), 0);
  }
}
