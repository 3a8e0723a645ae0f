/** What was just done or did not work, each as a sentence; what was removed can be had back. */
import { useEffect, useRef } from 'react';
import appStyles from '../../app/App.module.css';
import { Message } from '../../app/Messages';
import controls from '../../controls/controls.module.css';
import { architectureText } from '../../i18n/architecture-text';
import { text } from '../../i18n/catalogue';
import { useExperiments } from '../../state/experiments';
import { dismissExperimentProblem, undoRemove } from '../../state/experiments-commands';
import { experimentName } from './names';

export function ArchitectureMessages() {
  const problem = useExperiments((state) => state.problem);
  const notice = useExperiments((state) => state.notice);
  return (
    <div className={appStyles.messages}>
      {problem && (
        <Message kind="problem" onDismiss={dismissExperimentProblem}>
          <b>{text.notice.problem}</b> {problem.message}
        </Message>
      )}
      {notice !== null && (
        <Message kind="notice" onDismiss={() => useExperiments.setState({ notice: null })}>
          {notice}
        </Message>
      )}
      <Removed />
    </div>
  );
}

/** Takes the focus, because the button that removed is gone with its experiment. */
function Removed() {
  const removed = useExperiments((state) => state.removed);
  const undo = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (removed) undo.current?.focus();
  }, [removed]);
  if (!removed) return null;
  const words = architectureText.queue;
  return (
    <Message kind="notice" onDismiss={() => useExperiments.setState({ removed: null })}>
      {words.removed(experimentName(removed))}{' '}
      <button ref={undo} type="button" className={controls.plain} onClick={undoRemove}>
        {words.undo}
      </button>
    </Message>
  );
}
