/** Every kernel that was timed for each product of the loaded model, and the winners as a chart. */
import type { CalibrationRow } from '../../../worker/protocol';
import { ChartCard } from '../../charts/ChartCard';
import { csv, type Table } from '../../charts/csv';
import { downloadText } from '../../charts/download';
import { BarPlot } from '../../charts/Plots';
import controls from '../../controls/controls.module.css';
import { significant } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { useEngine } from '../../state/engine';
import styles from './device.module.css';

export function Calibration() {
  const rows = useEngine((state) => state.calibration);
  const words = text.device.calibration;
  const winners = rows?.filter((row) => row.winner) ?? [];
  return (
    <>
      <section className={controls.card} aria-label={words.heading}>
        <div className={controls.cardHead}>
          <h2>{words.heading}</h2>
          <button
            type="button"
            className={controls.link}
            disabled={!rows}
            aria-label={text.chart.download(words.heading, text.chart.csv)}
            onClick={() => downloadText('calibration.csv', 'text/csv', csv(table()))}
          >
            {text.chart.csv}
          </button>
        </div>
        <p className={controls.quiet}>{rows ? words.sentence(rows.length, winners.length) : words.none}</p>
        {rows && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          <section className={styles.calibration} tabIndex={0} aria-label={words.heading}>
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
                {rows.map((row) => (
                  <tr key={`${row.operation} ${row.shape} ${row.kernel}`} data-winner={row.winner}>
                    <td>{row.operation}</td>
                    <td className={styles.shape}>{row.shape}</td>
                    <td>
                      {row.kernel} {row.winner && <span title={words.winner}>★</span>}
                    </td>
                    <td>{row.family}</td>
                    <td>{significant(row.microseconds)}</td>
                    <td>{significant(row.gflops)}</td>
                    <td>{significant(row.gigabytesPerSecond)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </section>
      <WinnersChart />
    </>
  );
}

const shownWinners = 10;

function WinnersChart() {
  const rows = useEngine((state) => state.calibration);
  const ceilings = useEngine((state) => state.ceilings);
  const words = text.device.calibration;
  const winners = [...(rows ?? [])].filter((row) => row.winner).sort((a, b) => b.gflops - a.gflops);
  const ceiling = ceilings ? ceilings.flopsPerSecond / 1e9 : null;
  return (
    <ChartCard
      title={words.chart}
      sentence={rows ? words.chartSentence(ceiling) : words.chartNone}
      empty={words.chartEmpty}
      table={{
        columns: words.chartColumns,
        rows: winners.map((row) => [`${row.operation} ${row.shape}`, row.kernel, row.gflops]),
      }}
    >
      <BarPlot
        layout="lying"
        unit={words.unit}
        rows={winners.slice(0, shownWinners).map((row) => ({ name: shortName(row), value: row.gflops }))}
      />
    </ChartCard>
  );
}

/** `linear 592 × 192`: the operation and, for a product, the sizes of its matrix. */
function shortName({ operation, shape }: CalibrationRow): string {
  const matrix = /weight ?\[(\d+), (\d+)\]/.exec(shape);
  return matrix ? `${operation} ${matrix[1]} × ${matrix[2]}` : operation;
}

function table(): Table {
  const rows = useEngine.getState().calibration ?? [];
  return {
    columns: [...text.device.calibration.columns, text.device.calibration.winner],
    rows: rows.map((row) => [
      row.operation,
      row.shape,
      row.kernel,
      row.family,
      row.microseconds,
      row.gflops,
      row.gigabytesPerSecond,
      row.winner ? 1 : 0,
    ]),
  };
}
