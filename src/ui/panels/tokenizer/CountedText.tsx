/** Which text is counted, the button that counts it, and what came of it. */
import { useId } from 'react';
import type { TextSource } from '../../../worker/tokenizer-protocol';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { Slider } from '../../controls/Slider';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { isPending } from '../../state/engine';
import { type GivenText, useTokenizer } from '../../state/tokenizer';
import { countTokens, setTokenizer } from '../../state/tokenizer-commands';
import { choice, type TokenizerReading, textKinds } from '../../state/tokenizer-form';
import { Books } from './Books';
import { Field } from './Field';
import { OwnText } from './OwnText';
import styles from './tokenizer.module.css';
import { useSentences, useTokenizerForm } from './useTokenizerForm';
import { Working } from './Working';

const words = tokenizerText.text;

export function CountedText() {
  const id = useId();
  const form = useTokenizerForm();
  const given = useTokenizer((state) => state.given);
  const busy = useTokenizer((state) => isPending(state.pending, 'countTokens'));
  const open = useTokenizer((state) => state.tokenizer !== null || state.openings.length > 0);
  const counted = useTokenizer((state) => state.counted);
  const kind = choice(textKinds, form.texts.text);
  const source = sourceOf(form, given);
  const missing = kind === 'texts' ? words.noTexts : kind === 'file' ? words.noFile : null;
  const changed = counted !== null && source !== null && !isSame(counted, source);
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <Segmented
        label={words.label}
        choices={textKinds}
        value={kind}
        name={(entry) => words.kinds[entry]}
        onChange={(entry) => setTokenizer({ text: entry })}
      />
      {kind === 'storyworld' && <Stories />}
      {kind === 'texts' && <Books />}
      {kind === 'file' && <OwnText />}
      <div className={styles.actions}>
        <button
          type="button"
          className={controls.primary}
          disabled={source === null || busy || !open}
          aria-describedby={`${id}-why`}
          onClick={() => source && countTokens(source)}
        >
          {counted ? words.again : words.count}
        </button>
        <small id={`${id}-why`}>
          {source === null ? missing : !open ? tokenizerText.prune.closedFormat : changed ? words.other : ''}
        </small>
        <Working request="countTokens" />
      </div>
      <Found />
    </fieldset>
  );
}

function Stories() {
  const { texts } = useTokenizerForm();
  const wrong = useSentences('zhShare');
  const share = Number(texts.zhShare);
  const shown = wrong.length === 0 ? share : 0.5;
  return (
    <>
      <Slider
        label={words.zhShare}
        hint={wrong.length > 0 ? wrong.join(' ') : words.zhShareHint}
        value={shown}
        shown={wrong.length > 0 ? texts.zhShare : words.zhShareValue(share)}
        minimum={0}
        maximum={1}
        step={0.05}
        onChange={(value) => setTokenizer({ zhShare: String(value) })}
      />
      <Field field="characters" label={words.characters} hint={words.charactersHint} />
    </>
  );
}

/** Null while it is not fully said. */
function sourceOf({ texts, storyworld }: TokenizerReading, given: GivenText | null): TextSource | null {
  switch (choice(textKinds, texts.text)) {
    case 'storyworld':
      return storyworld && { kind: 'storyworld', ...storyworld };
    case 'texts': {
      const ids = texts.texts.split(',').filter((id) => id !== '');
      return ids.length === 0 ? null : { kind: 'texts', ids };
    }
    case 'file':
      return given && { kind: 'file', ...given };
  }
}

function isSame(a: TextSource, b: TextSource): boolean {
  if (a.kind === 'file' && b.kind === 'file') return a.file === b.file && a.encoding === b.encoding;
  return JSON.stringify(a) === JSON.stringify(b);
}

function Found() {
  const count = useTokenizer((state) => state.count);
  if (!count) return null;
  const { name, characters, tokens, distinct, milliseconds } = count;
  return (
    <p className={styles.found} role="status" aria-label={words.found}>
      {words.foundText(name, characters.all, tokens.all, distinct, milliseconds)}
    </p>
  );
}
