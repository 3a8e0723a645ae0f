/** What PanGu-π Pro reports about speed and shape, beside what the loaded model reaches here and what bounds it. */
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { hundredths } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { boundingCeilings, useEngine } from '../../state/engine';
import { measuredOn } from '../../state/runner';
import { useWriting } from '../../state/writing';

/** PanGu-π Pro (arXiv 2402.02791), Table 2: layers × width and tokens per second. */
const reported = [
  ['40 × 1280', 12.81],
  ['30 × 1536', 17.71],
  ['20 × 1792', 29.49],
  ['15 × 2048', 36.79],
  ['9 × 2560', 57.53],
] as const;

export function Paper() {
  const { device, model } = useEngine();
  const ceilings = useEngine(boundingCeilings);
  const runs = useWriting((state) => state.runs);
  const words = text.device.paper;
  const on = measuredOn(device);
  const last = runs.findLast((run) => run.model === model?.id && run.runner === on && run.tokensPerSecond !== null);
  const bounds = model && ceilings;
  const rows: readonly (readonly [string, number | null])[] = [
    [words.written, last?.tokensPerSecond ?? null],
    [words.bound, bounds ? ceilings.copyBytesPerSecond / model.cost.bytesRead : null],
    [words.arithmetic, bounds ? ceilings.flopsPerSecond / model.cost.flops : null],
  ];
  return (
    <section className={controls.card} aria-label={text.generate.paper.heading}>
      <div className={appStyles.says}>
        <div>
          <h2>{text.generate.paper.heading}</h2>
          <p className={appStyles.source}>{words.source}</p>
          <Rows columns={words.columns} rows={reported} />
        </div>
        <div>
          <h2>{text.generate.paper.measuredHeading}</h2>
          <p className={appStyles.source}>{words.measured(on)}</p>
          <Rows columns={words.measuredColumns} rows={rows} />
        </div>
      </div>
      <p className={appStyles.verdict}>
        <b>{words.verdict}</b> {words.verdictText}
      </p>
    </section>
  );
}

function Rows({
  columns,
  rows,
}: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [string, number | null])[];
}) {
  return (
    <table>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value === null ? text.device.paper.notMeasured : hundredths(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
