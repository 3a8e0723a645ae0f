/** What K is worth for the text written last, under every policy: simulated from this device as measured. */
import { useId } from 'react';
import { type OffloadPolicyId, offloadPolicyIds } from '../../../offload/any-policy';
import { ChartCard } from '../../charts/ChartCard';
import { SeriesPlot } from '../../charts/SeriesPlot';
import type { Series } from '../../charts/series';
import controls from '../../controls/controls.module.css';
import { offloadText } from '../../i18n/offload-text';
import { isPending } from '../../state/engine';
import { useOffload } from '../../state/offload';
import { sweepOffload } from '../../state/offload-commands';
import styles from './offload.module.css';
import { policyStyle } from './policy-style';
import { useLiveForm } from './useOffloadForm';
import { Working } from './Working';

const words = offloadText.liveSweep;

/** The bound has a line of its own, and the search finds nothing for one expert a layer. */
const swept = offloadPolicyIds.filter((id) => id !== 'resident' && id !== 'optimum');

export function LiveSweep() {
  const sweep = useOffload((state) => state.sweep);
  const points = sweep?.points ?? [];
  const ids = [...new Set(points.map(({ policy }) => policy))];
  const series = ids.map(
    (id): Series => ({
      name: offloadText.policy.name(id),
      points: points
        .filter(({ policy }) => policy === id)
        .map(({ slots, tokensPerSecond }) => ({ x: slots, y: tokensPerSecond })),
      style: policyStyle(id),
    }),
  );
  return (
    <ChartCard
      title={words.title}
      sentence={sweep ? words.sentence(sweep.tokens) : words.idle}
      table={{
        columns: words.columns,
        rows: points.map(({ policy, slots, tokensPerSecond, bytesPerToken, hitRate }) => [
          offloadText.policy.name(policy),
          slots,
          tokensPerSecond,
          bytesPerToken,
          hitRate,
        ]),
      }}
      empty={words.empty}
      tall={points.length > 0}
      {...(points.length === 0 && { height: 132 })}
      foot={<Ask />}
    >
      {sweep && (
        <SeriesPlot
          series={series}
          xLabel={words.x}
          unit={words.unit}
          levels={[{ y: sweep.bound, label: words.bound, at: 'end' }]}
        />
      )}
    </ChartCard>
  );
}

function Ask() {
  const id = useId();
  const { tier } = useLiveForm();
  const model = useOffload((state) => state.model);
  const written = useOffload((state) => state.text?.report !== null && state.text !== null);
  const busy = useOffload((state) => isPending(state.pending, 'sweepOffload', 'writeOffload', 'compareOffload'));
  const all = model ? model.experts * model.layers.length : 0;
  return (
    <div className={styles.measure}>
      <button
        type="button"
        className={controls.plain}
        disabled={!written || busy}
        aria-describedby={`${id}-hint`}
        onClick={() => sweepOffload({ policies: swept as readonly OffloadPolicyId[], slots: sweptSlots(all), tier })}
      >
        {words.run}
      </button>
      <small id={`${id}-hint`}>{words.cost}</small>
      <Working request="sweepOffload" />
    </div>
  );
}

/** A dozen values of K from 1 to all experts, closer together where they are few. */
export function sweptSlots(all: number): readonly number[] {
  const wanted = 12;
  const slots = Array.from({ length: wanted }, (_, index) => Math.round(all ** (index / (wanted - 1))));
  return [...new Set(slots.map((K) => Math.min(all, Math.max(1, K))))];
}
