/** A group of controls that can be folded away; folded at first where the page is narrow, so that the text is near. */
import { type ReactNode, useState } from 'react';
import styles from './controls.module.css';

export function Fold({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const [open] = useState(() => matchMedia('(min-width: 861px)').matches);
  return (
    <details className={styles.fold} open={open}>
      <summary>{title}</summary>
      <div className={styles.group}>{children}</div>
    </details>
  );
}
