/**
 * English prose: novels and speeches, from files as they are distributed to clean paragraphs.
 */

/** One line of running text: typographic and control white space made plain, markup underscores and stray ends removed. */
export function cleanProse(text: string): string {
  return text
    .replace(/\p{Cc}|\p{Zs}|[\u2028\u2029\ufeff]/gu, ' ')
    .replace(/_([^_]+)_/g, '$1')
    .replace(/\[(?:Footnote|Illustration)[^\]]*\]|[[(](?:Applause|Laughter)[^\])]*[\])]/gi, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Paragraphs of hard-wrapped text: blank lines part them, single line ends are spaces. */
export function unwrapParagraphs(text: string): string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .map(cleanProse)
    .filter((paragraph) => paragraph !== '');
}

const heading = /^(?:CHAPTER|VOLUME|BOOK|PART|ETYMOLOGY|EXTRACTS|EPILOGUE|THE END|FINIS)\b/i;

/** True for a title, a chapter number, a line of asterisks: anything that is no running text. */
export function isHeading(paragraph: string): boolean {
  return (heading.test(paragraph) && paragraph.length < 120) || !/\p{Ll}/u.test(paragraph);
}

/** The paragraphs of a novel, hard-wrapped, without its headings. */
export function novelParagraphs(text: string): string[] {
  return unwrapParagraphs(text).filter((paragraph) => !isHeading(paragraph));
}

/** The paragraphs of a speech: one a line in the file. Lines that only set a scene or name a speaker are dropped. */
export function speechParagraphs(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(cleanProse)
    .filter((paragraph) => paragraph.length >= 20 && !isHeading(paragraph));
}
