/** A value from a file as it stands in JSON, short enough for a sentence. */
export function shortJson(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = jsonText(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `JSON.stringify` recurses, and a hostile file can nest deeper than the stack reaches. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'missing';
  } catch {
    return 'a value that is nested too deeply';
  }
}
