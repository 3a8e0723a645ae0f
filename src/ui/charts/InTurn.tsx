/**
 * Draws from a store that changes often, one chart at a time: charts in sight take turns, each at most a few times a
 * second, so that no single task holds the page up. What is out of sight waits until it comes into view.
 */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { StoreApi } from 'zustand';
import styles from './ChartCard.module.css';
import { askTurn, forgetTurn, type Turn } from './turns';

export function InTurn<S, T>({
  store,
  select,
  children,
}: {
  readonly store: StoreApi<S>;
  /** Must answer the same value while nothing changed. */
  select(state: S): T;
  children(value: T): ReactNode;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [value, setValue] = useState(() => select(store.getState()));
  const chosen = useRef(select);
  chosen.current = select;
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const turn: Turn = { run: () => setValue(() => chosen.current(store.getState())), last: Number.NEGATIVE_INFINITY };
    let inSight = false;
    let late = true;
    const changed = () => {
      late = !inSight;
      if (inSight) askTurn(turn);
    };
    const observer = new IntersectionObserver(
      (entries) => {
        inSight = entries.at(-1)?.isIntersecting ?? false;
        if (inSight && late) changed();
      },
      { rootMargin: '80px' },
    );
    observer.observe(element);
    const unsubscribe = store.subscribe(changed);
    return () => {
      observer.disconnect();
      unsubscribe();
      forgetTurn(turn);
    };
  }, [store]);
  return (
    <div ref={frame} className={styles.turn}>
      {children(value)}
    </div>
  );
}
