/** What random configurations are drawn from: a range for each of one to four axes, and how many are drawn. */
import type { AxisKey } from '../../../lab/experiments/axes';
import controls from '../../controls/controls.module.css';
import { architectureText } from '../../i18n/architecture-text';
import { drawnAxes, rangesText, readRanges } from '../../state/experiment-form';
import styles from './architecture.module.css';
import { Field, Hint } from './Field';
import { useExperimentForm } from './useExperiment';

const mostRanges = 4;

export function Ranges() {
  const { texts, set } = useExperimentForm();
  const words = architectureText.varied;
  const ranges = readRanges(texts.ranges);
  const change = (place: number, part: 0 | 1 | 2, value: string) =>
    set({
      ranges: rangesText(
        ranges.map((range, index) => {
          const [key, from, to] = range;
          if (index !== place) return range;
          return part === 0 ? [value, from, to] : part === 1 ? [key, value, to] : [key, from, value];
        }),
      ),
    });
  const free = drawnAxes.filter((key) => !ranges.some(([used]) => used === key));
  return (
    <>
      <fieldset className={styles.ranges}>
        <legend>{words.ranges}</legend>
        {ranges.map(([key, from, to], place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a range is its place in the list.
          <div key={place} className={styles.range}>
            <select
              aria-label={words.rangeAxis(place + 1)}
              value={key}
              onChange={({ target }) => change(place, 0, target.value)}
            >
              {drawnAxes
                .filter((axis) => axis === key || free.includes(axis))
                .map((axis) => (
                  <option key={axis} value={axis}>
                    {architectureText.axes[axis].name}
                  </option>
                ))}
            </select>
            <input
              type="text"
              inputMode="numeric"
              aria-label={words.from(nameOf(key))}
              value={from}
              onChange={({ target }) => change(place, 1, target.value)}
            />
            <span aria-hidden="true">–</span>
            <input
              type="text"
              inputMode="numeric"
              aria-label={words.to(nameOf(key))}
              value={to}
              onChange={({ target }) => change(place, 2, target.value)}
            />
            <button
              type="button"
              className={controls.link}
              aria-label={words.remove(nameOf(key))}
              disabled={ranges.length === 1}
              onClick={() => set({ ranges: rangesText(ranges.filter((_, index) => index !== place)) })}
            >
              ×
            </button>
          </div>
        ))}
        <button
          type="button"
          className={controls.link}
          disabled={ranges.length >= mostRanges || free.length === 0}
          onClick={() => set({ ranges: rangesText([...ranges, [free[0] ?? 'depth', '', '']]) })}
        >
          {words.addRange}
        </button>
        <Hint id="ranges-hint" field="ranges" hint={words.countHint} />
      </fieldset>
      <Field field="count" label={words.count} />
      <Field field="draw" label={words.draw} />
    </>
  );
}

function nameOf(key: string): string {
  return architectureText.axes[key as AxisKey]?.name ?? key;
}
