/** A slider whose equal steps are equal ratios: between 264 and 92,544 pieces the small sizes have as much room as the large. */

/** Places of the slider, 0 to this. */
export const sliderSteps = 1000;

/** Whole pieces at a place; exactly the ends at the ends. */
export function piecesAt(place: number, least: number, most: number): number {
  if (place <= 0) return least;
  if (place >= sliderSteps) return most;
  return Math.round(least * (most / least) ** (place / sliderSteps));
}

/** The place of a size; sizes out of range stand at the ends. */
export function placeOf(pieces: number, least: number, most: number): number {
  if (!(pieces > least)) return 0;
  if (pieces >= most) return sliderSteps;
  return Math.round((sliderSteps * Math.log(pieces / least)) / Math.log(most / least));
}

/** Sizes worth a button: the paper's where the vocabulary is large, else an eighth, a quarter and a half of it; and all of it. */
export function presetSizes(least: number, most: number): readonly number[] {
  const large = most >= 20_000;
  const wanted = large ? [8000, 16_000, 32_000, 48_000, 72_000] : [8, 4, 2].map((part) => Math.round(most / part));
  return [...wanted.filter((size) => size > least && size < most), most];
}

/** Sizes for a curve: evenly over the log axis from the least to the most, and the presets. */
export function curveSizes(least: number, most: number, count = 14): readonly number[] {
  const even = Array.from({ length: count }, (_, index) =>
    piecesAt((sliderSteps * index) / Math.max(1, count - 1), least, most),
  );
  return [...new Set([...even, ...presetSizes(least, most)])].sort((a, b) => a - b);
}

/** Where a person starts: the paper's choice, or half of a smaller vocabulary. */
export function firstSize(least: number, most: number): number {
  return most > 48_000 ? 48_000 : Math.max(least, Math.round(most / 2));
}
