/** What came out of the shown experiment: where it is from, what it says, its charts and the runs behind them. */
import { useMemo } from 'react';
import { jobsOf } from '../../../lab/experiments/jobs';
import type { MetricKey } from '../../../lab/experiments/metrics';
import controls from '../../controls/controls.module.css';
import { architectureText } from '../../i18n/architecture-text';
import { saveExperiment, saveJobs, setMetric, showExperiment } from '../../state/experiments-commands';
import { useRecordedExperiments } from '../../state/recorded-experiments';
import styles from './architecture.module.css';
import { CurvesChart } from './CurvesChart';
import { DifferenceChart } from './DifferenceChart';
import { armFigures, metricsOf } from './figures';
import { HeatChart } from './HeatChart';
import { JobTable } from './JobTable';
import { experimentName } from './names';
import { Ranks } from './Ranks';
import { ScoreBars } from './ScoreBars';
import { SpeedChart } from './SpeedChart';
import { predictionSentence, sentencesOf } from './sentences';
import { useExperimentForm } from './useExperiment';
import { type ShownExperiment, useMetric, useShown } from './useShown';

const words = architectureText.results;

export function Results() {
  const shown = useShown();
  const { preset } = useExperimentForm();
  const known = useRecordedExperiments((state) => preset === null || state.known.includes(preset.id));
  // What is below must not jump when the recorded result comes.
  if (!shown && !known) return <div className={styles.waiting} />;
  if (!shown) {
    return (
      <section className={`${controls.card} ${styles.empty}`} aria-label={words.heading}>
        <h2>{words.heading}</h2>
        <p>{words.none}</p>
      </section>
    );
  }
  return <Shown {...shown} />;
}

function Shown({ record, recorded }: ShownExperiment) {
  const metric = useMetric(record);
  const figures = useMemo(() => armFigures(record, metric), [record, metric]);
  const { experiment } = record;
  const props = { record, figures, metric };
  const grid = experiment.arms.kind === 'grid' ? experiment.arms.axes : [];
  return (
    <>
      <section className={controls.card} aria-label={words.heading}>
        <Head record={record} recorded={recorded} metric={metric} />
        <p className={styles.finding} role="status">
          {sentencesOf(props).join(' ')}
        </p>
        {record.prediction !== null && <p className={styles.prediction}>{predictionSentence(props)}</p>}
      </section>
      <div className={styles.charts}>
        <ScoreBars {...props} />
        <CurvesChart {...props} />
        {record.arms.length === 2 && <DifferenceChart figures={figures} metric={metric} />}
        <SpeedChart {...props} />
        {grid.length === 2 && <HeatChart {...props} />}
        {experiment.arms.kind === 'random' && <Ranks record={record} metric={metric} />}
      </div>
      <JobTable record={record} />
    </>
  );
}

function Head({ record, recorded, metric }: ShownExperiment & { readonly metric: MetricKey }) {
  const { preset } = useExperimentForm();
  const other = useRecordedExperiments((state) => preset !== null && state.records[preset.id] !== undefined);
  const files = architectureText.files;
  const all = jobsOf(record.experiment, record.arms).length;
  const adapter = record.results.at(-1)?.adapter ?? '';
  return (
    <>
      <div className={controls.cardHead}>
        <h2>
          {experimentName(record)} {recorded && <span className={styles.tag}>{words.recorded}</span>}
        </h2>
        <span className={styles.tools}>
          {!recorded && other && (
            <button type="button" className={controls.link} onClick={() => showExperiment(null)}>
              {words.back}
            </button>
          )}
          <button type="button" className={controls.link} onClick={() => saveExperiment(record)}>
            {files.record}
          </button>
          <button
            type="button"
            className={controls.link}
            disabled={record.results.length === 0}
            onClick={() => saveJobs(record)}
          >
            {files.runs}
          </button>
        </span>
      </div>
      <div className={styles.sub}>
        <span className={controls.quiet}>
          {recorded
            ? words.recordedHow(record.created.slice(0, 10), adapter, record.results.length)
            : words.ownHow(record.results.length, all, record.seconds)}
        </span>
        <label className={styles.metric}>
          {words.metric}
          <select value={metric} onChange={({ target }) => setMetric(target.value)}>
            {metricsOf(record).map((key) => (
              <option key={key} value={key}>
                {words.metrics[key]}
              </option>
            ))}
          </select>
        </label>
      </div>
    </>
  );
}
