/** Where the most frequent tokens stand in the plane of most variance behind a layer, for one of the looks. */
import { useState } from 'react';
import { ChartCard } from '../../charts/ChartCard';
import { ScatterPlot } from '../../charts/ScatterPlot';
import { seriesStyle } from '../../charts/series';
import { Slider } from '../../controls/Slider';
import { architectureText } from '../../i18n/architecture-text';
import { useExperiments } from '../../state/experiments';
import styles from './architecture.module.css';
import { lookName } from './InsideCharts';

export function InsidePlane() {
  const inside = useExperiments((state) => state.inside);
  const [chosen, setChosen] = useState<number | null>(null);
  const [place, setPlace] = useState(0);
  const words = architectureText.inside;
  const looks = inside?.looks ?? [];
  const look = looks[Math.min(place, looks.length - 1)];
  const last = (look?.layers.length ?? 1) - 1;
  const layer = look?.layers[Math.min(chosen ?? last, last)];
  const pieces = new Map(look?.tokens.map(({ id, text: piece }) => [id, piece]));
  const groups = (layer?.plane.tokens ?? []).map(({ id, points }, index) => ({
    name: words.space(pieces.get(id) ?? String(id)),
    colour: seriesStyle(index).colour,
    points: points.map(([x, y]) => ({ x, y })),
  }));
  return (
    <div className={styles.plane}>
      <ChartCard
        title={words.plane}
        sentence={layer && groups.length > 0 ? words.planeSentence(layer.layer, ...layer.plane.shares) : words.none}
        table={{
          columns: words.planeColumns,
          rows: groups.flatMap(({ name, points }) => points.map(({ x, y }) => [name, x, y])),
        }}
        empty={layer ? words.planeNone : words.none}
        tall
      >
        <ScatterPlot groups={groups} xLabel={words.first} yLabel={words.secondDirection} size={3.5} />
      </ChartCard>
      {look && (
        <div className={styles.planeControls}>
          <Slider
            label={words.planeLayer}
            hint={words.planeHint}
            value={Math.min(chosen ?? last, last)}
            shown={String(Math.min(chosen ?? last, last))}
            minimum={0}
            maximum={last}
            step={1}
            onChange={setChosen}
          />
          {looks.length > 1 && (
            <label className={styles.metric}>
              {words.shown}
              <select value={place} onChange={({ target }) => setPlace(Number(target.value))}>
                {looks.map(({ without }, index) => (
                  <option key={without} value={index}>
                    {lookName(without)}
                  </option>
                ))}
              </select>
            </label>
          )}
        </div>
      )}
    </div>
  );
}
