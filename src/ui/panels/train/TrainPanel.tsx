/** The Train panel: the recipe with its cost, the run, its live charts, the model's words, and the papers beside it. */
import { useEffect } from 'react';
import appStyles from '../../app/App.module.css';
import { BackendControls } from '../../app/BackendControls';
import { Message, noticeText } from '../../app/Messages';
import { Fold } from '../../controls/Fold';
import { text } from '../../i18n/catalogue';
import { useTraining } from '../../state/training';
import { dismissTrainingNotice, dismissTrainingProblem, showRecorded } from '../../state/training-commands';
import { Charts } from './Charts';
import { Corpus } from './Corpus';
import { Cost } from './Cost';
import { FieldRow } from './FieldRow';
import { Folds } from './Folds';
import { LiveControls } from './LiveControls';
import { Offers } from './Offers';
import { Paper } from './Paper';
import { Presets, SizePicker } from './Presets';
import { RunActions } from './RunActions';
import { Learned } from './Samples';
import { StatusCard } from './StatusCard';
import { TrainDrop } from './TrainDrop';
import { Vocabulary } from './Vocabulary';

export function TrainPanel() {
  const { title, lead, controls: label, corpus } = text.train;
  useEffect(() => void showRecorded(), []);
  return (
    <main className={appStyles.main} id="panel" tabIndex={-1}>
      <aside className={appStyles.aside} aria-label={label}>
        <Presets />
        <Cost />
        <RunActions />
        <Fold title={corpus.legend}>
          <Corpus />
          <Vocabulary />
        </Fold>
        <Fold title={text.train.main}>
          <SizePicker />
          <FieldRow field="context" />
          <FieldRow field="batch" />
          <FieldRow field="steps" />
          <FieldRow field="learningRate" />
        </Fold>
        <Folds />
        <Fold title={text.backend.controls.legend} start="folded">
          <BackendControls work="train" />
        </Fold>
      </aside>
      <div className={appStyles.stage}>
        <div>
          <h1>{title}</h1>
          <p className={appStyles.lead}>{lead}</p>
        </div>
        <TrainMessages />
        <Offers />
        <StatusCard />
        <LiveControls />
        <Charts />
        <Learned />
        <Paper />
      </div>
      <TrainDrop />
    </main>
  );
}

function TrainMessages() {
  const problem = useTraining((state) => state.problem);
  const notice = useTraining((state) => state.notice);
  return (
    <div className={appStyles.messages}>
      {problem && (
        <Message kind="problem" onDismiss={dismissTrainingProblem}>
          <b>{text.notice.problem}</b> {problem.message}
        </Message>
      )}
      {notice && (
        <Message kind="notice" onDismiss={dismissTrainingNotice}>
          {noticeText(text.train.notice, notice)}
        </Message>
      )}
    </div>
  );
}
