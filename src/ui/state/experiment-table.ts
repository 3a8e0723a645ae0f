/** The runs of an experiment as a table with all digits, for spreadsheets. */
import type { ExperimentRecord, Job } from '../../lab/experiments/experiment';
import { jobsOf } from '../../lab/experiments/jobs';
import type { Table } from '../charts/csv';
import { architectureText } from '../i18n/architecture-text';

export function jobTable(record: ExperimentRecord): Table {
  const jobs = new Map(jobsOf(record.experiment, record.arms).map((job) => [job.id, job]));
  return {
    columns: architectureText.table.csv,
    rows: record.results.map((result) => {
      const { arm, purpose, seed }: Partial<Job> = jobs.get(result.job) ?? {};
      const { probes } = result;
      return [
        result.job,
        arm ?? '',
        purpose ?? '',
        seed ?? '',
        result.factor,
        result.state,
        result.bitsPerCharacter,
        result.heldOutLoss,
        result.trainingLoss,
        probes?.correct ?? null,
        probes?.n ?? null,
        result.steps,
        result.tokensPerSecond,
        result.seconds,
        result.adapter,
      ];
    }),
  };
}
