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

/** Several values over one x, in the order of the series. */
export interface PointTogether {
  readonly x: number;
  readonly ys: readonly number[];
}

/**
 * As `decimate`, for several series at once: of each stretch two rows are kept, and in them each series has its lowest and
 * its highest value in the order in which they came. A peak may stand aside by less than a stretch, so that all series
 * share their xs: what a chart draws then grows with the rows, not with the rows times the series.
 */
export function decimateTogether(points: readonly PointTogether[], limit = 128): readonly PointTogether[] {
  if (points.length <= limit) return points;
  const stretches = Math.floor(limit / 2);
  return Array.from({ length: stretches }, (_, index) => {
    const from = Math.floor((index * points.length) / stretches);
    const to = Math.floor(((index + 1) * points.length) / stretches);
    return extremesTogether(points.slice(from, to));
  }).flat();
}

function extremesTogether(points: readonly PointTogether[]): readonly PointTogether[] {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || first === last) return points;
  const pairs = first.ys.map((_, series) => {
    const kept = extremes(points.map(({ x, ys }) => ({ x, y: ys[series] ?? 0 })));
    return [kept[0]?.y ?? 0, kept.at(-1)?.y ?? 0] as const;
  });
  return [
    { x: first.x, ys: pairs.map(([before]) => before) },
    { x: last.x, ys: pairs.map(([, after]) => after) },
  ];
}
