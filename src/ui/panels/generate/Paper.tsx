/** What PanGu-π reports about the latency of its two blocks, beside what was measured here. */
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { formatPercent, significant } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { useWriting } from '../../state/writing';
import styles from './generate.module.css';

/** PanGu-π (arXiv 2312.17276), Table 4: C-Eval and milliseconds. */
const reported = [
  { row: 'vanilla', quality: 35.0, milliseconds: 7.56 },
  { row: 'siaf', quality: 36.9, milliseconds: 7.76 },
  { row: 'shortcut', quality: 36.3, milliseconds: 7.66 },
  { row: 'both', quality: 37.9, milliseconds: 7.86 },
] as const;

export function Paper() {
  const words = text.generate.paper;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={appStyles.says}>
        <div>
          <h2>{words.heading}</h2>
          <p className={appStyles.source}>{words.source}</p>
          <Scroll label={words.source}>
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
                {reported.map(({ row, quality, milliseconds }) => (
                  <tr key={row}>
                    <th scope="row">{words.rows[row]}</th>
                    <td>{quality.toFixed(1)}</td>
                    <td>{milliseconds.toFixed(2)}</td>
                    <td>{row === 'vanilla' ? '–' : `+${formatPercent(milliseconds / 7.56 - 1)}`}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </div>
        <Measured />
      </div>
      <p className={appStyles.verdict}>
        <b>{words.verdict}</b> {words.verdictText}
      </p>
    </section>
  );
}

/** The last run of each model of this visit. */
function Measured() {
  const runs = useWriting((state) => state.runs);
  const words = text.generate.paper;
  const last = new Map(runs.filter((run) => run.tokensPerSecond !== null).map((run) => [run.label, run]));
  return (
    <div>
      <h2>{words.measuredHeading}</h2>
      <p className={appStyles.source}>{words.measured}</p>
      {last.size === 0 ? (
        <p className={controls.quiet}>{words.nothing}</p>
      ) : (
        <Scroll label={words.measuredHeading}>
          <table className={styles.measured}>
            <thead>
              <tr>
                {words.measuredColumns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...last].map(([label, run]) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td>{significant(1000 / (run.tokensPerSecond ?? 1))}</td>
                  <td>{run.dispatchesPerToken || words.noDispatches}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </div>
  );
}
