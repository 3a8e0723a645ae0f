/** The words of a question and of its paper's table, by their keys in the catalogue. */
import type { Cell, PaperColumn } from '../../../lab/experiments/presets/preset';
import { hundredths } from '../../format/numbers';
import type { ExperimentPresetWords } from '../../i18n/architecture';
import { architectureText } from '../../i18n/architecture-text';

const all: Readonly<Record<string, ExperimentPresetWords>> = architectureText.presets;
const { quoted } = architectureText;

export function presetWords(id: string): ExperimentPresetWords | null {
  return all[id] ?? null;
}

export function columnName(column: PaperColumn): string {
  return quoted.columns[column];
}

export function cellText(cell: Cell): string {
  if (cell === null) return quoted.unknown;
  return typeof cell === 'number' ? hundredths(cell) : (quoted.cells[cell] ?? cell);
}
