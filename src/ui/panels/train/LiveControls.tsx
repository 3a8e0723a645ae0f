/** Values that may change while the run goes on. A change is sent when the slider rests, and marked in the charts. */
import { useEffect, useRef, useState } from 'react';
import type { LiveKey } from '../../../train/curves';
import { Slider } from '../../controls/Slider';
import { formatInteger, significant } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { isLive, liveValue, useTraining } from '../../state/training';
import { changeRun } from '../../state/training-commands';
import styles from './train.module.css';

/** Milliseconds that a slider must rest. */
const settle = 300;

export function LiveControls() {
  const live = useTraining((state) => isLive(state.shown));
  const words = text.train.live;
  if (!live) return null;
  return (
    <section className={styles.live} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <LiveSlider
        field="learningRate"
        label={words.learningRate}
        hint={words.learningRateHint}
        shown={significant}
        range={[-6, 0]}
        step={0.05}
        toSlider={Math.log10}
        fromSlider={(at) => Number((10 ** at).toPrecision(2))}
      />
      <LiveSlider
        field="batch"
        label={words.batch}
        hint={words.batchHint}
        shown={formatInteger}
        range={[1, 64]}
        step={1}
        toSlider={(value) => value}
        fromSlider={(at) => at}
      />
      <LiveSlider
        field="weightDecay"
        label={words.weightDecay}
        hint={words.weightDecayHint}
        shown={significant}
        range={[0, 1]}
        step={0.01}
        toSlider={(value) => value}
        fromSlider={(at) => at}
      />
      <small>{words.hint}</small>
    </section>
  );
}

function LiveSlider({
  field,
  label,
  hint,
  shown,
  range: [minimum, maximum],
  step,
  toSlider,
  fromSlider,
}: {
  readonly field: LiveKey;
  readonly label: string;
  readonly hint: string;
  readonly range: readonly [number, number];
  readonly step: number;
  shown(value: number): string;
  toSlider(value: number): number;
  fromSlider(at: number): number;
}) {
  const actual = useTraining(({ shown: run }) => (run ? liveValue(run, field) : 0));
  /** Where the slider was put, until the worker has answered. */
  const [wanted, setWanted] = useState<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const refused = useTraining(({ problem }) => problem?.request === 'changeRun');
  useEffect(() => {
    if (wanted === actual || refused) setWanted(null);
  }, [wanted, actual, refused]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const value = wanted ?? actual;
  const change = (at: number) => {
    const next = fromSlider(at);
    setWanted(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => changeRun(field, next), settle);
  };
  return (
    <Slider
      label={label}
      hint={hint}
      value={Math.max(minimum, toSlider(Math.max(value, Number.MIN_VALUE)))}
      shown={shown(value)}
      minimum={minimum}
      maximum={Math.max(maximum, toSlider(actual))}
      step={step}
      onChange={change}
    />
  );
}
