/** The words of a question and of its paper's table, by their keys in the catalogue. */
import type { Cell, PaperColumn } from '../../../lab/experiments/presets/preset';
import { hundredths } from '../../format/numbers';

export function presetTitle(id: string): string {
  return id;
}

export function presetSummary(_id: string): string {
  return '';
}

export function columnName(column: PaperColumn): string {
  return column;
}

export function cellText(cell: Cell): string {
  if (cell === null) return '–';
  return typeof cell === 'number' ? hundredths(cell) : cell;
}
