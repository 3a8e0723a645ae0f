/** The box of a chart drawn by hand: its drawing at the size of the card, and the key of its lines under it. */
import { type ReactNode, useRef } from 'react';
import styles from './ChartCard.module.css';
import type { Series } from './series';
import { type Size, useSize } from './useSize';

export function PlotFrame({
  children,
  after,
}: {
  children(size: Size): ReactNode;
  /** What stands under the drawing. */
  readonly after?: ReactNode;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  return (
    <div className={styles.plot}>
      <div className={styles.drawing} ref={frame}>
        {size.width > 0 && children(size)}
      </div>
      {after}
    </div>
  );
}

/** What each line is, with its colour and dash. Hidden where a readout names the lines; the exported picture has it still. */
export function Key({
  series,
  hidden,
}: {
  readonly series: readonly Pick<Series, 'name' | 'style' | 'dots'>[];
  readonly hidden: boolean;
}) {
  return (
    <ul className={styles.key} data-key hidden={hidden}>
      {series.map(({ name, style, dots }) => (
        <li key={name}>
          <svg width="24" height="8" aria-hidden="true">
            {dots ? (
              <circle cx="12" cy="4" r="4" fill={style.colour} />
            ) : (
              <line x2="24" y1="4" y2="4" stroke={style.colour} strokeWidth="2" strokeDasharray={style.dash} />
            )}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
