/**
 * WordNet's usage examples as sentences.
 *
 * A line of `data.noun` (and .verb, .adj, .adv) ends in `| gloss; "example"; "example" - author`. An example begins in lower
 * case and lacks its full stop when it is a fragment; both are put right so that it reads as a sentence.
 */

/** Examples shorter than this many words say too little to learn from. */
const fewestWords = 3;

export function usageExamples(dataFile: string): string[] {
  const sentences: string[] = [];
  for (const line of dataFile.split('\n')) {
    const bar = line.indexOf('| ');
    if (bar === -1 || line.startsWith(' ')) continue;
    for (const match of line.slice(bar).matchAll(/"([^"]+)"/g)) {
      const sentence = asSentence(match[1] as string);
      if (sentence.split(' ').length >= fewestWords) sentences.push(sentence);
    }
  }
  return sentences;
}

function asSentence(example: string): string {
  const text = example
    .replace(/\s+/g, ' ')
    .replace(/`/g, "'")
    .replace(/[;,:\s]+$/, '')
    .trim();
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]['”)]*$/.test(capital) ? capital : `${capital}.`;
}
