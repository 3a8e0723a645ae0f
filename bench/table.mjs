/** Markdown for what a benchmark found: one row an engine, one column a quantity. */

/** `columns`: title, side ('left' or 'right') and the text of a row. */
export function table(columns, rows) {
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(([, side]) => (side === 'right' ? '--:' : '---'))),
    ...rows.map((row) => line(columns.map(([, , text]) => text(row)))),
  ].join('\n');
}

export function digits(value) {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** Calls a token or step; a run that submits several together may come to a fraction. */
export function count(value) {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}
