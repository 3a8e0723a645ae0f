/** How the vocabulary is pruned: the method, the size, and the pruned tokenizer as a file. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { Slider } from '../../controls/Slider';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { useTokenizer } from '../../state/tokenizer';
import { exportTokenizer, setTokenizer } from '../../state/tokenizer-commands';
import { choice, pruneMethods, sizeKinds, sizeText } from '../../state/tokenizer-form';
import { firstSize, piecesAt, placeOf, presetSizes, sliderSteps } from '../../state/vocabulary-sizes';
import { Field, FieldText, Hint } from './Field';
import styles from './tokenizer.module.css';
import { useIsPruned, useSentences, useTokenizerForm } from './useTokenizerForm';

const words = tokenizerText.prune;

export function Prune() {
  const { texts } = useTokenizerForm();
  const by = choice(sizeKinds, texts.size);
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <Method />
      <Segmented
        label={words.by}
        choices={sizeKinds}
        value={by}
        name={(kind) => words.kinds[kind]}
        onChange={(kind) => setTokenizer({ size: kind })}
      />
      {by === 'keep' ? (
        <Keep />
      ) : (
        <Field field="minimumCount" label={words.minimumCount} hint={words.minimumCountHint} />
      )}
      <Download />
    </fieldset>
  );
}

function Method() {
  const id = useId();
  const { texts } = useTokenizerForm();
  const wrong = useSentences('quotaShare');
  const method = choice(pruneMethods, texts.method);
  const share = Number(texts.quotaShare);
  return (
    <>
      <div className={styles.method}>
        <label htmlFor={id}>{words.method}</label>
        <select
          id={id}
          className={styles.wide}
          value={method}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => setTokenizer({ method: target.value })}
        >
          {pruneMethods.map((entry) => (
            <option key={entry} value={entry}>
              {words.methods[entry]}
            </option>
          ))}
        </select>
        <small id={`${id}-hint`}>{words.methodHints[method]}</small>
      </div>
      {(method === 'quota' || method === 'closedQuota') && (
        <Slider
          label={words.quota}
          hint={wrong.length > 0 ? wrong.join(' ') : words.quotaHint}
          value={wrong.length > 0 ? 0.5 : share}
          shown={wrong.length > 0 ? texts.quotaShare : tokenizerText.text.zhShareValue(share)}
          minimum={0}
          maximum={1}
          step={0.01}
          onChange={(value) => setTokenizer({ quotaShare: String(value) })}
        />
      )}
    </>
  );
}

/** The size as a slider, as a number and as a few buttons; before a vocabulary is open there is nothing to slide over. */
function Keep() {
  const id = useId();
  const { texts, keep } = useTokenizerForm();
  const tokenizer = useTokenizer((state) => state.tokenizer);
  const least = tokenizer?.alwaysKept ?? 0;
  const most = tokenizer?.size ?? 1;
  const choose = (pieces: number) => setTokenizer({ keep: pieces === firstSize(least, most) ? '' : String(pieces) });
  const hint = !tokenizer ? words.closedFormat : keep === least ? words.atLeast(least) : words.keepHint(least, most);
  const wrong = useSentences('keep').length > 0;
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{words.keep}</label>
      <FieldText
        id={`${id}-number`}
        field="keep"
        label={words.keepNumber}
        value={texts.keep === '' && tokenizer ? String(keep) : texts.keep}
      />
      <input
        id={id}
        type="range"
        min={0}
        max={sliderSteps}
        step={1}
        disabled={!tokenizer}
        value={placeOf(keep, least, most)}
        aria-valuetext={sizeText(keep)}
        aria-describedby={`${id}-number-hint`}
        onChange={({ target }) => choose(piecesAt(target.valueAsNumber, least, most))}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend in sight; the label names the group. */}
      <div className={styles.presets} role="group" aria-label={words.presets}>
        {(tokenizer ? presetSizes(least, most) : []).map((size) => (
          <button
            key={size}
            type="button"
            aria-label={words.keepOf(size)}
            aria-pressed={size === keep && !wrong}
            onClick={() => choose(size)}
          >
            {size === most ? words.all : words.thousands(size)}
          </button>
        ))}
      </div>
      <Hint id={`${id}-number-hint`} field="keep" hint={wrong ? '' : hint} />
    </div>
  );
}

function Download() {
  const id = useId();
  const ready = useIsPruned();
  return (
    <div className={styles.actions}>
      <button
        type="button"
        className={controls.plain}
        disabled={!ready}
        aria-describedby={`${id}-hint`}
        onClick={exportTokenizer}
      >
        {words.download}
      </button>
      <small id={`${id}-hint`}>{ready ? words.downloadHint : words.downloadWait}</small>
    </div>
  );
}
