/** What went wrong or changed by itself, each as a sentence; what was on the page stays. */

import controls from '../controls/controls.module.css';
import { text } from '../i18n/catalogue';
import { dismissNotice, dismissProblem } from '../state/commands';
import { useEngine } from '../state/engine';
import styles from './App.module.css';

export function Messages() {
  const problem = useEngine((state) => state.problem);
  const notice = useEngine((state) => state.notice);
  return (
    <div className={styles.messages}>
      {problem && (
        <div role="alert" className={`${styles.message} ${styles.problem}`}>
          <p>
            <b>{text.notice.problem}</b> {problem.message}
          </p>
          <button type="button" className={controls.link} onClick={dismissProblem}>
            {text.app.dismiss}
          </button>
        </div>
      )}
      {notice && (
        <div role="status" className={styles.message}>
          <p>{text.notice[notice.kind](notice.cause)}</p>
          <button type="button" className={controls.link} onClick={dismissNotice}>
            {text.app.dismiss}
          </button>
        </div>
      )}
    </div>
  );
}
