/** What the paper reports beside what was measured, row by row, with the verdict that the intervals allow and its caveats. */
import { useMemo } from 'react';
import { armsOfRow, paperVerdict } from '../../../lab/experiments/paper-verdict';
import type { Paper as PaperReport } from '../../../lab/experiments/presets/preset';
import { correlations } from '../../../lab/experiments/results';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { architectureText } from '../../i18n/architecture-text';
import styles from './architecture.module.css';
import { caveatText } from './caveat-text';
import { type ArmFigures, armFigures, unitOf } from './figures';
import { cellText, columnName, presetWords } from './preset-words';
import { presetList } from './presets';
import { useExperimentForm } from './useExperiment';
import { type ShownExperiment, useMetric, useShown } from './useShown';

const words = architectureText.paper;

export function Paper() {
  const { preset } = useExperimentForm();
  const shown = useShown();
  const asked = shown ? presetList.find(({ id }) => id === shown.record.experiment.preset) : preset;
  const found = presetList.find(({ id }) => id === asked?.id) ?? null;
  return (
    <section className={controls.card} aria-label={words.heading}>
      {found?.paper ? (
        <Compared id={found.id} paper={found.paper} shown={shown} />
      ) : (
        <>
          <h2>{words.heading}</h2>
          <p className={controls.quiet}>{words.none}</p>
        </>
      )}
    </section>
  );
}

interface PaperProps {
  readonly id: string;
  readonly paper: PaperReport;
}

function Compared({ id, paper, shown }: PaperProps & { readonly shown: ShownExperiment | null }) {
  const { source, setting, table } = paper;
  const own = presetWords(id);
  const from = architectureText.quoted.source(source);
  const column = (index: number) => (table?.rows ?? []).map(({ cells }) => cells[index] ?? null);
  return (
    <>
      <div className={appStyles.says}>
        <div>
          <h2>{words.heading}</h2>
          <p className={appStyles.source}>
            {from}. {own?.setting(setting)} {own?.caption}
          </p>
          {table && (
            <Scroll label={from}>
              <table>
                <thead>
                  <tr>
                    {table.columns.map((column) => (
                      <th key={column} scope="col">
                        {columnName(column)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {table.rows.map(({ cells }) => (
                    <tr key={cells.join()}>
                      {cells.map((cell, index) =>
                        index === 0 ? (
                          <th key={table.columns[index]} scope="row">
                            {cellText(cell, column(index))}
                          </th>
                        ) : (
                          <td key={table.columns[index]}>{cellText(cell, column(index))}</td>
                        ),
                      )}
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )}
        </div>
        <div>
          <h2>{shown?.recorded ? words.recorded : words.measured}</h2>
          {shown ? <Measured paper={paper} shown={shown} /> : <p className={controls.quiet}>{words.nothing}</p>}
        </div>
      </div>
      {shown && <Verdict id={id} paper={paper} shown={shown} />}
    </>
  );
}

function Measured({ paper, shown: { record } }: { readonly paper: PaperReport; readonly shown: ShownExperiment }) {
  const metric = useMetric(record);
  const figures = useMemo(() => armFigures(record, metric), [record, metric]);
  const results = architectureText.results;
  const { arms, experiment } = record;
  const sizes = arms.map(({ parameters }) => parameters);
  const tokens = arms.map((arm) => arm.tokens);
  const how = words.how(
    [Math.min(...sizes), Math.max(...sizes)],
    [Math.min(...tokens), Math.max(...tokens)],
    record.results.at(-1)?.adapter ?? '',
    experiment.seeds.length,
  );
  if (paper.claim?.kind === 'signs') {
    return (
      <>
        <p className={appStyles.source}>{how}</p>
        <table>
          <thead>
            <tr>
              <th scope="col">{architectureText.charts.ranksColumns[0]}</th>
              <th scope="col">{architectureText.charts.ranksColumns[1]}</th>
              <th scope="col">{architectureText.charts.ranksColumns[2]}</th>
            </tr>
          </thead>
          <tbody>
            {correlations(record, metric).map(({ axis, found }) => (
              <tr key={axis}>
                <th scope="row">{architectureText.axes[axis].name}</th>
                <td>{found?.coefficient == null ? '–' : architectureText.charts.correlation(found.coefficient)}</td>
                <td>{found?.p == null ? '–' : architectureText.charts.p(found.p)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </>
    );
  }
  const shown = results.value[metric];
  const score = ({ summary: { mean, interval } }: ArmFigures) => {
    if (mean === null) return architectureText.table.none;
    return interval ? words.interval(shown(mean), shown(interval[0]), shown(interval[1])) : shown(mean);
  };
  return (
    <>
      <p className={appStyles.source}>{how}</p>
      <Scroll label={how}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.row}</th>
              <th scope="col">{words.size}</th>
              <th scope="col">{words.speed}</th>
              <th scope="col">{words.score(unitOf(metric))}</th>
              <th scope="col">n</th>
            </tr>
          </thead>
          <tbody>
            {inPaperOrder(paper, figures, record).map((entry) => {
              const time = record.decodeMilliseconds[entry.arm.id];
              const { model } = entry.arm.recipe;
              return (
                <tr key={entry.arm.id}>
                  <th scope="row">{entry.name}</th>
                  <td>{architectureText.plan.sizeValue(model.num_hidden_layers, model.hidden_size)}</td>
                  <td>
                    {time
                      ? words.perSecond(1000 / time.median, 1000 / time.most, 1000 / time.least)
                      : architectureText.table.none}
                  </td>
                  <td>{score(entry)}</td>
                  <td>{entry.summary.n}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

/** Arms that stand for a row first, in the order of the rows, then the others. */
function inPaperOrder({ table }: PaperReport, figures: readonly ArmFigures[], record: ShownExperiment['record']) {
  const ids = table ? table.rows.flatMap((_, row) => armsOfRow(record, table, row)) : [];
  const place = ({ arm }: ArmFigures) => (ids.includes(arm.id) ? ids.indexOf(arm.id) : ids.length);
  return figures.toSorted((a, b) => place(a) - place(b));
}

function Verdict({ id, paper, shown: { record } }: PaperProps & { readonly shown: ShownExperiment }) {
  const metric = useMetric(record);
  const verdict = useMemo(() => paperVerdict(record, metric, paper), [record, metric, paper]);
  const own = presetWords(id)?.caveat ?? '';
  if (!verdict) {
    return (
      <p className={appStyles.verdict}>
        {words.noClaim} {own}
      </p>
    );
  }
  const { outcome, counts, of, caveats } = verdict;
  return (
    <div className={appStyles.verdict}>
      <p data-outcome={outcome} className={styles.outcome}>
        <b>{words.verdict[outcome]}</b> {words.counts(of, counts.agrees, counts.disagrees, counts.cannotTell)}
      </p>
      {(caveats.length > 0 || own !== '') && (
        <ul className={styles.caveats} aria-label={words.caveats}>
          {own !== '' && <li>{own}</li>}
          {caveats.map((caveat) => (
            <li key={caveat.kind}>{caveatText(caveat, record)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
