/** What goes with a better score among configurations drawn at random: rank correlations, with how likely chance makes one. */
import { correlations } from '../../../lab/experiments/results';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { architectureText } from '../../i18n/architecture-text';
import type { ResultProps } from './sentences';

export function Ranks({ record, metric }: Pick<ResultProps, 'record' | 'metric'>) {
  const words = architectureText;
  const { charts } = words;
  const rows = correlations(record, metric).flatMap(({ axis, found }) => (found ? [{ axis, ...found }] : []));
  return (
    <section className={controls.card} aria-label={charts.ranks}>
      <h2>{charts.ranks}</h2>
      <p className={controls.quiet}>{rows[0] ? charts.ranksSentence(rows[0].n) : charts.ranksNone}</p>
      {rows.length > 0 && (
        <Scroll label={charts.ranksTable}>
          <table>
            <thead>
              <tr>
                {charts.ranksColumns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ axis, coefficient, p, n }) => (
                <tr key={axis}>
                  <th scope="row">{words.axes[axis].name}</th>
                  <td>{coefficient === null ? words.table.none : charts.correlation(coefficient)}</td>
                  <td>{p === null ? words.table.none : charts.p(p)}</td>
                  <td>{n}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
