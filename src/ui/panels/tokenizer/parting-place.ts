/** Where two texts part: the place of the first character that differs, from 0; null where they are the same. */
export function partingPlace(a: string, b: string): number | null {
  const [first, second] = [[...a], [...b]];
  const place = first.findIndex((character, index) => character !== second[index]);
  if (place >= 0) return place;
  return first.length === second.length ? null : first.length;
}
