/** What a person may want to go on with: a run that was cut off, and a run from a file that can be run again and checked. */
import { useEffect, useState } from 'react';
import { largestDeviation } from '../../../lab/compare';
import { runNames } from '../../../lab/run-names';
import type { RunRecord } from '../../../lab/run-record';
import { summaryOf } from '../../../train/curves';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { isPending } from '../../state/engine';
import { useStoredRuns, watchStoredRuns } from '../../state/stored-runs';
import { isLive, useTraining } from '../../state/training';
import { forgetReference, resumeRun, runReference } from '../../state/training-commands';
import { Diverged } from './Diverged';
import styles from './train.module.css';

export function Offers() {
  return (
    <>
      <Interrupted />
      <Ended />
      <Diverged />
      <Check />
    </>
  );
}

function Interrupted() {
  const runs = useStoredRuns((state) => state.runs);
  const busy = useTraining((state) => isLive(state.shown) || isPending(state.pending, 'startRun', 'resumeRun'));
  const [later, setLater] = useState<string | null>(null);
  useEffect(() => void watchStoredRuns(), []);
  const run = runs?.find((entry) => entry.state === 'interrupted');
  if (!run || busy || run.id === later) return null;
  const words = text.train.resume;
  return (
    <section className={styles.offer} aria-label={words.heading}>
      <p>{words.question(runNames(runs ?? [run]).get(run.id) ?? '', summaryOf(run.curves).step, run.recipe.steps)}</p>
      <span className={styles.offerActions}>
        <button type="button" className={controls.primary} onClick={() => resumeRun(run.id)}>
          {words.go}
        </button>
        <button type="button" className={controls.plain} onClick={() => setLater(run.id)}>
          {words.later}
        </button>
      </span>
    </section>
  );
}

/** Why a run stopped that did not end by itself. */
function Ended() {
  const problem = useTraining(({ shown }) => shown?.problem ?? null);
  if (problem === null) return null;
  return (
    <section className={styles.offer} role="alert" data-kind="problem">
      <p>{problem}</p>
    </section>
  );
}

function Check() {
  const reference = useTraining((state) => state.reference);
  const shown = useTraining((state) => state.shown);
  const busy = useTraining((state) => isPending(state.pending, 'startRun', 'resumeRun'));
  const words = text.train.check;
  if (!reference) return null;
  const again = shown && shown.state !== 'recorded' && shown.id !== reference.id ? shown : null;
  return (
    <section className={styles.offer} aria-label={words.heading}>
      <div role="status">
        <p>{words.offer(reference.adapter, reference.created.slice(0, 10))}</p>
        {again && <p>{verdict(reference, again)}</p>}
      </div>
      <span className={styles.offerActions}>
        <button
          type="button"
          className={controls.primary}
          disabled={busy || isLive(shown)}
          onClick={() => runReference(reference)}
        >
          {words.run}
        </button>
        <button type="button" className={controls.plain} onClick={forgetReference}>
          {words.forget}
        </button>
      </span>
    </section>
  );
}

function verdict(reference: RunRecord, again: RunRecord): string {
  const words = text.train.check;
  if (isLive(again)) return words.waiting;
  if (reference.facts.dataHash !== again.facts.dataHash) return words.otherData;
  const { largest, step, curve, points } = largestDeviation(reference.curves, again.curves);
  if (points === 0) return words.none;
  const found = largest === 0 ? words.same(points) : words.largest(curve, largest, step, points);
  return reference.facts.kernelsHash === again.facts.kernelsHash ? found : `${found} ${words.otherKernels}`;
}
