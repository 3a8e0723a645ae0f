/**
 * Chinese verse: Song ci and Yuan qu, as lists of lines in JSON.
 *
 * A poem is one document: its tune (and title), then its lines. Long ones are split by the packing of documents.
 */

export interface Poem {
  /** The tune a ci is written to: "水调歌头". */
  readonly rhythmic?: string;
  /** A qu's title, "song・tune". */
  readonly title?: string;
  readonly paragraphs: readonly string[];
}

/** Lines of the poem under its title; empty when the source has no clean text for it. */
export function poemLines(poem: Poem): string[] {
  const lines = joinBroken(poem.paragraphs.map(cleanVerse))
    // A placeholder for a lost character makes a line useless to learn from.
    .filter((line) => line !== '' && !/[□■○●�?]|\{|\}/u.test(line));
  const length = lines.reduce((sum, line) => sum + line.length, 0);
  if (length < 12 || length < 0.8 * poem.paragraphs.join('').length) return [];
  const title = cleanVerse(poem.rhythmic ?? poem.title ?? '').replaceAll('・', '·');
  return title === '' ? lines : [title, ...lines];
}

function cleanVerse(line: string): string {
  return line
    .replace(/<[^>]*>|\([^)]*\)|（[^）]*）|\[[^\]]*\]|［[^］]*］/gu, '')
    .replace(/[\s\u3000\ufeff]+/gu, '')
    .replace(/,/g, '，')
    .replace(/;/g, '；')
    .replace(/!/g, '！')
    .replace(/:/g, '：')
    .replace(/([！？])。/gu, '$1');
}

/** A line that ends without a closing mark was cut by the source; it goes on in the next. */
function joinBroken(lines: readonly string[]): string[] {
  const joined: string[] = [];
  let open = '';
  for (const line of lines) {
    open += line;
    if (/[。！？；：…”」』]$/u.test(open)) {
      joined.push(open);
      open = '';
    }
  }
  if (open !== '') joined.push(open);
  return joined;
}
