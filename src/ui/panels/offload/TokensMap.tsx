/** Which expert each token took in each layer, and whether it was in a slot or had to be loaded. */
import { ChartCard } from '../../charts/ChartCard';
import { InTurn } from '../../charts/InTurn';
import { PlotFrame } from '../../charts/PlotFrame';
import { offloadText } from '../../i18n/offload-text';
import { type OffloadText, useOffload } from '../../state/offload';
import styles from './offload.module.css';

const words = offloadText.tokensMap;

const left = 58;
const rowHeight = 24;
const least = 19;
const bottom = 20;
export function TokensMap() {
  return (
    <InTurn store={useOffload} select={(state) => state.text}>
      {(text) => <Card text={text} />}
    </InTurn>
  );
}

function Card({ text }: { readonly text: OffloadText | null }) {
  const tokens = text?.tokens ?? [];
  const layers = [...new Set(tokens.flatMap(({ visits }) => visits.map(({ layer }) => layer)))];
  const height = layers.length * rowHeight + bottom + 8;
  return (
    <ChartCard
      title={words.title}
      sentence={tokens.length > 0 ? words.sentence(tokens.length) : words.idle}
      table={{
        columns: words.columns,
        rows: tokens.flatMap(({ position, text: piece, visits }) =>
          visits.map(({ layer, expert, hit, loadMs, computeMs }) => [
            position,
            piece,
            layer + 1,
            expert + 1,
            hit ? words.yes : words.no,
            loadMs,
            computeMs,
          ]),
        ),
      }}
      empty={words.empty}
      height={tokens.length > 0 ? height : 132}
      foot={
        <ul className={styles.legend}>
          <li>
            <i data-hit="false" />
            {words.loaded}
          </li>
          <li>
            <i data-hit="true" />
            {words.hit}
          </li>
        </ul>
      }
    >
      <PlotFrame after={null}>
        {({ width }) => <Drawing text={text} layers={layers} width={width} height={height} />}
      </PlotFrame>
    </ChartCard>
  );
}

function Drawing({
  text,
  layers,
  width,
  height,
}: {
  readonly text: OffloadText | null;
  readonly layers: readonly number[];
  readonly width: number;
  readonly height: number;
}) {
  const fit = Math.max(1, Math.floor((width - left) / least));
  const tokens = (text?.tokens ?? []).slice(-fit);
  const across = Math.min(34, (width - left) / Math.max(1, tokens.length));
  return (
    <svg width={width} height={height} aria-hidden="true">
      {layers.map((layer, row) => (
        <text key={layer} x={left - 6} y={row * rowHeight + 16} fontSize={11.5} fill="var(--ink-2)" textAnchor="end">
          {words.layer(layer)}
        </text>
      ))}
      {tokens.map((token, column) => {
        const x = left + column * across;
        return (
          <g key={token.position}>
            {token.visits.map(({ layer, expert, hit }) => {
              const y = layers.indexOf(layer) * rowHeight;
              return (
                <g key={layer}>
                  <rect
                    x={x + 1}
                    y={y + 1}
                    width={Math.max(1, across - 2)}
                    height={rowHeight - 2}
                    rx="3"
                    fill="var(--run-1)"
                    fillOpacity={hit ? 0.08 : 0.42}
                    stroke="var(--run-1)"
                    strokeOpacity={hit ? 0.35 : 0.9}
                  />
                  <text x={x + across / 2} y={y + 16} fontSize={11} fill="var(--ink)" textAnchor="middle">
                    {expert + 1}
                  </text>
                </g>
              );
            })}
            {(column % 8 === 0 || across > 28) && (
              <text
                x={x + across / 2}
                y={layers.length * rowHeight + 15}
                fontSize={11}
                fill="var(--ink-2)"
                textAnchor="middle"
              >
                {token.position}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
