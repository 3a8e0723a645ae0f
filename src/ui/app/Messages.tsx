/** What went wrong or changed by itself, each as a sentence; what was on the page stays. */

import type { ReactNode } from 'react';
import type { BackendChoice, Notice } from '../../worker/protocol';
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
        <Message kind="problem" onDismiss={dismissProblem}>
          <b>{text.notice.problem}</b> {problem.message}
        </Message>
      )}
      {notice && (
        <Message kind="notice" onDismiss={dismissNotice}>
          {noticeText(text.notice, notice)}
        </Message>
      )}
    </div>
  );
}

type NoticeWords = { readonly [K in Exclude<Notice['kind'], 'cpuChosen'>]: (cause: string) => string } & {
  readonly cpuChosen: (choice: BackendChoice) => string;
};

export function noticeText(words: NoticeWords, notice: Notice): string {
  return notice.kind === 'cpuChosen' ? words.cpuChosen(notice.choice) : words[notice.kind](notice.cause);
}

export function Message({
  kind,
  onDismiss,
  children,
}: {
  readonly kind: 'problem' | 'notice';
  onDismiss(): void;
  readonly children: ReactNode;
}) {
  return (
    <div
      role={kind === 'problem' ? 'alert' : 'status'}
      className={`${styles.message} ${kind === 'problem' ? styles.problem : ''}`}
    >
      <p>{children}</p>
      <button type="button" className={controls.link} onClick={onDismiss}>
        {text.app.dismiss}
      </button>
    </div>
  );
}
