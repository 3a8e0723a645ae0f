/**
 * The text as units that can be seen and selected. A unit is one token, or the tokens that together make one
 * character: an emoji or a rare Chinese character takes several byte tokens, of which only the last adds text.
 */
import type { GeneratedToken, PromptToken } from '../../../worker/protocol';

export interface Piece {
  /** In the text, the begin token counted. */
  readonly position: number;
  readonly id: number;
  readonly text: string;
  /** Null for a token of the prompt. */
  readonly generated: GeneratedToken | null;
}

export interface Unit {
  readonly pieces: readonly Piece[];
  /** Empty for the begin token and for a character that is not complete yet. */
  readonly text: string;
}

export function tokenUnits(prompt: readonly PromptToken[], tokens: readonly GeneratedToken[]): readonly Unit[] {
  const pieces: Piece[] = [
    ...prompt.map(({ id, text }, position) => ({ position, id, text, generated: null })),
    ...tokens.map((token) => ({ position: token.position, id: token.id, text: token.text, generated: token })),
  ];
  const units: Unit[] = [];
  let open: Piece[] = [];
  const close = () => {
    if (open.length > 0) units.push({ pieces: open, text: open.map((piece) => piece.text).join('') });
    open = [];
  };
  for (const piece of pieces) {
    open.push(piece);
    // The begin token has no text of its own and waits for none.
    if (piece.text !== '' || piece.position === 0) close();
  }
  close();
  return units;
}

/** The unit that holds a position; null where there is none. */
export function unitAt(units: readonly Unit[], position: number | null): Unit | null {
  return units.find((unit) => unit.pieces.some((piece) => piece.position === position)) ?? null;
}

/** Probability of the whole unit: the product over its tokens; null for a prompt. */
export function unitProbability(unit: Unit): number | null {
  const written = unit.pieces.flatMap((piece) => piece.generated ?? []);
  return written.length === 0 ? null : written.reduce((product, token) => product * token.probability, 1);
}

/** The step of the tint: 0 for an expected token (80 % and more) to 4 for a surprising one (below 5 %). */
export function surpriseStep(probability: number): 0 | 1 | 2 | 3 | 4 {
  if (probability >= 0.8) return 0;
  if (probability >= 0.5) return 1;
  if (probability >= 0.2) return 2;
  return probability >= 0.05 ? 3 : 4;
}
