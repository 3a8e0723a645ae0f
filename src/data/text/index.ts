/** Real text, from raw sources to documents. Pure functions; the fetching is done by tools/corpus. */

export { documentLimit, packParagraphs } from './document';
export { isHeldOut, textHash } from './heldOut';
export { cleanProse, novelParagraphs, speechParagraphs } from './prose';
export { isSuitable } from './suitable';
export { poemLines } from './verse';
export { usageExamples } from './wordnet';
