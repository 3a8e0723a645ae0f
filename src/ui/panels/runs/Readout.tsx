/** One readout for both charts: the value of every selected run at the step that is pointed at, or chosen by keyboard. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { text } from '../../i18n/catalogue';
import type { RunEntry } from '../../state/runs';
import { useRunsView } from '../../state/runs-view';
import { valuesAt } from './overlay-series';
import { PlotOptions } from './PlotOptions';
import styles from './runs.module.css';
import { Swatch } from './Swatch';

export function Readout({ entries, last }: { readonly entries: readonly RunEntry[]; readonly last: number }) {
  const id = useId();
  const chosen = useRunsView((state) => state.step);
  const words = text.runs.overlay;
  const step = Math.min(chosen ?? last, last);
  return (
    <section className={controls.card} aria-label={words.readout}>
      <div className={controls.cardHead}>
        <h2>{words.readout}</h2>
        <PlotOptions />
      </div>
      <div className={controls.row}>
        <label htmlFor={id}>{words.step}</label>
        <output htmlFor={id}>{words.at(step)}</output>
        <input
          id={id}
          type="range"
          min={0}
          max={last}
          value={step}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => useRunsView.setState({ step: target.valueAsNumber, pinned: target.valueAsNumber })}
        />
        <small id={`${id}-hint`}>{words.stepHint}</small>
      </div>
      <Scroll label={words.values}>
        <table className={styles.readout}>
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
            {entries.map((entry) => (
              <Values key={entry.run.id} entry={entry} step={step} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Values({ entry: { run, name, style }, step }: { readonly entry: RunEntry; readonly step: number }) {
  const { trained, scored } = valuesAt(run, step);
  const words = text.runs.overlay;
  const none = text.runs.table.none;
  return (
    <tr>
      <th scope="row">
        <span className={styles.name}>
          <Swatch style={style} />
          <span title={name}>{name}</span>
        </span>
      </th>
      <td>{trained ? words.value(trained.loss) : none}</td>
      <td>{scored ? words.value(scored.heldOutLoss) : none}</td>
      <td>{scored ? words.value(scored.bitsPerCharacter) : none}</td>
      <td>{words.at(Math.max(trained?.step ?? 0, scored?.step ?? 0))}</td>
    </tr>
  );
}
