/**
 * Documents of real text: what a training corpus is made of.
 *
 * Paragraphs are packed, in order, into documents of at most `limit` characters; a paragraph longer than that is split
 * behind a sentence. Paragraphs inside a document are joined by one newline, or by the joint that is asked for.
 */

/** Documents fit the context of a small model with room to spare: about 400 tokens of English. */
export const documentLimit = 1500;

/** Packs paragraphs into texts of at most `limit` UTF-16 units. Empty paragraphs are dropped. */
export function packParagraphs(paragraphs: Iterable<string>, limit = documentLimit, joint = '\n'): string[] {
  const texts: string[] = [];
  let open = '';
  for (const paragraph of paragraphs) {
    for (const part of splitLong(paragraph.trim(), limit)) {
      if (open !== '' && open.length + joint.length + part.length > limit) {
        texts.push(open);
        open = '';
      }
      open = open === '' ? part : `${open}${joint}${part}`;
    }
  }
  if (open !== '') texts.push(open);
  return texts;
}

/** Behind a full stop and the quotes and brackets that close with it. */
const sentence = /[^.!?。！？]*(?:[.!?]+["”’')\]]*(?:\s+|$)|[。！？]+[”’」』）]*|$)/gu;

function splitLong(paragraph: string, limit: number): string[] {
  if (paragraph === '') return [];
  if (paragraph.length <= limit) return [paragraph];
  const parts: string[] = [];
  let open = '';
  for (const [piece] of paragraph.matchAll(sentence)) {
    if (open !== '' && open.length + piece.trimEnd().length > limit) {
      parts.push(open.trimEnd());
      open = '';
    }
    open += piece;
    while (open.length > limit) {
      // One sentence alone is too long: cut at the last space, or where the limit falls, never inside a character.
      let cut = open.lastIndexOf(' ', limit);
      if (cut <= 0) cut = limit - (isHighSurrogate(open.charCodeAt(limit - 1)) ? 1 : 0);
      parts.push(open.slice(0, cut).trimEnd());
      open = open.slice(cut).trimStart();
    }
  }
  if (open.trimEnd() !== '') parts.push(open.trimEnd());
  return parts;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
