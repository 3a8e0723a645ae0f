/** The words of a question and of its paper's table, by their keys in the catalogue. */
import type { Cell, PaperColumn } from '../../../lab/experiments/presets/preset';
import { fixed } from '../../format/numbers';
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

/** Numbers of a column have as many digits as the one that needs most, as the paper prints them. */
export function cellText(cell: Cell, column: readonly Cell[]): string {
  if (cell === null) return quoted.unknown;
  return typeof cell === 'number' ? fixed(cell, digitsOf(column)) : (quoted.cells[cell] ?? cell);
}

function digitsOf(column: readonly Cell[]): number {
  const digits = column.map((cell) => (typeof cell === 'number' ? (String(cell).split('.')[1]?.length ?? 0) : 0));
  return Math.max(0, ...digits);
}
