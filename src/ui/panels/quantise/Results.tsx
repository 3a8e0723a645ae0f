/** The model as stored and under each scheme that was measured: loss, answers, memory, size and speed, a row each. */
import { useId } from 'react';
import type { Interval } from '../../../lab/evaluation';
import { type SchemeId, schemeIds, schemes } from '../../../quant/schemes';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { quantiseText } from '../../i18n/quantise-text';
import { isPending } from '../../state/engine';
import { useManifest } from '../../state/manifest';
import { keyOf, type MeasuredScheme, useQuantise } from '../../state/quantise';
import { measureSchemes } from '../../state/quantise-commands';
import { useRecordedQuantise } from '../../state/recorded-quantise';
import { firstSchemes, holdsZero, inOrder } from './figures';
import styles from './quantise.module.css';
import { useQuantiseForm, useReady } from './useQuantiseForm';
import { Working } from './Working';

const words = quantiseText.results;
const { schemeName } = quantiseText;

export function Results() {
  const shown = useShownRows();
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>
          {words.heading} {shown.recorded !== null && <span className={styles.tag}>{quantiseText.recorded}</span>}
        </h2>
        <span className={controls.quiet}>{shown.origin}</span>
      </div>
      <p className={styles.lead}>{words.lead}</p>
      <Measure />
      {shown.rows.length > 0 ? <Table rows={shown.rows} /> : <p className={styles.empty}>{words.none}</p>}
    </section>
  );
}

interface ShownRows {
  readonly rows: readonly MeasuredScheme[];
  readonly recorded: string | null;
  readonly origin: string;
}

/** What was measured here, else what was recorded of the same model. */
function useShownRows(): ShownRows {
  const rows = useQuantise((state) => state.rows);
  const busy = useQuantise((state) => isPending(state.pending, 'measureSchemes'));
  const recorded = useRecordedQuantise((state) => state.recorded);
  const models = useManifest((state) => state.models);
  const { texts } = useQuantiseForm();
  if (rows.length > 0) {
    const adapters = [...new Set(rows.map(({ adapter }) => adapter))];
    return { rows: inOrder(rows), recorded: null, origin: `${words.how(adapters)} ${words.memoryNote}` };
  }
  if (busy || !recorded || recorded.model !== texts.model) return { rows: [], recorded: null, origin: '' };
  const { made, model } = recorded;
  const name = models.find(({ id }) => id === model)?.name ?? model;
  return {
    rows: inOrder(recorded.rows),
    recorded: model,
    origin: quantiseText.recordedHow(name, made.date.slice(0, 10), made.machine),
  };
}

const noneRefused: Partial<Record<SchemeId, string>> = {};

function Measure() {
  const id = useId();
  const { scheme, selection, activations, refused: reason } = useQuantiseForm();
  const refused = useQuantise((state) => state.model?.refused ?? noneRefused);
  const open = useQuantise((state) => state.model !== null);
  const busy = useQuantise((state) => isPending(state.pending, 'measureSchemes'));
  const ready = useReady();
  const few = firstSchemes(scheme, refused);
  const all = schemeIds.filter((one) => refused[one] === undefined);
  const measure = (wanted: readonly SchemeId[]) => measureSchemes({ schemes: wanted, selection, activations });
  return (
    <div className={styles.measure}>
      <button
        type="button"
        className={controls.primary}
        disabled={!ready || busy}
        aria-describedby={`${id}-hint`}
        onClick={() => measure(few)}
      >
        {words.measure}
      </button>
      <button type="button" className={controls.plain} disabled={!ready || busy} onClick={() => measure(all)}>
        {words.all}
      </button>
      <small id={`${id}-hint`}>
        {!open
          ? words.waitModel
          : reason !== null
            ? words.refused
            : words.which(few.map((one) => schemeName(schemes[one])))}
      </small>
      <Working request="measureSchemes" />
    </div>
  );
}

function Table({ rows }: { readonly rows: readonly MeasuredScheme[] }) {
  const { columns } = words;
  const last = rows.findLast(({ scheme }) => scheme !== null);
  return (
    <>
      <span role="status" className={styles.spoken}>
        {last?.scheme && words.announce(schemeName(schemes[last.scheme]), bitsOf(last)?.value ?? Number.NaN)}
      </span>
      <Scroll label={words.table}>
        <table className={styles.results}>
          <thead>
            <tr>
              {(Object.keys(columns) as (keyof typeof columns)[]).map((column) => (
                <th key={column} scope="col">
                  {columns[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={keyOf(row)} row={row} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function bitsOf({ figures }: MeasuredScheme): Interval | null {
  return figures.bitsPerCharacter.all;
}

function Row({ row }: { readonly row: MeasuredScheme }) {
  const { scheme, selection, activations, figures, difference, memoryBytes } = row;
  return (
    <tr data-scheme={scheme ?? 'stored'} data-activations={activations}>
      <th scope="row">
        {scheme === null ? words.stored : schemeName(schemes[scheme])}
        {selection !== null && (
          <small className={styles.under}>
            {quantiseText.matrices.short[selection]}, {quantiseText.activations.short[activations]}
          </small>
        )}
      </th>
      <Estimate found={bitsOf(row)} shown={words.bits} />
      <Difference found={difference?.bitsPerCharacter.all ?? null} shown={words.signedBits} />
      <Estimate found={figures.probes?.all ?? null} shown={words.percent} />
      <Difference found={difference?.probes ?? null} shown={words.points} />
      <td>{words.bytes(memoryBytes)}</td>
      <td>{words.bytes(figures.bytes)}</td>
      <td>{words.speed(figures.tokensPerSecond)}</td>
    </tr>
  );
}

interface Estimated {
  readonly found: Interval | null;
  shown(value: number): string;
}

function Estimate({ found, shown }: Estimated) {
  if (!found) return <td>{quantiseText.none}</td>;
  return (
    <td>
      {shown(found.value)}
      <small className={styles.under}>{quantiseText.interval(shown(found.low), shown(found.high))}</small>
    </td>
  );
}

function Difference({ found, shown }: Estimated) {
  if (!found) return <td>{quantiseText.none}</td>;
  const same = holdsZero(found);
  return (
    <td data-same={same}>
      {same ? <span className={controls.quiet}>{words.same}</span> : <b>{shown(found.value)}</b>}
      <small className={styles.under}>{quantiseText.interval(shown(found.low), shown(found.high))}</small>
    </td>
  );
}
