/** A box that scrolls sideways when a table is wider than it; it can be reached and scrolled by keyboard. */
import type { ReactNode } from 'react';
import controls from './controls.module.css';

export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the keyboard's focus (WCAG 2.1.1)
    <section className={controls.scroll} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
