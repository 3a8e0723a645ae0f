/** Which language a piece or a line is in, as far as its characters tell: Chinese, or any other. */

/** Holds a hanzi. */
export function isChinese(piece: string): boolean {
  return /[㐀-䶿一-鿿]/u.test(piece);
}

/**
 * True when a stretch of text is Chinese: it has at least half as many hanzi as other letters. A hanzi says about as much as half a word, so a
 * Chinese line with an English name in it stays Chinese. Null where it has neither.
 */
export function isChineseLine(text: string, from: number, to: number): boolean | null {
  let hanzi = 0;
  let letters = 0;
  for (let i = from; i < to; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x3400 && unit <= 0x9fff) hanzi += 1;
    else if ((unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) || unit >= 0xc0)
      letters += unit < 0x2000 ? 1 : 0;
  }
  return hanzi + letters === 0 ? null : 2 * hanzi >= letters;
}
