/** The x that is pointed at, shared by charts of one link: each shows what it has there. */
import { create } from 'zustand';

interface LinkedPoint {
  readonly link: string;
  readonly x: number;
}

export const useLinkedPoint = create<{ readonly point: LinkedPoint | null }>()(() => ({ point: null }));

export function pointAt(link: string, x: number | null): void {
  useLinkedPoint.setState({ point: x === null ? null : { link, x } });
}
