import type { AxisKey, AxisValue } from './axes';

/** What an arm is named: `depth=4,norm=rms`. */
export function armId(keys: readonly AxisKey[], values: readonly AxisValue[]): string {
  return keys.map((key, index) => `${key}=${values[index]}`).join(',');
}
