/** What was just done or did not work, each as a sentence; what was deleted can be had back. */
import { useEffect, useRef } from 'react';
import appStyles from '../../app/App.module.css';
import { Message } from '../../app/Messages';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { undoDelete } from '../../state/runs-commands';
import { useRunsView } from '../../state/runs-view';
import { useTraining } from '../../state/training';
import { dismissTrainingProblem } from '../../state/training-commands';

export function RunMessages() {
  const { problem, notice } = useRunsView();
  const training = useTraining((state) => state.problem);
  return (
    <div className={appStyles.messages}>
      {problem !== null && (
        <Message kind="problem" onDismiss={() => useRunsView.setState({ problem: null })}>
          <b>{text.notice.problem}</b> {problem}
        </Message>
      )}
      {training && (
        <Message kind="problem" onDismiss={dismissTrainingProblem}>
          <b>{text.notice.problem}</b> {training.message}
        </Message>
      )}
      {notice !== null && (
        <Message kind="notice" onDismiss={() => useRunsView.setState({ notice: null })}>
          {notice}
        </Message>
      )}
      <Deleted />
    </div>
  );
}

/** Takes the focus, because the button that deleted may be gone with the runs. */
function Deleted() {
  const deleted = useRunsView((state) => state.deleted);
  const undo = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (deleted) undo.current?.focus();
  }, [deleted]);
  if (!deleted) return null;
  return (
    <Message kind="notice" onDismiss={() => useRunsView.setState({ deleted: null })}>
      {text.runs.deleted(deleted.names)}{' '}
      <button ref={undo} type="button" className={controls.plain} onClick={() => void undoDelete()}>
        {text.runs.undo}
      </button>
    </Message>
  );
}
