/** The error of every matrix, in its weights and in what it makes of a text, by layer and kind. */
import { useId } from 'react';
import { schemes } from '../../../quant/schemes';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { Segmented } from '../../controls/Segmented';
import { quantiseText } from '../../i18n/quantise-text';
import { longestSharedPrompt } from '../../state/address';
import { isPending } from '../../state/engine';
import { type MeasuredErrors, useQuantise } from '../../state/quantise';
import { measureErrors, setQuantise } from '../../state/quantise-commands';
import { choice, errorKinds } from '../../state/quantise-form';
import { heatOf, shortName, worstMatrix } from './figures';
import styles from './quantise.module.css';
import { useQuantiseForm, useReady } from './useQuantiseForm';
import { Working } from './Working';

const words = quantiseText.errors;

export function Errors() {
  const { texts } = useQuantiseForm();
  const errors = useQuantise((state) => state.errors);
  const by = choice(errorKinds, texts.errors);
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        <Segmented
          label={words.show}
          choices={errorKinds}
          value={by}
          name={(kind) => words.kinds[kind]}
          onChange={(kind) => setQuantise({ errors: kind })}
        />
      </div>
      <p className={styles.lead}>{words.lead}</p>
      <Ask />
      {errors ? <Found errors={errors} by={by} /> : <p className={styles.empty}>{words.none}</p>}
    </section>
  );
}

function Ask() {
  const id = useId();
  const { texts, scheme, selection } = useQuantiseForm();
  const errors = useQuantise((state) => state.errors);
  const busy = useQuantise((state) => isPending(state.pending, 'measureErrors'));
  const ready = useReady();
  const other = errors !== null && (errors.scheme !== scheme || errors.selection !== selection);
  return (
    <>
      <label htmlFor={id} className={controls.quiet}>
        {words.text} {texts.text.length > longestSharedPrompt && words.tooLong}
      </label>
      <textarea
        id={id}
        className={styles.textarea}
        rows={2}
        maxLength={5000}
        value={texts.text}
        onChange={({ target }) => setQuantise({ text: target.value })}
      />
      <div className={styles.measure}>
        <button
          type="button"
          className={controls.plain}
          disabled={!ready || busy}
          aria-describedby={`${id}-hint`}
          onClick={() => measureErrors({ scheme, selection, text: texts.text })}
        >
          {words.measure}
        </button>
        <small id={`${id}-hint`}>{other ? words.other : words.cost}</small>
        <Working request="measureErrors" />
      </div>
    </>
  );
}

function Found({ errors, by }: { readonly errors: MeasuredErrors; readonly by: 'weights' | 'activations' }) {
  const { matrices, layers, scheme } = errors;
  const { kinds, rows } = heatOf(matrices, by);
  const worst = worstMatrix(matrices, by);
  return (
    <>
      <p className={styles.found} role="status">
        {worst &&
          words.sentence(
            quantiseText.schemeName(schemes[scheme]),
            placeOf(worst.matrix.layer, worst.matrix.name),
            worst.value,
          )}
      </p>
      <Scroll label={words.table}>
        <table className={`${styles.heat} ${styles.tight}`}>
          <thead>
            <tr>
              <th scope="col">{words.layer}</th>
              {kinds.map((kind) => (
                <th key={kind} scope="col">
                  {quantiseText.kindNames[kind]}
                </th>
              ))}
              {by === 'weights' && <th scope="col">{words.all}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ layer, fields }) => (
              <tr key={layer}>
                <th scope="row">{quantiseText.layerName(layer)}</th>
                {fields.map(({ value, count, share }, index) => (
                  <td
                    key={kinds[index]}
                    data-known={value !== null}
                    title={words.most(count)}
                    style={{ '--share': share.toFixed(3) } as React.CSSProperties}
                  >
                    {value === null ? quantiseText.none : words.value(value)}
                  </td>
                ))}
                {by === 'weights' && <td>{together(layers.find((one) => one.layer === layer)?.relative ?? null)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className={controls.quiet}>{words.note}</p>
      <details className={styles.list}>
        <summary>{words.list(matrices.length)}</summary>
        <Scroll label={words.listTable}>
          <table>
            <thead>
              <tr>
                {words.listColumns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {matrices.map(({ name, shape, relative, onActivations }) => (
                <tr key={name}>
                  <th scope="row">
                    <code className={styles.code}>{name}</code>
                  </th>
                  <td>{words.shape(shape)}</td>
                  <td>{words.value(relative)}</td>
                  <td>{onActivations === null ? quantiseText.none : words.value(onActivations)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </>
  );
}

function together(value: number | null): string {
  return value === null ? quantiseText.none : words.value(value);
}

function placeOf(layer: string | null, name: string): string {
  return layer === null ? shortName(name) : `${shortName(name)} of ${quantiseText.layerName(layer)}`;
}
