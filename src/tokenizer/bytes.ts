/**
 * Bytes of characters, both ways, as WTF-8: UTF-8 that also carries a lone surrogate (as the three bytes ED A0 80 … ED BF BF),
 * so that every JavaScript string survives the round trip.
 *
 * The decoder is incremental: it takes one byte at a time and hands out only complete characters. A broken sequence becomes
 * one U+FFFD for each maximal part, as the WHATWG Encoding Standard's UTF-8 decoder does, except that surrogates are let through.
 */

/** Appends the WTF-8 bytes of `codePoint` (0 … 0x10FFFF, surrogates included) to `out`. */
export function pushBytes(codePoint: number, out: number[]): void {
  if (codePoint < 0x80) {
    out.push(codePoint);
  } else if (codePoint < 0x800) {
    out.push(0xc0 | (codePoint >> 6), 0x80 | (codePoint & 0x3f));
  } else if (codePoint < 0x10000) {
    out.push(0xe0 | (codePoint >> 12), 0x80 | ((codePoint >> 6) & 0x3f), 0x80 | (codePoint & 0x3f));
  } else {
    out.push(
      0xf0 | (codePoint >> 18),
      0x80 | ((codePoint >> 12) & 0x3f),
      0x80 | ((codePoint >> 6) & 0x3f),
      0x80 | (codePoint & 0x3f),
    );
  }
}

const replacement = '\ufffd';

export class ByteDecoder {
  private codePoint = 0;
  private missing = 0;
  private lowest = 0x80;
  private highest = 0xbf;

  /** True while a character has begun and its last byte has not come. */
  get pending(): boolean {
    return this.missing > 0;
  }

  /** Takes one byte (0 … 255); returns the characters it completes, '' while one is still open. */
  push(byte: number): string {
    if (this.missing === 0) return this.start(byte);
    if (byte < this.lowest || byte > this.highest) {
      this.missing = 0;
      return replacement + this.start(byte);
    }
    this.lowest = 0x80;
    this.highest = 0xbf;
    this.codePoint = (this.codePoint << 6) | (byte & 0x3f);
    this.missing -= 1;
    return this.missing === 0 ? String.fromCodePoint(this.codePoint) : '';
  }

  /** Closes the stream: U+FFFD if a character was left open, else ''. */
  flush(): string {
    if (this.missing === 0) return '';
    this.missing = 0;
    return replacement;
  }

  private start(byte: number): string {
    if (byte < 0x80) return String.fromCharCode(byte);
    this.lowest = 0x80;
    this.highest = 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) {
      this.missing = 1;
      this.codePoint = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      // E0 A0: shorter forms are refused. ED is not narrowed to 9F, which is what lets surrogates through.
      if (byte === 0xe0) this.lowest = 0xa0;
      this.missing = 2;
      this.codePoint = byte & 0x0f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte === 0xf0) this.lowest = 0x90;
      if (byte === 0xf4) this.highest = 0x8f;
      this.missing = 3;
      this.codePoint = byte & 0x07;
    } else {
      return replacement;
    }
    return '';
  }
}
