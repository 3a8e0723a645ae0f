/** Every run behind the figures: its arm, seed and rate, what it came to, and whether it diverged. */
import { useState } from 'react';
import type { ExperimentRecord } from '../../../lab/experiments/experiment';
import { jobsOf } from '../../../lab/experiments/jobs';
import controls from '../../controls/controls.module.css';
import { formatPercent, significant } from '../../format/numbers';
import { architectureText } from '../../i18n/architecture-text';
import styles from './architecture.module.css';
import { armName } from './names';

const words = architectureText.table;

export function JobTable({ record }: { readonly record: ExperimentRecord }) {
  const [searches, setSearches] = useState(false);
  const byJob = new Map(record.results.map((result) => [result.job, result]));
  const names = new Map(record.arms.map((arm) => [arm.id, armName(arm, record.experiment)]));
  const ended = jobsOf(record.experiment, record.arms).flatMap((job) => {
    const result = byJob.get(job.id);
    return result ? [{ job, result }] : [];
  });
  const shown = ended.filter(({ job }) => searches || job.purpose === 'run');
  const number = (value: number | null) => (value === null ? words.none : words.loss(value));
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        {ended.some(({ job }) => job.purpose === 'search') && (
          <label className={styles.metric}>
            <input type="checkbox" checked={searches} onChange={({ target }) => setSearches(target.checked)} />
            {words.searches}
          </label>
        )}
      </div>
      {shown.length === 0 ? (
        <p className={controls.quiet}>{architectureText.results.empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        <section className={styles.jobs} aria-label={words.label} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {words.columns.map((column, index) => (
                  <th key={column} scope="col" title={words.titles[index] || undefined}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ job, result }) => (
                <tr key={job.id} data-job={job.id} data-state={result.state}>
                  <th scope="row">
                    {names.get(job.arm) ?? job.arm}
                    {job.purpose === 'search' && <small> {words.search}</small>}
                  </th>
                  <td>{job.seed}</td>
                  <td>{significant(result.factor)}</td>
                  <td>{number(result.bitsPerCharacter)}</td>
                  <td>{number(result.heldOutLoss)}</td>
                  <td>{number(result.trainingLoss)}</td>
                  <td>
                    {result.probes && result.probes.n > 0
                      ? formatPercent(result.probes.correct / result.probes.n)
                      : words.none}
                  </td>
                  <td>{words.speed(result.tokensPerSecond)}</td>
                  <td>{words.states[result.state]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
