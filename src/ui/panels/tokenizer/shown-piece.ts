/** The text of a piece as it can be seen: spaces as ␣ and line breaks as ↵. */
export function shownPiece(text: string): string {
  return text
    .replaceAll(' ', '␣')
    .replaceAll('\t', '⇥')
    .replaceAll(/\r\n|\n|\r/g, '↵');
}
