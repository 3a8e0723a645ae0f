/** A modal dialog of the platform: Escape and the button close it, focus goes back to what opened it. */
import { type ReactNode, useEffect, useRef } from 'react';
import { text } from '../i18n/catalogue';
import styles from './controls.module.css';

export function Dialog({
  title,
  children,
  onClose,
}: {
  readonly title: string;
  readonly children: ReactNode;
  onClose(): void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <div className={styles.dialogHead}>
        <h2>{title}</h2>
        <button type="button" className={styles.plain} onClick={() => dialog.current?.close()}>
          {text.app.close}
        </button>
      </div>
      <div className={styles.dialogBody}>{children}</div>
    </dialog>
  );
}
