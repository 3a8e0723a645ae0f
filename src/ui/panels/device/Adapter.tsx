/** Who the adapter is, what it allows, and which features passed their check. */

import controls from '../../controls/controls.module.css';
import { formatBytes, formatInteger } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { useEngine } from '../../state/engine';
import { whyItRuns } from '../../state/runner';
import styles from './device.module.css';

export function Adapter() {
  const device = useEngine((state) => state.device);
  const words = text.device.adapter;
  if (!device) return <section className={controls.card}>{text.badge.opening}</section>;
  const { adapter, counters, bytesInUse, backend } = device;
  const sizes = adapter?.subgroupSizes;
  const facts: readonly (readonly [string, string])[] = [
    [words.name, adapter?.name ?? words.cpu],
    ...(adapter
      ? ([
          [words.vendor, adapter.vendor || words.none],
          [words.architecture, adapter.architecture || words.none],
          [words.kind, adapter.software ? words.software : words.hardware],
          [words.subgroups, sizes ? [...new Set(sizes)].join(' – ') : words.none],
        ] as const)
      : []),
    ...(backend === 'gpu' || !adapter ? ([[words.memory, formatBytes(bytesInUse)]] as const) : []),
    ...(counters
      ? ([
          [words.created, words.createdValue(counters.buffers, counters.pipelines, counters.bindGroups)],
          [words.sent, words.sentValue(counters.submits, counters.dispatches)],
        ] as const)
      : []),
  ];
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
      </div>
      {!adapter && <p>{whyItRuns(device, 'decode')}</p>}
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {adapter && (
        <details className={styles.more}>
          <summary>
            {words.features} ({adapter.features.length})
          </summary>
          <p className={styles.features}>{adapter.features.join(', ')}</p>
        </details>
      )}
    </section>
  );
}

export function Limits() {
  const limits = useEngine((state) => state.device?.adapter?.limits);
  const words = text.device.limits;
  if (!limits) return null;
  const names = Object.keys(words.names) as (keyof typeof words.names)[];
  return (
    <section className={controls.card} aria-label={words.heading}>
      <table>
        <caption className={styles.caption}>{words.heading}</caption>
        <thead>
          <tr>
            <th scope="col">{words.limit}</th>
            <th scope="col">{words.value}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row" title={name}>
                {words.names[name]}
              </th>
              <td>{isBytes(name) ? formatBytes(limits[name]) : formatInteger(limits[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Gates() {
  const gates = useEngine((state) => state.device?.gates ?? none);
  const words = text.device.gates;
  if (gates.length === 0) return null;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <table>
        <caption className={styles.caption}>{words.heading}</caption>
        <thead>
          <tr>
            <th scope="col">{words.feature}</th>
            <th scope="col">{words.verdict}</th>
          </tr>
        </thead>
        <tbody>
          {gates.map((gate) => (
            <tr key={gate.name}>
              <th scope="row">{text.badge.gateName[gate.name]}</th>
              <td>{text.badge.gate[gate.verdict]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** One empty list for all, so that the store's selector answers the same value. */
const none: readonly never[] = [];

function isBytes(limit: string): boolean {
  return /BufferSize|BindingSize|StorageSize/.test(limit);
}
