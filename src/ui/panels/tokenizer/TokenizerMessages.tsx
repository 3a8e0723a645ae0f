/** What did not work or changed by itself, each as a sentence; what was on the page stays. */
import appStyles from '../../app/App.module.css';
import { Message } from '../../app/Messages';
import { text } from '../../i18n/catalogue';
import { useTokenizer } from '../../state/tokenizer';
import { dismissTokenizerProblem } from '../../state/tokenizer-commands';

export function TokenizerMessages() {
  const problem = useTokenizer((state) => state.problem);
  const notice = useTokenizer((state) => state.notice);
  return (
    <div className={appStyles.messages}>
      {problem && (
        <Message kind="problem" onDismiss={dismissTokenizerProblem}>
          <b>{text.notice.problem}</b> {problem.message}
        </Message>
      )}
      {notice !== null && (
        <Message kind="notice" onDismiss={() => useTokenizer.setState({ notice: null })}>
          {notice}
        </Message>
      )}
    </div>
  );
}
