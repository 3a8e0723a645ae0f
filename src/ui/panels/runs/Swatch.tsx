/** The line of a run as the charts draw it: its colour and its dash. */
import type { SeriesStyle } from '../../charts/series';
import styles from './runs.module.css';

export function Swatch({ style }: { readonly style: SeriesStyle }) {
  return (
    <svg className={styles.swatch} width="24" height="10" aria-hidden="true">
      <line x2="24" y1="5" y2="5" stroke={style.colour} strokeWidth="2.5" strokeDasharray={style.dash} />
    </svg>
  );
}
