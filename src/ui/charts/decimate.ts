/**
 * At most `limit` points of a series, so that a chart stays fast: of each stretch the lowest and the highest point are
 * kept in their order, which keeps every peak in sight. Averaging would hide them.
 */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export function decimate(points: readonly Point[], limit = 256): readonly Point[] {
  if (points.length <= limit) return points;
  const stretches = Math.floor(limit / 2);
  return Array.from({ length: stretches }, (_, index) => {
    const from = Math.floor((index * points.length) / stretches);
    const to = Math.floor(((index + 1) * points.length) / stretches);
    return extremes(points.slice(from, to));
  }).flat();
}

function extremes(points: readonly Point[]): readonly Point[] {
  const first = points[0];
  if (!first) return [];
  let lowest = first;
  let highest = first;
  for (const point of points) {
    if (point.y < lowest.y) lowest = point;
    if (point.y > highest.y) highest = point;
  }
  if (lowest === highest) return [lowest];
  return lowest.x < highest.x ? [lowest, highest] : [highest, lowest];
}
