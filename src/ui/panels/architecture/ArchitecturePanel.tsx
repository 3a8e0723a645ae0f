/** The Architecture panel: a question as an experiment, the queue, what came out beside what a paper says, and looks inside. */
import { useEffect } from 'react';
import appStyles from '../../app/App.module.css';
import { BackendControls } from '../../app/BackendControls';
import { DropZone } from '../../controls/DropZone';
import { Fold } from '../../controls/Fold';
import { architectureText } from '../../i18n/architecture-text';
import { text } from '../../i18n/catalogue';
import { importExperiments, openExperiments } from '../../state/experiments-commands';
import { fetchRecordedExperiment } from '../../state/recorded-experiments';
import { ArchitectureMessages } from './ArchitectureMessages';
import { Cost } from './Cost';
import { Inside } from './Inside';
import { Paper } from './Paper';
import { PlanTable } from './PlanTable';
import { Question } from './Question';
import { Queue } from './Queue';
import { RealSpeed } from './RealSpeed';
import { Results } from './Results';
import { RunExperiment } from './RunExperiment';
import { Held, LengthAndRepeats } from './Settings';
import { useExperimentForm } from './useExperiment';
import { Varied } from './Varied';

export function ArchitecturePanel() {
  const { title, lead, controls: label, files } = architectureText;
  const { preset } = useExperimentForm();
  useEffect(openExperiments, []);
  useEffect(() => {
    if (preset) void fetchRecordedExperiment(preset.id);
  }, [preset]);
  return (
    <main className={appStyles.main} id="panel" tabIndex={-1}>
      <aside className={appStyles.aside} aria-label={label}>
        <Question />
        <Cost />
        <RunExperiment />
        <Varied />
        <Held />
        <LengthAndRepeats />
        <Fold title={text.backend.controls.legend} start="folded">
          <BackendControls work="train" />
        </Fold>
      </aside>
      <div className={appStyles.stage}>
        <div>
          <h1>{title}</h1>
          <p className={appStyles.lead}>{lead}</p>
        </div>
        <Queue />
        <PlanTable />
        <Results />
        <Paper />
        <Inside />
        <RealSpeed />
      </div>
      <ArchitectureMessages />
      <DropZone invitation={files.drop} onFiles={(dropped) => void importExperiments(dropped)} />
    </main>
  );
}
