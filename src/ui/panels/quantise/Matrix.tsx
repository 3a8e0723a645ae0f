/** One matrix: its weights with the levels of a row drawn on them, how often each integer is used, and how large the error is. */
import { useId } from 'react';
import { schemes } from '../../../quant/schemes';
import { selections } from '../../../quant/which-matrices';
import type { MatrixReading, MatrixReport } from '../../../worker/quantise-protocol';
import { ChartCard } from '../../charts/ChartCard';
import controls from '../../controls/controls.module.css';
import { quantiseText } from '../../i18n/quantise-text';
import { isPending } from '../../state/engine';
import { useQuantise } from '../../state/quantise';
import { setQuantise } from '../../state/quantise-commands';
import { integerRows, shortName, usedLevels } from './figures';
import { LevelsPlot } from './LevelsPlot';
import styles from './quantise.module.css';
import { useQuantiseForm, useSentences } from './useQuantiseForm';

const words = quantiseText.matrix;

/** What was read, while it is of the matrix on the page. */
function useReading(): MatrixReading | null {
  const { matrix } = useQuantiseForm();
  const reading = useQuantise((state) => state.reading);
  return reading && reading.name === matrix?.name ? reading : null;
}

export function Matrix() {
  const { matrix } = useQuantiseForm();
  const reading = useReading();
  return (
    <section className={controls.card} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <Choose />
      {matrix && reading && <Strip matrix={matrix} reading={reading} />}
      <div className={styles.matrix}>
        <Weights reading={reading} />
        {reading && <Integers reading={reading} />}
      </div>
    </section>
  );
}

function Choose() {
  const id = useId();
  const { matrix, selection, texts } = useQuantiseForm();
  const matrices = useQuantise((state) => state.model?.matrices ?? noMatrices);
  const reading = useReading();
  const wrong = useSentences('row');
  const layers = [...new Set(matrices.map(({ layer }) => layer))];
  const kinds: readonly string[] = selections[selection];
  const untouched = matrix !== null && !kinds.includes(matrix.kind);
  return (
    <>
      <div className={styles.choose}>
        <div>
          <label htmlFor={`${id}-matrix`}>{words.choose}</label>
          <select
            id={`${id}-matrix`}
            value={matrix?.name ?? ''}
            disabled={!matrix}
            onChange={({ target }) => setQuantise({ matrix: target.value, row: '' })}
          >
            {!matrix && <option value="">{quantiseText.none}</option>}
            {layers.map((layer) => (
              <optgroup key={layer} label={quantiseText.layerName(layer)}>
                {matrices
                  .filter((one) => one.layer === layer)
                  .map((one) => (
                    <option key={one.name} value={one.name}>
                      {nameOf(one)}
                    </option>
                  ))}
              </optgroup>
            ))}
          </select>
        </div>
        <div>
          <label htmlFor={`${id}-row`}>{words.row}</label>
          <input
            id={`${id}-row`}
            type="number"
            min={0}
            max={matrix ? matrix.shape[0] - 1 : 0}
            step={1}
            disabled={!matrix}
            value={texts.row === '' ? (reading?.row ?? '') : texts.row}
            aria-invalid={wrong.length > 0}
            aria-describedby={`${id}-hint`}
            onChange={({ target }) => setQuantise({ row: target.value })}
          />
        </div>
        <button
          type="button"
          className={controls.plain}
          disabled={!matrix || texts.row === ''}
          onClick={() => setQuantise({ row: '' })}
        >
          {words.rowFarthest}
        </button>
        <small id={`${id}-hint`}>
          {wrong.length > 0 ? (
            <span className={styles.wrong}>{wrong.join(' ')}</span>
          ) : (
            matrix && words.rowHint(matrix.shape[0])
          )}
        </small>
      </div>
      {untouched && <p className={controls.quiet}>{words.untouched}</p>}
    </>
  );
}

const noMatrices: readonly MatrixReport[] = [];

function nameOf({ name, layer, shape }: MatrixReport): string {
  const place = layer === null ? '' : `${quantiseText.layerName(layer)} · `;
  return `${place}${shortName(name)} · ${words.shape(...shape)}`;
}

function Strip({ matrix, reading }: { readonly matrix: MatrixReport; readonly reading: MatrixReading }) {
  const { hints } = words;
  const tiles = [
    ['relative', words.relative(reading.relative), hints.relative],
    ['largest', words.small(reading.largest), hints.largest],
    ['reach', words.times(matrix.reach), hints.reach],
    ['deviation', words.small(matrix.deviation), hints.deviation(words.small(matrix.least), words.small(matrix.most))],
  ] as const;
  return (
    <dl className={styles.strip}>
      {tiles.map(([key, value, hint]) => (
        <div key={key} data-figure={key}>
          <dt>{words.strip[key]}</dt>
          <dd>{value}</dd>
          <dd className={controls.quiet}>{hint}</dd>
        </div>
      ))}
    </dl>
  );
}

function Weights({ reading }: { readonly reading: MatrixReading | null }) {
  const { refused } = useQuantiseForm();
  const busy = useQuantise((state) => isPending(state.pending, 'readMatrix', 'openQuantise'));
  const scheme = reading && schemes[reading.scheme];
  const { from = 0, to = 0, counts = [] } = reading?.histogram ?? {};
  const step = (to - from) / Math.max(1, counts.length);
  return (
    <ChartCard
      title={words.title}
      sentence={
        reading && scheme
          ? words.sentence(
              quantiseText.schemeName(scheme),
              reading.row,
              usedLevels(reading),
              reading.levels.length,
              scheme.block === 'row',
            )
          : words.empty
      }
      table={{
        columns: words.columns,
        rows: counts.map((count, bar) => [
          from + bar * step,
          from + (bar + 1) * step,
          count,
          reading?.rowCounts[bar] ?? 0,
        ]),
      }}
      empty={refused ?? (busy ? words.reading : words.empty)}
      tall
    >
      {reading && <LevelsPlot {...reading} />}
    </ChartCard>
  );
}

function Integers({ reading }: { readonly reading: MatrixReading }) {
  const rows = integerRows(reading);
  const most = Math.max(...rows.map(({ count }) => count));
  return (
    <div className={styles.integers}>
      <h3>{words.integers}</h3>
      <p className={controls.quiet}>{words.integersNote(rows.filter(({ count }) => count === 0).length)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className={styles.integerBox} aria-label={words.integers} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {words.integerColumns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ integer, count, share }) => (
              <tr key={integer}>
                <th scope="row">{words.integer(integer)}</th>
                <td>{words.number(count)}</td>
                <td className={styles.barCell}>
                  <i style={{ width: `${(100 * count) / Math.max(1, most)}%` }} />
                  <span>{words.share(share)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
