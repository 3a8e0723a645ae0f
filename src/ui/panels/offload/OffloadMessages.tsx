/** What did not work or changed by itself, each as a sentence; what was on the page stays. */
import appStyles from '../../app/App.module.css';
import { Message } from '../../app/Messages';
import { text } from '../../i18n/catalogue';
import { useOffload } from '../../state/offload';
import { dismissOffloadProblem } from '../../state/offload-commands';

export function OffloadMessages() {
  const problem = useOffload((state) => state.problem);
  const notice = useOffload((state) => state.notice);
  return (
    <div className={appStyles.messages}>
      {problem && (
        <Message kind="problem" onDismiss={dismissOffloadProblem}>
          <b>{text.notice.problem}</b> {problem.message}
        </Message>
      )}
      {notice !== null && (
        <Message kind="notice" onDismiss={() => useOffload.setState({ notice: null })}>
          {notice}
        </Message>
      )}
    </div>
  );
}
