/** How axes and tooltips look in every chart. */
import { significant } from '../format/numbers';

export const axis = {
  stroke: 'var(--line-strong)',
  tick: { fill: 'var(--ink-2)', fontSize: 11.5 },
  tickLine: false,
} as const;

export const tooltip = {
  contentStyle: { background: 'var(--surface)', border: '1px solid var(--line)', borderRadius: 6, fontSize: 12.5 },
  labelStyle: { color: 'var(--ink-2)' },
  itemStyle: { color: 'var(--ink)' },
  cursor: { fill: 'var(--sunken)', stroke: 'var(--line-strong)' },
  isAnimationActive: false,
} as const;

export const shown = (value: unknown) => (typeof value === 'number' ? significant(value) : String(value));
