/**
 * Numbers as people read them: 3.1 M, 1.4 MiB, 7.56 ms, 42 %. The number and its unit are split by a thin
 * no-break space, so that they never part at the end of a line.
 */
import { locale } from '../i18n/locale';

const gap = '\u202f';
const prefixes = ['', 'k', 'M', 'G', 'T', 'P'] as const;
const binaryPrefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** 512 k, 3.1 M, 9,999; whole numbers below ten thousand are written out. */
export function formatCount(value: number): string {
  if (Math.abs(value) < 10_000) return format(value, { maximumFractionDigits: Number.isInteger(value) ? 0 : 1 });
  const [scaled, prefix] = scale(value, 1000, prefixes);
  return `${short(scaled)}${gap}${prefix}`;
}

/** A whole number with its thousands grouped. */
export function formatInteger(value: number): string {
  return format(value, { maximumFractionDigits: 0 });
}

/** 1.4 MiB; below 1,000 whole bytes. */
export function formatBytes(bytes: number): string {
  const [scaled, prefix] = scale(bytes, 1024, binaryPrefixes);
  return `${prefix === '' ? formatInteger(scaled) : short(scaled)}${gap}${prefix}B`;
}

/** A quantity with a decimal prefix and a unit: 6.7 GFLOP/s. */
export function formatQuantity(value: number, unit: string): string {
  const [scaled, prefix] = scale(value, 1000, prefixes);
  return `${short(scaled)}${gap}${prefix}${unit}`;
}

/** Milliseconds at three digits: 7.56 ms, 241 ms, 2.35 s. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1000) return `${significant(milliseconds / 1000)}${gap}s`;
  if (milliseconds > 0 && milliseconds < 0.1) return `${significant(milliseconds * 1000)}${gap}µs`;
  return `${significant(milliseconds)}${gap}ms`;
}

/** How long something takes, roughly: 8 s, 2 min 30 s, 1 h 5 min. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `<${gap}1${gap}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${gap}s`;
  if (whole < 600) return join(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes}${gap}min`;
  return join(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function join(large: number, unit: string, small: number, smallUnit: string): string {
  return `${formatInteger(large)}${gap}${unit}${small === 0 ? '' : ` ${small}${gap}${smallUnit}`}`;
}

/** A probability: 42 %, 4.2 %, < 0.1 %. */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.001) return `<${gap}${format(0.1, {})}${gap}%`;
  return `${format(share * 100, { maximumFractionDigits: share >= 0.1 ? 0 : 1 })}${gap}%`;
}

/** Three significant digits. */
export function significant(value: number): string {
  return format(value, { maximumSignificantDigits: 3 });
}

/** With so many digits after the point, so that a column of numbers can be read downwards: 2.000. */
export function fixed(value: number, digits: number): string {
  return format(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A difference, with its sign: +0.120; one that these digits do not show has two of its own, −0.000041. */
export function signed(value: number, digits: number): string {
  const small = value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits;
  const precision = small
    ? { maximumSignificantDigits: 2 }
    : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return format(value, { ...precision, signDisplay: 'exceptZero' }).replace('-', '−');
}

/** As a paper prints it: 12.81; whole from a hundred on. */
export function hundredths(value: number): string {
  return format(value, { maximumFractionDigits: value < 100 ? 2 : 0 });
}

/** Two digits where the number is below ten, else whole. */
function short(value: number): string {
  return format(value, { maximumFractionDigits: Math.abs(value) < 9.95 ? 1 : 0 });
}

function scale<P extends string>(value: number, step: number, names: readonly P[]): [number, P] {
  let index = 0;
  let scaled = value;
  // Compared after rounding, so that 999.6 k reads 1 M, and 1,009 KiB reads 1 MiB.
  while (Math.abs(scaled) >= 999.5 && index < names.length - 1) {
    scaled /= step;
    index += 1;
  }
  return [scaled, names[index] as P];
}

const formats = new Map<string, Intl.NumberFormat>();

function format(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  let known = formats.get(key);
  if (!known) {
    known = new Intl.NumberFormat(locale, options);
    formats.set(key, known);
  }
  return known.format(value);
}
