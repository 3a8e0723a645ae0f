/** What GPU and CPU took for the same work, which of them runs it, and the button that times both again. */
import type { CpuReport, DeviceReport, Work } from '../../../worker/protocol';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { formatTime } from '../../format/dates';
import { text } from '../../i18n/catalogue';
import { compare } from '../../state/commands';
import { isPending, useEngine } from '../../state/engine';
import { choiceOf, cpuReason } from '../../state/runner';
import { useTraining } from '../../state/training';
import styles from './device.module.css';

export function BackendCard() {
  const device = useEngine((state) => state.device);
  const training = useTraining((state) => state.device);
  const model = useEngine((state) => state.model?.id ?? null);
  const words = text.backend.table;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
      </div>
      <p className={styles.lead}>{words.lead}</p>
      <Scroll label={words.frame}>
        <table className={styles.backends}>
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
            <Row name={words.work.decode(model)} work="decode" device={model === null ? null : device} />
            <Row name={words.work.train} work="train" device={training} />
          </tbody>
        </table>
      </Scroll>
      <Again />
      {device && <Cpu {...device.cpu} />}
    </section>
  );
}

function Cpu(cpu: CpuReport) {
  const { kind, threads, cores } = cpu;
  return (
    <p className={styles.meaning}>
      {text.backend.table.cpu(kind, threads, cores, crossOriginIsolated)} {cpuReason(cpu)}
    </p>
  );
}

function Row({
  name,
  work,
  device,
}: {
  readonly name: string;
  readonly work: Work;
  readonly device: DeviceReport | null;
}) {
  const words = text.backend.table;
  const choice = choiceOf(device, work);
  const { unknown } = words;
  return (
    <tr data-work={work}>
      <th scope="row">{name}</th>
      <td>{choice ? words.milliseconds(choice.gpuMilliseconds) : unknown}</td>
      <td>{choice ? words.milliseconds(choice.cpuMilliseconds) : unknown}</td>
      <td>{choice ? words.ratio(choice) : unknown}</td>
      <td>{device ? text.backend.controls.name[device.backend] : unknown}</td>
      <td>{choice ? formatTime(choice.measured) : words.notYet[work]}</td>
    </tr>
  );
}

function Again() {
  const { device, model, pending, progress } = useEngine();
  const words = text.backend.table;
  const timing = isPending(pending, 'compare');
  // Where the CPU was asked for, no adapter was looked for: the worker opens one to time it.
  const gpu = device !== null && (device.adapter !== null || device.setting === 'cpu');
  const share = timing && progress?.task === 'compare' ? progress.done / progress.total : null;
  return (
    <div className={styles.again}>
      {/* Not disabled while it times, which would take the keyboard's focus away: a second press does nothing. */}
      <button
        type="button"
        className={controls.plain}
        disabled={!gpu || !model}
        aria-disabled={timing}
        onClick={compare}
      >
        {timing ? words.busy : words.again}
      </button>
      <small>{!gpu ? words.noGpu : model ? words.cost : words.noModel}</small>
      <progress
        aria-label={words.progress}
        max={1}
        style={{ visibility: timing ? 'visible' : 'hidden' }}
        {...(share !== null && { value: share })}
      />
    </div>
  );
}
