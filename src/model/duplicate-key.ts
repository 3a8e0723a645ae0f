/**
 * Finds a key that stands twice in one object of a JSON text. `JSON.parse` keeps the last and says nothing, so a header
 * could name a tensor twice and two readers could disagree on which one counts.
 */

/** The first repeated key, or null. `text` must be valid JSON. */
export function duplicateKey(text: string): string | null {
  const objects: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (letter === '{') objects.push(new Set());
    else if (letter === '[') objects.push(null);
    else if (letter === '}' || letter === ']') objects.pop();
    else if (letter === '"') {
      const start = i;
      i = endOfString(text, start);
      const keys = objects.at(-1);
      if (!keys || !isKey(text, i)) continue;
      const key = JSON.parse(text.slice(start, i + 1)) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}

/** Index of the quote that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

/** Whether a colon follows the string that ends at `end`. */
function isKey(text: string, end: number): boolean {
  let i = end + 1;
  while (' \t\n\r'.includes(text[i] ?? '.')) i++;
  return text[i] === ':';
}
