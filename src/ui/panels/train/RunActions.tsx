/** Run, pause, single step, cancel; and the recipe as a file. A second click on what is under way does nothing. */
import { type ChangeEvent, type MouseEvent, useRef, useState } from 'react';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { isPending } from '../../state/engine';
import { canGoOn, useTraining } from '../../state/training';
import {
  cancelRun,
  continueRun,
  pauseRun,
  resumeRun,
  saveRecipe,
  startRun,
  stepRun,
  takeRecipe,
} from '../../state/training-commands';
import styles from './train.module.css';
import { useForm } from './useForm';

export function RunActions() {
  const { problems } = useForm();
  const run = useTraining((state) => state.shown);
  const starting = useTraining((state) => isPending(state.pending, 'startRun', 'resumeRun'));
  const ending = useTraining((state) => isPending(state.pending, 'cancelRun'));
  const turning = useTraining((state) => isPending(state.pending, 'pauseRun', 'continueRun', 'stepRun'));
  const [tried, setTried] = useState(false);
  const words = text.train.actions;
  const waiting = starting || ending;
  const state = waiting ? 'waiting' : run?.state;
  const start = (paused: boolean) => {
    const key = startRun({ paused });
    setTried(key !== null);
    if (key !== null) focusField(key);
  };
  // The second click of a double click lands on what has taken the button's place: it is not meant.
  const main = ({ detail }: MouseEvent) => {
    if (detail > 1) return;
    if (state === 'running') pauseRun();
    else if (state === 'paused') continueRun();
    else start(false);
  };
  const live = state === 'running' || state === 'paused';
  return (
    <div className={styles.actions}>
      <button type="button" className={controls.primary} disabled={waiting || turning} onClick={main}>
        {state === 'running' ? words.pause : state === 'paused' ? words.continue : words.run}
      </button>
      <button
        type="button"
        className={controls.plain}
        disabled={state === 'running' || waiting || turning}
        onClick={() => (state === 'paused' ? stepRun() : start(true))}
      >
        {words.step}
      </button>
      {run && !live && !starting && canGoOn(run) && run.state !== 'diverged' ? (
        <button type="button" className={controls.plain} disabled={waiting} onClick={() => resumeRun(run.id)}>
          {words.goOn}
        </button>
      ) : (
        <button
          type="button"
          className={controls.plain}
          disabled={(!live && !starting) || ending}
          onClick={cancelRun}
          title={words.cancelHint}
        >
          {words.cancel}
        </button>
      )}
      <small role="status">{tried && problems.length > 0 && words.mend(problems.length)}</small>
      <RecipeFiles />
    </div>
  );
}

function RecipeFiles() {
  const input = useRef<HTMLInputElement>(null);
  const words = text.train.actions;
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    event.target.value = '';
    if (file) void takeRecipe(file);
  };
  return (
    <div className={styles.links}>
      <button type="button" className={controls.link} onClick={saveRecipe}>
        {words.saveRecipe}
      </button>
      <button type="button" className={controls.link} title={words.loadHint} onClick={() => input.current?.click()}>
        {words.loadRecipe}
      </button>
      <input ref={input} type="file" hidden accept=".json,.safetensors" aria-label={words.loadRecipe} onChange={take} />
    </div>
  );
}

/** Brings the field that does not fit into sight, out of its fold. */
function focusField(key: string): void {
  const field = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(key)}"]`);
  const fold = field?.closest('details');
  if (fold) fold.open = true;
  field?.focus();
}
