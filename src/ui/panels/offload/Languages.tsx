/** Which share of a text's tokens each expert gets, English over Chinese: do experts specialise by language? */
import { useId } from 'react';
import { ChartCard } from '../../charts/ChartCard';
import { PlotFrame } from '../../charts/PlotFrame';
import controls from '../../controls/controls.module.css';
import { formatPercent } from '../../format/numbers';
import { offloadText } from '../../i18n/offload-text';
import { isPending } from '../../state/engine';
import { type LanguageUse, useOffload } from '../../state/offload';
import { writeLanguages } from '../../state/offload-commands';
import { bothUses, sharesOf, specialisation } from './live-figures';
import styles from './offload.module.css';
import { useLiveForm } from './useOffloadForm';

const words = offloadText.languages;

const left = 58;
const rowHeight = 46;
const top = 20;

export function Languages() {
  const { en, zh } = useOffload((state) => state.languages);
  const pairs = en && zh ? bothUses(en.rows, zh.rows) : [];
  const found = en && zh && pairs.length > 0 ? specialisation(en, zh) : null;
  const experts = pairs[0]?.a.length ?? 0;
  return (
    <ChartCard
      title={words.title}
      sentence={found ? words.sentence(found.apart, found.chance) : en || zh ? words.one : words.idle}
      table={{
        columns: words.columns,
        rows: pairs.flatMap(({ layer, a, b }) => {
          const [first, second] = [sharesOf(a), sharesOf(b)];
          return first.map((share, expert) => [layer + 1, expert + 1, share, second[expert] ?? 0]);
        }),
      }}
      empty={words.empty}
      height={pairs.length > 0 ? pairs.length * rowHeight + top + 4 : 132}
      foot={<Write />}
    >
      <PlotFrame after={null}>{({ width }) => <Drawing pairs={pairs} experts={experts} width={width} />}</PlotFrame>
    </ChartCard>
  );
}

function Write() {
  const id = useId();
  const { setup } = useLiveForm();
  const ready = useOffload((state) => state.model !== null && state.openings.length === 0);
  const busy = useOffload((state) => isPending(state.pending, 'writeOffload', 'compareOffload'));
  return (
    <div className={styles.measure}>
      <button
        type="button"
        className={controls.plain}
        disabled={!ready || busy || !setup}
        aria-describedby={`${id}-hint`}
        onClick={() => setup && writeLanguages(setup, words.prompts)}
      >
        {words.write}
      </button>
      <small id={`${id}-hint`}>{words.cost}</small>
      <ul className={styles.legend}>
        <li>
          <i data-language="en" />
          {words.key.en}
        </li>
        <li>
          <i data-language="zh" />
          {words.key.zh}
        </li>
      </ul>
    </div>
  );
}

function Drawing({
  pairs,
  experts,
  width,
}: {
  readonly pairs: readonly { readonly layer: number; readonly a: LanguageCounts; readonly b: LanguageCounts }[];
  readonly experts: number;
  readonly width: number;
}) {
  const across = (width - left - 4) / Math.max(1, experts);
  const most = Math.max(1e-9, ...pairs.flatMap(({ a, b }) => [...sharesOf(a), ...sharesOf(b)]));
  return (
    <svg width={width} height={pairs.length * rowHeight + top} aria-hidden="true">
      {Array.from({ length: experts }, (_, expert) => expert)
        .filter((expert) => across > 16 || expert % 4 === 0)
        .map((expert) => (
          <text
            key={expert}
            x={left + (expert + 0.5) * across}
            y={13}
            fontSize={11}
            fill="var(--ink-2)"
            textAnchor="middle"
          >
            {expert + 1}
          </text>
        ))}
      {pairs.map(({ layer, a, b }, row) => {
        const y = top + row * rowHeight;
        return (
          <g key={layer}>
            <text x={left - 6} y={y + 26} fontSize={11.5} fill="var(--ink-2)" textAnchor="end">
              {words.layer(layer)}
            </text>
            <Half shares={sharesOf(a)} y={y} across={across} most={most} colour="var(--run-1)" />
            <Half shares={sharesOf(b)} y={y + 21} across={across} most={most} colour="var(--run-2)" />
          </g>
        );
      })}
    </svg>
  );
}

type LanguageCounts = LanguageUse['rows'] extends ReadonlyMap<number, infer Counts> ? Counts : never;

function Half({
  shares,
  y,
  across,
  most,
  colour,
}: {
  readonly shares: readonly number[];
  readonly y: number;
  readonly across: number;
  readonly most: number;
  readonly colour: string;
}) {
  return shares.map((share, expert) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the index is the expert.
    <g key={expert}>
      <rect
        x={left + expert * across + 1}
        y={y}
        width={Math.max(1, across - 2)}
        height={20}
        fill={colour}
        fillOpacity={0.05 + (0.5 * share) / most}
        stroke="var(--line)"
      />
      {across > 34 && share > 0 && (
        <text x={left + (expert + 0.5) * across} y={y + 14.5} fontSize={11} fill="var(--ink)" textAnchor="middle">
          {formatPercent(share)}
        </text>
      )}
    </g>
  ));
}
