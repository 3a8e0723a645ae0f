/** How text becomes tokens: pieces learned here, a shipped tokenizer whole or pruned, characters or bytes. */
import { useId } from 'react';
import { pruningMethods } from '../../../data/corpus/choice';
import controls from '../../controls/controls.module.css';
import { Slider } from '../../controls/Slider';
import { formatInteger } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { useManifest } from '../../state/manifest';
import { type FormTexts, vocabularyKinds } from '../../state/recipe-form';
import { setField } from '../../state/training-commands';
import styles from './train.module.css';
import { sentencesFor, useForm } from './useForm';
import { useShippedSize } from './useVocabularySize';

export function Vocabulary() {
  const id = useId();
  const form = useForm();
  const { texts } = form;
  const words = text.train.vocabulary;
  const kind = vocabularyKinds.find((entry) => entry === texts.vocabulary) ?? 'bpe';
  const sentences = sentencesFor(form, 'vocabulary');
  return (
    <div className={styles.choice} data-field="vocabulary" tabIndex={-1}>
      <div className={controls.row}>
        <label htmlFor={id}>{words.label}</label>
        <select
          id={id}
          value={texts.vocabulary}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => setField('vocabulary', target.value)}
        >
          {vocabularyKinds.map((choice) => (
            <option key={choice} value={choice}>
              {words.kinds[choice]}
            </option>
          ))}
        </select>
        <small id={`${id}-hint`}>{words.hints[kind]}</small>
      </div>
      {kind === 'bpe' && <Pieces size={Number(texts['vocabulary.size'])} hint={words.sizeHint} />}
      {(kind === 'shipped' || kind === 'pruned') && <ShippedModel id={texts['vocabulary.shipped']} />}
      {kind === 'pruned' && <Pruning texts={texts} />}
      {sentences.length > 0 && <small className={styles.wrong}>{sentences.join(' ')}</small>}
    </div>
  );
}

function ShippedModel({ id }: { readonly id: string }) {
  const field = useId();
  const models = useManifest((state) => state.models);
  return (
    <div className={controls.row}>
      <label htmlFor={field}>{text.train.vocabulary.model}</label>
      <select id={field} value={id} onChange={({ target }) => setField('vocabulary.shipped', target.value)}>
        {(models.length > 0 ? models : [{ id, name: id }]).map((model) => (
          <option key={model.id} value={model.id}>
            {model.name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** How many pieces of the model's tokenizer stay, and which. */
function Pruning({ texts }: { readonly texts: FormTexts }) {
  const id = useId();
  const words = text.train.vocabulary;
  const whole = useShippedSize(texts['vocabulary.shipped']);
  const method = pruningMethods.find((entry) => entry === texts['vocabulary.method']) ?? 'frequency';
  return (
    <>
      <Pieces size={Number(texts['vocabulary.size'])} most={whole ?? largest} hint={words.keptHint} />
      <div className={controls.row}>
        <label htmlFor={id}>{words.method}</label>
        <select
          id={id}
          value={texts['vocabulary.method']}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => setField('vocabulary.method', target.value)}
        >
          {pruningMethods.map((choice) => (
            <option key={choice} value={choice}>
              {words.methods[choice]}
            </option>
          ))}
        </select>
        <small id={`${id}-hint`}>{words.methodHints[method]}</small>
      </div>
    </>
  );
}

/** Steps of the slider: 256, 512, 768 … 8,192. */
const step = 256;
const largest = 8192;

interface PiecesProps {
  readonly size: number;
  readonly hint: string;
  /** Of a tokenizer that is pruned, all its pieces. */
  readonly most?: number;
}

function Pieces({ size, hint, most = largest }: PiecesProps) {
  // Of a shipped tokenizer 259 pieces always stay.
  const least = most === largest ? step : 2 * step;
  return (
    <Slider
      label={text.train.vocabulary.size}
      hint={hint}
      value={Number.isFinite(size) ? size : least}
      shown={formatInteger(size)}
      minimum={least}
      maximum={most}
      step={step}
      onChange={(value) => setField('vocabulary.size', String(value))}
    />
  );
}
