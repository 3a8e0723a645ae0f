/** The badge in the header: what runs the loaded model, whether it is software, why it does, and the bytes it holds. */
import type { DeviceReport } from '../../worker/protocol';
import { text } from '../i18n/catalogue';
import { writeAddress } from '../state/address';
import { useEngine } from '../state/engine';
import { cpuName, cpuReason, runnerName, whyItRuns } from '../state/runner';
import { useSettings } from '../state/settings';
import styles from './Badge.module.css';

export function Badge() {
  const device = useEngine((state) => state.device);
  if (!device) {
    return (
      <span className={styles.badge}>
        <i />
        <span>{text.badge.opening}</span>
      </span>
    );
  }
  return (
    <>
      <button
        type="button"
        className={styles.badge}
        data-slow={device.backend === 'cpu' && device.cpu.kind === 'typescript'}
        popoverTarget="device-details"
      >
        <i />
        <Name device={device} />
        <span className={styles.extra}>{text.badge.bytes(device.bytesInUse)}</span>
      </button>
      <Details device={device} />
    </>
  );
}

/** Where there is little room, the parts that the details repeat go first. */
function Name({ device: { backend, adapter, cpu } }: { readonly device: DeviceReport }) {
  const words = text.backend;
  if (backend === 'gpu' && adapter) {
    return (
      <>
        <b>
          <span className={styles.spare}>{words.gpu('')}</span>
          {adapter.name}
        </b>
        {adapter.software && <span>{text.badge.software}</span>}
      </>
    );
  }
  if (cpu.kind === 'typescript') return <b>{cpuName(cpu)}</b>;
  return (
    <b>
      {words.cpu}
      <span className={styles.spare}> · {words.kinds.wasm}</span> · {words.threads(cpu.threads)}
    </b>
  );
}

function Details({ device }: { readonly device: DeviceReport }) {
  const settings = useSettings();
  const { bytesInUse, backend, cpu } = device;
  const gates = backend === 'gpu' ? device.gates : [];
  return (
    <div id="device-details" popover="auto" className={styles.details}>
      <h2>{runnerName(device)}</h2>
      <p>{whyItRuns(device, 'decode')}</p>
      {backend === 'cpu' && cpuReason(cpu) !== null && <p>{cpuReason(cpu)}</p>}
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
