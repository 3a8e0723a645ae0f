/** The same prompt and seed with the model before and after pruning, side by side, with the place where they part. */
import { useId } from 'react';
import type { Writing } from '../../../worker/tokenizer-protocol';
import controls from '../../controls/controls.module.css';
import { SamplingField } from '../../controls/SamplingField';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { working } from '../../i18n/working';
import { sampling } from '../../state/commands';
import { isPending } from '../../state/engine';
import { useSettings } from '../../state/settings';
import { useTokenizer } from '../../state/tokenizer';
import { writeWithBoth } from '../../state/tokenizer-commands';
import { partingPlace } from './parting-place';
import styles from './tokenizer.module.css';

const words = tokenizerText.model;

/** The settings of the Generate panel: a link carries them already, and one prompt serves both. */
export function WriteBoth({ ready }: { readonly ready: boolean }) {
  const id = useId();
  const { prompt, length, set } = useSettings();
  const busy = useTokenizer((state) => isPending(state.pending, 'comparePruned'));
  return (
    <div className={styles.writing}>
      <h3>{words.writing}</h3>
      <label htmlFor={`${id}-prompt`}>{words.prompt}</label>
      <textarea
        id={`${id}-prompt`}
        className={styles.textarea}
        rows={2}
        value={prompt}
        onChange={({ target }) => set({ prompt: target.value })}
      />
      <div className={styles.sampling}>
        <SamplingField name="temperature" label={words.temperature} step={0.05} />
        <SamplingField name="seed" label={words.seed} step={1} />
        <SamplingField name="length" label={words.length} step={1} />
        <button
          type="button"
          className={controls.plain}
          disabled={!ready || busy}
          onClick={() => writeWithBoth(prompt, sampling(), length)}
        >
          {words.write}
        </button>
      </div>
      {busy && <progress aria-label={working.label} />}
      <Both />
    </div>
  );
}

function Both() {
  const writing = useTokenizer((state) => state.writing);
  if (!writing) return null;
  const { before, after } = writing;
  const place = partingPlace(before.text, after.text);
  return (
    <>
      <p className={controls.quiet} role="status">
        {place === null ? words.same : words.differs(place + 1)}
      </p>
      <div className={styles.both}>
        <Text title={words.before} writing={before} place={place} />
        <Text title={words.after} writing={after} place={place} />
      </div>
    </>
  );
}

function Text({
  title,
  writing: { text, tokens },
  place,
}: {
  readonly title: string;
  readonly writing: Writing;
  readonly place: number | null;
}) {
  const characters = [...text];
  const marked = place === null ? '' : (characters[place] ?? '');
  return (
    <figure aria-label={title}>
      <figcaption>
        <b>{title}</b> <span className={controls.quiet}>{words.written(tokens.length)}</span>
      </figcaption>
      <p className={styles.written}>
        {characters.slice(0, place ?? characters.length).join('')}
        {place !== null && <mark>{marked === '' || marked === '\n' ? `↵${marked}` : marked}</mark>}
        {place !== null && characters.slice(place + 1).join('')}
      </p>
    </figure>
  );
}
