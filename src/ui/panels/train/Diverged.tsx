/**
 * A run that diverged went back to its last snapshot. Its numbers depend on the recipe alone, so going on as before would
 * diverge at the same step: another learning rate is chosen first.
 */
import { useState } from 'react';
import type { RunRecord } from '../../../lab/run-record';
import controls from '../../controls/controls.module.css';
import { Slider } from '../../controls/Slider';
import { significant } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { isPending } from '../../state/engine';
import { liveValue, useTraining } from '../../state/training';
import { resumeRun } from '../../state/training-commands';
import styles from './train.module.css';

/** Powers of ten of the slider: its lowest rate, and what it offers below the rate that failed. */
const lowest = -6;
const offered = -1;

export function Diverged() {
  const run = useTraining(({ shown }) => (shown?.state === 'diverged' ? shown : null));
  if (!run) return null;
  const failed = liveValue(run, 'learningRate');
  return <LowerRate key={`${run.id} ${failed}`} run={run} failed={failed} />;
}

function LowerRate({ run, failed }: { readonly run: RunRecord; readonly failed: number }) {
  const highest = Math.max(lowest, Math.log10(failed));
  const [at, setAt] = useState(Math.max(lowest, highest + offered));
  const busy = useTraining((state) => isPending(state.pending, 'startRun', 'resumeRun'));
  const rate = Number((10 ** at).toPrecision(2));
  const words = text.train.diverged;
  return (
    <section className={styles.offer} aria-label={words.heading}>
      <div className={styles.offerField}>
        <Slider
          label={text.train.live.learningRate}
          hint={words.hint}
          value={at}
          shown={significant(rate)}
          minimum={lowest}
          maximum={highest}
          step={0.05}
          onChange={setAt}
        />
      </div>
      <span className={styles.offerActions}>
        <button type="button" className={controls.primary} disabled={busy} onClick={() => resumeRun(run.id, rate)}>
          {text.train.actions.goOn}
        </button>
      </span>
    </section>
  );
}
