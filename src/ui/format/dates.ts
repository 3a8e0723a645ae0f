/** Points in time as people compare them: year first, to the minute, in the reader's time zone. */

/** `2026-01-31 12:00` of an ISO 8601 date. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
