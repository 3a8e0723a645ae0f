/** The badge in the header: what runs the models, whether it is software, the checks' verdicts, bytes in use. */
import type { DeviceReport } from '../../worker/protocol';
import { text } from '../i18n/catalogue';
import { writeAddress } from '../state/address';
import { useEngine } from '../state/engine';
import { useSettings } from '../state/settings';
import styles from './Badge.module.css';

export function deviceName(device: DeviceReport | null): string {
  return device?.adapter?.name ?? text.badge.cpu;
}

export function Badge() {
  const device = useEngine((state) => state.device);
  if (!device) return <span className={styles.badge}>{text.badge.opening}</span>;
  const { backend, adapter, gates, bytesInUse } = device;
  const kind = backend === 'cpu' ? text.badge.noGpu : adapter?.software ? text.badge.software : null;
  const passed = gates.filter((gate) => gate.verdict === 'passed').length;
  const extra = [backend === 'gpu' ? text.badge.gatesPassed(passed, gates.length) : null, text.badge.bytes(bytesInUse)];
  return (
    <>
      <button
        type="button"
        className={styles.badge}
        data-slow={backend === 'cpu' || adapter?.software === true}
        popoverTarget="device-details"
      >
        <i />
        <b>{deviceName(device)}</b>
        {kind && <span>{kind}</span>}
        <span className={styles.extra}>{extra.filter((part) => part !== null).join(' · ')}</span>
      </button>
      <Details device={device} />
    </>
  );
}

function Details({ device }: { readonly device: DeviceReport }) {
  const settings = useSettings();
  const { reason, gates, bytesInUse } = device;
  return (
    <div id="device-details" popover="auto" className={styles.details}>
      <h2>{deviceName(device)}</h2>
      {reason && <p>{text.badge.cpuWhy(reason)}</p>}
      {gates.length > 0 && <p>{text.badge.gates}</p>}
      <dl className={styles.list}>
        {gates.map((gate) => (
          <div key={gate.name} style={{ display: 'contents' }}>
            <dt>{text.badge.gateName[gate.name]}</dt>
            <dd>{text.badge.gate[gate.verdict]}</dd>
          </div>
        ))}
        <dt>{text.badge.inUse}</dt>
        <dd>{text.badge.bytes(bytesInUse)}</dd>
      </dl>
      <a href={`#${writeAddress({ ...settings, panel: 'device' })}`}>{text.badge.more}</a>
    </div>
  );
}
