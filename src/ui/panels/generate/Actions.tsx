/** Run or stop, continue, the same seed again. */
import { type MouseEvent, useEffect } from 'react';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { continueText, run, runAgain, stop } from '../../state/commands';
import { useWriting } from '../../state/writing';
import styles from './generate.module.css';

export function Actions() {
  const busy = useWriting((state) => state.status !== 'idle');
  const whyNot = useWriting(continueProblem);
  const words = text.generate.actions;
  useEffect(() => {
    if (!busy) return;
    const key = (event: KeyboardEvent) => event.key === 'Escape' && stop();
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [busy]);
  // The second click of a double click on Run lands on Stop, which takes its place: it is not meant.
  const runOrStop = ({ detail }: MouseEvent) => {
    if (!busy) run();
    else if (detail < 2) stop();
  };
  return (
    <div className={styles.actions}>
      <button type="button" className={controls.primary} onClick={runOrStop}>
        {busy ? words.stop : words.run}
      </button>
      <button type="button" className={controls.plain} disabled={busy || whyNot !== null} onClick={continueText}>
        {words.continue}
      </button>
      <button type="button" className={controls.plain} disabled={busy} onClick={runAgain}>
        {words.again}
      </button>
      <small>{!busy && whyNot && words.continueWhyNot[whyNot]}</small>
    </div>
  );
}

function continueProblem(state: ReturnType<typeof useWriting.getState>) {
  if (state.recording) return 'recorded';
  if (state.tokens.length === 0) return 'empty';
  if (state.detached) return 'detached';
  return state.reason === 'end' || state.reason === 'context' ? state.reason : null;
}
