/** Documents as a run reads them: those it learns from and those it never sees. */

export interface Document {
  readonly text: string;
  /** Null: not known. */
  readonly language: 'en' | 'zh' | null;
}

export interface SplitDocuments {
  readonly train: readonly Document[];
  readonly heldOut: readonly Document[];
}

/** Code points of a text: the characters of "bits a character". */
export function characterCount(text: string): number {
  let count = text.length;
  // A surrogate pair is one character: its second half is not counted.
  for (let i = 1; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      const before = text.charCodeAt(i - 1);
      if (before >= 0xd800 && before <= 0xdbff) count -= 1;
    }
  }
  return count;
}
