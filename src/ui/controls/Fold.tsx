/** A group of controls that can be folded away; folded at first where the page is narrow, so that the text is near. */
import { type ReactNode, useState } from 'react';
import styles from './controls.module.css';

export function Fold({
  title,
  note,
  start = 'wide',
  children,
}: {
  readonly title: string;
  /** Said beside the title, also while the group is folded. */
  readonly note?: ReactNode;
  /** Whether it is open at first; `wide`: where the page is wide. */
  readonly start?: 'open' | 'folded' | 'wide';
  readonly children: ReactNode;
}) {
  const [open] = useState(() => start === 'open' || (start === 'wide' && matchMedia('(min-width: 861px)').matches));
  return (
    <details className={styles.fold} open={open}>
      <summary>
        {title} {note}
      </summary>
      <div className={styles.group}>{children}</div>
    </details>
  );
}
