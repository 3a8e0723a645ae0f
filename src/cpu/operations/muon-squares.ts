/** What Muon does with its square matrices between the products, all of them in one command: `kernels/muon-squares.ts`. */
import { type Command, grainOf, type Word } from '../command';

/** A matrix [s,s]. */
export interface Square {
  /** Address. */
  readonly at: number;
  readonly s: number;
}

/** Rows of a stripe: a symmetric product computes stripes from the diagonal on, 5/8 of the whole for s = 128. */
const stripeRows = 32;

export interface Stripe {
  readonly row: number;
  readonly rows: number;
}

export function stripesOf(s: number): Stripe[] {
  return Array.from({ length: Math.ceil(s / stripeRows) }, (_, index) => {
    const row = index * stripeRows;
    return { row, rows: Math.min(stripeRows, s - row) };
  });
}

/** factor = 1 / (√trace + 1e-7) of each square; `factor` is an address. */
export function factorsCommand(entries: readonly { readonly source: Square; readonly factor: number }[]): Command {
  const args = entries.flatMap(({ source: { at, s }, factor }) => [at, s, factor]);
  return { kernel: 'muonFactors', args, units: entries.length, grain: Math.max(4, grainOf(entries.length, 16)) };
}

export interface Scaling {
  readonly source: Square;
  readonly target: Square;
  readonly scale: number;
  /** Address; read when its power is not 0. */
  readonly factor: number;
}

/** target = scale · factorᵖ · (source + lift · I). */
export function scaleCommand(entries: readonly Scaling[], lift: number, power: number): Command {
  const stripes = entries.flatMap(({ source: { at, s }, target, scale, factor }) =>
    stripesOf(s).map(({ row, rows }): Word[] => [at, target.at, s, row, rows, { f32: scale }, factor]),
  );
  return stripesCommand('muonScale', [{ f32: lift }, power], stripes);
}

export interface Mirroring {
  readonly out: Square;
  /** As large as `out`. */
  readonly source?: Square;
}

/** out = own · out + other · source on and above the diagonal, or out as it is without a source, and mirrored below. */
export function mirrorCommand(entries: readonly Mirroring[], own = 1, other = 0): Command {
  const stripes = entries.flatMap(({ out: { at, s }, source }) =>
    stripesOf(s).map(({ row, rows }): Word[] => [at, source?.at ?? 0, s, row, rows]),
  );
  return stripesCommand('muonMirror', [{ f32: own }, { f32: other }], stripes);
}

/** A stripe is some microseconds of work. */
function stripesCommand(kernel: string, head: readonly Word[], stripes: readonly (readonly Word[])[]): Command {
  const units = stripes.length;
  return { kernel, args: [...head, ...stripes.flat()], units, grain: Math.max(4, grainOf(units, 64)) };
}
