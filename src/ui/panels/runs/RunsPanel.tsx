/** The Runs panel: every run in one table, the curves of the selected over each other, and what differs among them. */
import { useEffect } from 'react';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { DropZone } from '../../controls/DropZone';
import { text } from '../../i18n/catalogue';
import { writeAddress } from '../../state/address';
import { useRuns, watchRuns } from '../../state/runs';
import { importRuns } from '../../state/runs-commands';
import { useSettings } from '../../state/settings';
import { useStoredRuns } from '../../state/stored-runs';
import { Comparison } from './Comparison';
import { Controls } from './Controls';
import { Overlay } from './Overlay';
import { Paper } from './Paper';
import { RunMessages } from './RunMessages';
import { RunTable } from './RunTable';
import styles from './runs.module.css';

export function RunsPanel() {
  const { title, lead, controls: label, files } = text.runs;
  useEffect(watchRuns, []);
  return (
    <main className={appStyles.main} id="panel" tabIndex={-1}>
      <aside className={appStyles.aside} aria-label={label}>
        <Controls />
      </aside>
      <div className={appStyles.stage}>
        <div>
          <h1>{title}</h1>
          <p className={appStyles.lead}>{lead}</p>
        </div>
        <StorageProblem />
        <Body />
      </div>
      <RunMessages />
      <DropZone invitation={files.drop} onFiles={(dropped) => void importRuns(dropped)} />
    </main>
  );
}

function Body() {
  const none = useRuns(({ entries }) => entries.length === 0);
  const ready = useRuns((state) => state.ready);
  if (none) return ready ? <Empty /> : <p className={controls.quiet}>{text.runs.empty.loading}</p>;
  return (
    <>
      <RunTable />
      <Overlay />
      <Comparison />
      <Paper />
    </>
  );
}

function Empty() {
  const settings = useSettings();
  const words = text.runs.empty;
  return (
    <section className={`${controls.card} ${styles.empty}`} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <p>{words.how}</p>
      <p>
        <a href={`#${writeAddress({ ...settings, panel: 'train' })}`}>{words.train}</a>
      </p>
    </section>
  );
}

function StorageProblem() {
  const problem = useStoredRuns((state) => state.problem);
  if (problem === null) return null;
  return (
    <section className={styles.problem} role="alert">
      <p>{text.runs.storage(problem)}</p>
    </section>
  );
}
