/** Random weights at the paper's shape, as they are and quantised: tokens a second, and how near to the device's bandwidth. */
import { useId } from 'react';
import { schemes } from '../../../quant/schemes';
import type { QuantisedShape } from '../../../worker/quantise-protocol';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { quantiseText } from '../../i18n/quantise-text';
import { isPending } from '../../state/engine';
import { useQuantise } from '../../state/quantise';
import { setQuantise, timeShapes } from '../../state/quantise-commands';
import { choice, speedLimits } from '../../state/quantise-form';
import styles from './quantise.module.css';
import { useQuantiseForm } from './useQuantiseForm';
import { Working } from './Working';

const words = quantiseText.speed;

export function Speed() {
  const shapes = useQuantise((state) => state.shapes);
  return (
    <section className={controls.card} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <p className={appStyles.source}>{words.lead}</p>
      <Ask />
      {shapes && shapes.length > 0 ? <Found shapes={shapes} /> : <p className={styles.empty}>{words.none}</p>}
    </section>
  );
}

function Ask() {
  const id = useId();
  const { texts, scheme, limitBytes } = useQuantiseForm();
  const busy = useQuantise((state) => isPending(state.pending, 'timeQuantisedShapes'));
  return (
    <div className={styles.measure}>
      <label htmlFor={id}>{words.limit}</label>
      <select
        id={id}
        className={styles.select}
        value={choice(speedLimits, texts.limit, '1024')}
        onChange={({ target }) => setQuantise({ limit: target.value })}
      >
        {speedLimits.map((limit) => (
          <option key={limit} value={limit}>
            {words.limitOf(Number(limit))}
          </option>
        ))}
      </select>
      <button
        type="button"
        className={controls.plain}
        disabled={busy}
        aria-describedby={`${id}-hint`}
        onClick={() => timeShapes(scheme, limitBytes)}
      >
        {words.measure}
      </button>
      <small id={`${id}-hint`}>{words.cost}</small>
      <Working request="timeQuantisedShapes" />
    </div>
  );
}

function nameOf({ scheme }: QuantisedShape): string {
  return scheme === 'f16' || scheme === 'f32' ? words.formats[scheme] : quantiseText.schemeName(schemes[scheme]);
}

function Found({ shapes }: { readonly shapes: readonly QuantisedShape[] }) {
  return (
    <>
      <Scroll label={words.table}>
        <table>
          <thead>
            <tr>
              {words.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shapes.map((shape) => (
              <Row key={`${shape.name} ${shape.scheme} ${shape.scale}`} shape={shape} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className={controls.quiet} role="status">
        {[words.how(shapes[0]?.adapter ?? ''), fasterOf(shapes), words.aim].filter(Boolean).join(' ')}
      </p>
    </>
  );
}

function Row({ shape }: { readonly shape: QuantisedShape }) {
  const { name, scale, tokensPerSecond: speed, bytesPerToken, shareOfBandwidth } = shape;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{nameOf(shape)}</td>
      <td>{words.scale(scale)}</td>
      <td>
        {words.speed(speed.median)}
        <small className={styles.under}>{words.range(speed.lowest, speed.highest)}</small>
      </td>
      <td>{words.bytes(bytesPerToken)}</td>
      <td>{words.rate(bytesPerToken * speed.median)}</td>
      <td>{shareOfBandwidth === null ? quantiseText.none : words.share(shareOfBandwidth)}</td>
    </tr>
  );
}

/** Of two at the same scale: how much faster the quantised one is. */
function fasterOf(shapes: readonly QuantisedShape[]): string | null {
  const quantised = shapes.find(({ scheme }) => scheme !== 'f16' && scheme !== 'f32');
  const full = shapes.find(({ scheme, scale }) => scheme === 'f16' && scale === quantised?.scale);
  const base = full ?? shapes.find(({ scheme, scale }) => scheme === 'f32' && scale === quantised?.scale);
  if (!quantised || !base) return null;
  return words.faster(nameOf(quantised), nameOf(base), quantised.tokensPerSecond.median / base.tokensPerSecond.median);
}
