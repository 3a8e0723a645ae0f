/** Runs one layer of random weights on this device, and says what was measured of it. */
import { useId } from 'react';
import { searchLimit } from '../../../offload/search';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { offloadText } from '../../i18n/offload-text';
import { isPending } from '../../state/engine';
import { useOffload } from '../../state/offload';
import { layerPolicies, runLayer } from '../../state/offload-commands';
import styles from './offload.module.css';
import { useOffloadForm, useShown } from './useOffloadForm';
import { Working } from './Working';

const words = offloadText.layer;

export function RunLayer() {
  const id = useId();
  const { layer, slots, policy, tier } = useOffloadForm();
  const busy = useOffload((state) => isPending(state.pending, 'runOffloadLayer'));
  const done = useOffload((state) => state.layer);
  const { machine } = useShown();
  const start = () => {
    if (!layer || slots === null) return;
    runLayer({ layer, slots, tier, policies: layerPolicies(policy, layer.experts, searchLimit) });
  };
  return (
    <>
      <p className={styles.lead}>{words.lead}</p>
      <div className={styles.measure}>
        <button
          type="button"
          className={controls.primary}
          disabled={!layer || slots === null || busy}
          aria-describedby={`${id}-hint`}
          onClick={start}
        >
          {words.measure}
        </button>
        <small id={`${id}-hint`}>{done && !machine ? words.other : words.cost}</small>
        <Working request="runOffloadLayer" />
      </div>
      <Rows />
    </>
  );
}

function Rows() {
  const rows = useOffload((state) => state.layerRows);
  const layer = useOffload((state) => state.layer);
  const chosen = useOffloadForm().policy;
  if (rows.length === 0) return <p className={styles.empty}>{words.none}</p>;
  const { time } = offloadText;
  return (
    <>
      {layer && (
        <p className={`${controls.quiet} ${styles.how}`} role="status">
          {words.how(layer.place.adapter, layer.measured.loadTime, layer.measured.overlap, layer.measured.diskTime)}
        </p>
      )}
      <Scroll label={words.table}>
        <table className={styles.rows}>
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
            {rows.map(({ policy, simulated, measured, makespans, error }) => (
              <tr key={policy} data-policy={policy} data-chosen={policy === chosen}>
                <th scope="row">{offloadText.policy.name(policy)}</th>
                <td>
                  {time('ms', measured.makespan)}
                  <small className={styles.under}>{words.range(Math.min(...makespans), Math.max(...makespans))}</small>
                </td>
                <td>{time('ms', simulated.makespan)}</td>
                <td>{offloadText.percent(error)}</td>
                <td>{words.peak(measured.peakResidency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {layer &&
        // That of the chosen policy stands where its schedule would.
        Object.entries(layer.refused)
          .filter(([policy]) => policy !== chosen)
          .map(([policy, sentence]) => (
            <p key={policy} className={controls.quiet}>
              {sentence}
            </p>
          ))}
    </>
  );
}
