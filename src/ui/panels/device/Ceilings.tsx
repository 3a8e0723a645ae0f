/** How fast this device copies and multiplies when it does nothing else. */
import controls from '../../controls/controls.module.css';
import { formatMilliseconds } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { boundingCeilings, useEngine } from '../../state/engine';
import styles from './device.module.css';

export function Ceilings() {
  const ceilings = useEngine((state) => state.ceilings);
  const bounds = useEngine((state) => boundingCeilings(state) !== null);
  const bytesRead = useEngine((state) => state.model?.cost.bytesRead ?? null);
  const words = text.device.ceilings;
  const tiles = [
    [words.copy, ceilings && words.bytes(ceilings.copyBytesPerSecond)],
    [words.arithmetic, ceilings && words.flops(ceilings.flopsPerSecond)],
    [words.roundTrip, ceilings && formatMilliseconds(ceilings.roundTripMs)],
  ] as const;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
      </div>
      <dl className={styles.tiles}>
        {tiles.map(([name, value]) => (
          <div key={name} className={styles.tile}>
            <dt>{name}</dt>
            <dd className={value ? undefined : styles.unknown}>{value ?? words.none}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.meaning}>
        {ceilings && bounds && bytesRead ? words.meaning(ceilings.copyBytesPerSecond / bytesRead) : words.meaningNone}
      </p>
    </section>
  );
}
