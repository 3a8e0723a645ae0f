/** What did not work or changed by itself, each as a sentence; what was on the page stays. */
import appStyles from '../../app/App.module.css';
import { Message } from '../../app/Messages';
import { text } from '../../i18n/catalogue';
import { useQuantise } from '../../state/quantise';
import { dismissQuantiseProblem } from '../../state/quantise-commands';

export function QuantiseMessages() {
  const problem = useQuantise((state) => state.problem);
  const notice = useQuantise((state) => state.notice);
  return (
    <div className={appStyles.messages}>
      {problem && (
        <Message kind="problem" onDismiss={dismissQuantiseProblem}>
          <b>{text.notice.problem}</b> {problem.message}
        </Message>
      )}
      {notice !== null && (
        <Message kind="notice" onDismiss={() => useQuantise.setState({ notice: null })}>
          {notice}
        </Message>
      )}
    </div>
  );
}
