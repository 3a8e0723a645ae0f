/** Amounts in sentences: counts, held quantities and lengths of time, with as many digits as a person reads. */
import { bytesText } from '../../model/memory-fit';
import type { AxisSetting } from './axes';
import type { HeldQuantity } from './experiment';

/** `1.24 M parameters`, `3.1 MFLOP a token`, `4.7 MiB of weights`; `round` is Math.ceil for a need, Math.floor for a limit. */
export function amountText(quantity: HeldQuantity, value: number, round: (value: number) => number): string {
  switch (quantity) {
    case 'parameters':
      return `${shortCount(value, round)} parameters`;
    case 'flops':
      return `${shortCount(value, round, ' ')}FLOP a token`;
    case 'bytes':
      return `${bytesText(value, round)} of weights`;
    default:
      return quantity satisfies never;
  }
}

/** `depth 4, expansion 2.5`. */
export function settingsText(settings: readonly AxisSetting[]): string {
  return settings.map(({ key, value }) => `${key} ${value}`).join(', ');
}

/** `12 %`, `0.4 %`. */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`;
}

/** `40 seconds`, `12 minutes`, `3 hours 20 minutes`, `2 days 4 hours`. */
export function durationText(seconds: number): string {
  const [minute, hour, day] = [60, 3600, 86_400];
  if (seconds < 1.5 * minute) return counted(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < hour - 30) return counted(Math.round(seconds / minute), 'minute');
  if (seconds < day - 300) return twoUnits(Math.round(seconds / 600) * 10, 60, 'hour', 'minute');
  return twoUnits(Math.round(seconds / hour), 24, 'day', 'hour');
}

function twoUnits(amount: number, ratio: number, large: string, small: string): string {
  const rest = amount % ratio;
  return [counted(Math.floor(amount / ratio), large), ...(rest > 0 ? [counted(rest, small)] : [])].join(' ');
}

function counted(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

/** Three digits, and the letter of the thousands: `1.24 M`, and `310 ` where a unit follows. */
function shortCount(value: number, round: (value: number) => number, end = ''): string {
  const letters = [end, ' k', ' M', ' G', ' T', ' P'];
  let scaled = value;
  let power = 0;
  for (; scaled >= 1000 && power < letters.length - 1; power++) scaled /= 1000;
  const digits = scaled < 10 ? 100 : scaled < 100 ? 10 : 1;
  return `${round(scaled * digits) / digits}${letters[power]}`;
}
