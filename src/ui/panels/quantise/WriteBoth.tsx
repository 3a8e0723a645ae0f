/** The same prompt and seed with the model as stored and quantised, side by side, and the quantised model as files. */
import { useId } from 'react';
import type { Writing } from '../../../worker/tokenizer-protocol';
import controls from '../../controls/controls.module.css';
import { SamplingField } from '../../controls/SamplingField';
import { quantiseText } from '../../i18n/quantise-text';
import { sampling } from '../../state/commands';
import { isPending } from '../../state/engine';
import { useQuantise } from '../../state/quantise';
import { compareQuantised, exportQuantised } from '../../state/quantise-commands';
import { useSettings } from '../../state/settings';
import { firstDifferent } from './figures';
import styles from './quantise.module.css';
import { useQuantiseForm, useReady } from './useQuantiseForm';
import { Working } from './Working';

const words = quantiseText.writing;

/** The settings of the Generate panel: a link carries them already, and one prompt serves both. */
export function WriteBoth() {
  const id = useId();
  const { prompt, length, set } = useSettings();
  const { scheme, selection, activations } = useQuantiseForm();
  const busy = useQuantise((state) => isPending(state.pending, 'compareQuantised'));
  const exporting = useQuantise((state) => isPending(state.pending, 'exportQuantised'));
  const ready = useReady();
  const wanted = { scheme, selection, activations };
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        <span className={controls.quiet}>{words.lead}</span>
      </div>
      <textarea
        className={styles.textarea}
        rows={2}
        aria-label={words.prompt}
        value={prompt}
        onChange={({ target }) => set({ prompt: target.value })}
      />
      <div className={styles.sampling}>
        <SamplingField name="temperature" label={words.temperature} step={0.05} />
        <SamplingField name="seed" label={words.seed} step={1} />
        <SamplingField name="length" label={words.length} step={1} />
        <button
          type="button"
          className={controls.primary}
          disabled={!ready || busy}
          onClick={() => compareQuantised({ ...wanted, prompt, settings: sampling(), length })}
        >
          {words.write}
        </button>
        <button
          type="button"
          className={controls.plain}
          disabled={!ready || exporting}
          aria-describedby={`${id}-export`}
          onClick={() => exportQuantised({ scheme, selection })}
        >
          {words.export}
        </button>
        <small id={`${id}-export`}>{words.exportHint}</small>
      </div>
      <Working request="compareQuantised" />
      <Working request="exportQuantised" />
      <Both />
    </section>
  );
}

/** Whether the form asks for something else than what was written. */
function useIsOther(): boolean {
  const { scheme, selection, activations } = useQuantiseForm();
  const { prompt, length, temperature, topK, topP, seed } = useSettings();
  const of = useQuantise((state) => state.writing?.of);
  if (!of) return false;
  const settings = { temperature, topK, topP, seed };
  const wanted = { type: of.type, scheme, selection, activations, prompt, settings, length };
  return JSON.stringify(wanted) !== JSON.stringify(of);
}

function Both() {
  const writing = useQuantise((state) => state.writing);
  const other = useIsOther();
  if (!writing) return <p className={styles.empty}>{words.none}</p>;
  const { before, after } = writing;
  const place = firstDifferent(before, after);
  return (
    <>
      <p className={controls.quiet} role="status">
        {verdictOf(before, after, place)} {other && words.other}
      </p>
      <div className={styles.both}>
        <Text title={words.before} writing={before} place={place} />
        <Text title={words.after} writing={after} place={place} />
      </div>
    </>
  );
}

function verdictOf(before: Writing, after: Writing, place: number | null): string {
  if (place === null) return words.same(before.tokens.length);
  const [first, second] = [before.tokens[place], after.tokens[place]];
  return first && second ? words.differs(place + 1, first.text, second.text) : words.differsEnd(place + 1);
}

function Text({
  title,
  writing: { tokens },
  place,
}: {
  readonly title: string;
  readonly writing: Writing;
  readonly place: number | null;
}) {
  const joined = (from: number, to: number) =>
    tokens
      .slice(from, to)
      .map(({ text }) => text)
      .join('');
  const marked = place === null ? null : (tokens[place]?.text ?? words.end);
  return (
    <figure aria-label={title}>
      <figcaption>
        <b>{title}</b> <span className={controls.quiet}>{words.written(tokens.length)}</span>
      </figcaption>
      <p className={styles.written} data-written>
        {joined(0, place ?? tokens.length)}
        {place !== null && marked !== null && (
          <mark data-end={tokens[place] === undefined}>{marked === '\n' ? '↵\n' : marked}</mark>
        )}
        {place !== null && joined(place + 1, tokens.length)}
      </p>
    </figure>
  );
}
