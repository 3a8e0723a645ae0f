/** The paper's five shapes of a billion parameters: what it measured on its own GPU, and what this device does with copies. */
import { paperShapes, shapeName } from '../../../lab/real-size/paper-shapes';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { hundredths } from '../../format/numbers';
import { architectureText } from '../../i18n/architecture-text';
import { isPending } from '../../state/engine';
import { useExperiments } from '../../state/experiments';
import { timeShapes } from '../../state/experiments-commands';

const words = architectureText.speed;

export function RealSpeed() {
  const shapes = useExperiments((state) => state.shapes);
  const busy = useExperiments((state) => isPending(state.pending, 'timeShapes'));
  const progress = useExperiments((state) => state.progress);
  const running = useExperiments(({ records }) => (records ?? []).some(({ state }) => state === 'running'));
  const rows = shapes?.rows ?? [];
  const [deepest] = paperShapes;
  const base = rows[0]?.speed.tokensPerSecond.median ?? null;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        <button type="button" className={controls.plain} disabled={busy || running} onClick={timeShapes}>
          {busy ? words.measuring : words.measure}
        </button>
      </div>
      <p className={appStyles.source}>{words.lead}</p>
      <Scroll label={words.table}>
        <table>
          <thead>
            <tr>
              {words.columns.map((column, index) => (
                <th key={words.keys[index]} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {paperShapes.map((shape, index) => {
              const row = rows[index];
              const median = row?.speed.tokensPerSecond.median ?? null;
              return (
                <tr key={shapeName(shape)}>
                  <th scope="row">
                    {shape.depth} × {shape.width}
                  </th>
                  <td>{hundredths(shape.average)}</td>
                  <td>{hundredths(shape.tokensPerSecond)}</td>
                  <td>{words.ratio(shape.tokensPerSecond / (deepest?.tokensPerSecond ?? 1))}</td>
                  <td>{median === null ? words.none : words.number(median)}</td>
                  <td>{median === null || base === null ? words.none : words.ratio(median / base)}</td>
                  <td>{row ? words.scale(row.plan.factor) : words.none}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      <p className={controls.quiet} role="status">
        {words.source}.{' '}
        {busy
          ? words.progress(progress?.task === 'calibrate' ? progress.done : 0, paperShapes.length)
          : shapes
            ? words.measuredOn(shapes.runner, Math.max(...rows.map(({ plan }) => plan.totalBytes)))
            : running
              ? words.wait
              : words.notYet}
      </p>
    </section>
  );
}
