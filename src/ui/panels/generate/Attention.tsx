/** Where the model looked: choose a layer and a head, draw it over the text, read the largest shares. */
import type { CSSProperties } from 'react';
import controls from '../../controls/controls.module.css';
import { formatPercent } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { attentionOf, useSelection } from '../../state/selection';
import styles from './generate.module.css';
import { visible } from './TokenButton';
import { type Piece, type Unit, unitAt } from './tokenUnits';
import { Waiting } from './Waiting';

const listed = 8;

export function Attention({ piece, units }: { readonly piece: Piece | null; readonly units: readonly Unit[] }) {
  const { inspection, layer, head, tint } = useSelection();
  const words = text.generate.inspector;
  const layers = inspection?.attention.length ?? 0;
  const heads = inspection?.attention[0]?.length ?? 0;
  const weights = inspection ? attentionOf(inspection, layer, head) : null;
  const most = (weights ?? [])
    .map((weight, position) => ({ weight, position }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, listed);
  return (
    <section>
      <h3>{words.attention}</h3>
      <p className={controls.quiet}>{words.attentionHint}</p>
      {weights ? (
        <>
          <div className={styles.pick}>
            <label>
              {words.layer}
              <select value={layer} onChange={(event) => useSelection.setState({ layer: Number(event.target.value) })}>
                {numbered(layers).map((index) => (
                  <option key={index} value={index}>
                    {index + 1}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {words.head}
              <select
                value={head}
                onChange={({ target: { value } }) =>
                  useSelection.setState({ head: value === 'mean' ? 'mean' : Number(value) })
                }
              >
                <option value="mean">{words.mean}</option>
                {numbered(heads).map((index) => (
                  <option key={index} value={index}>
                    {index + 1}
                  </option>
                ))}
              </select>
            </label>
            <label>
              <input
                type="checkbox"
                checked={tint === 'attention'}
                onChange={(event) =>
                  useSelection.setState({ tint: event.target.checked ? 'attention' : 'probability' })
                }
              />
              {words.draw}
            </label>
          </div>
          <ol className={styles.options} aria-label={words.most}>
            {most.map(({ weight, position }) => (
              <li key={position} className={`${styles.option} ${styles.attended}`}>
                <i style={{ '--share': weight } as CSSProperties} />
                <code>{nameAt(units, position)}</code>
                <small>{words.at(position)}</small>
                <span>{formatPercent(weight)}</span>
              </li>
            ))}
          </ol>
        </>
      ) : (
        <Waiting piece={piece} />
      )}
    </section>
  );
}

function numbered(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function nameAt(units: readonly Unit[], position: number): string {
  return position === 0 ? text.generate.text.begin : visible(unitAt(units, position)?.text ?? '');
}
