/**
 * Whether an element has come near the window once: what is far below needs no script and no drawing yet. Those that come
 * near together are told one after the other.
 */
import { type RefObject, useEffect, useState } from 'react';
import { askTurn, forgetTurn, type Turn } from './turns';

export function useNear(element: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (near || !element.current) return;
    const turn: Turn = { run: () => setNear(true), last: Number.NEGATIVE_INFINITY };
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && askTurn(turn),
      { rootMargin: '160px' },
    );
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      forgetTurn(turn);
    };
  }, [near, element]);
  return near;
}
