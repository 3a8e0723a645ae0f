/** Calibration's winners, kept per adapter. */
import type { Winners } from '../gpu/choice';
import type { AdapterDescription } from '../gpu/device';
import { keepValue, keptValue } from './kept-values';

function keyOf({ vendor, architecture, name }: AdapterDescription): string {
  return [vendor, architecture, name].join(' · ');
}

export async function loadWinners(adapter: AdapterDescription): Promise<Winners> {
  return (await keptValue<Winners>(keyOf(adapter))) ?? {};
}

/** Adds to what is known of this adapter. */
export async function saveWinners(adapter: AdapterDescription, winners: Winners): Promise<void> {
  await keepValue(keyOf(adapter), { ...(await loadWinners(adapter)), ...winners });
}
