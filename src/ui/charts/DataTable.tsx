/** The numbers behind a chart; the first column names the row. */
import { significant } from '../format/numbers';
import type { Cell, Table } from './csv';

export function DataTable({ columns, rows }: Table) {
  return (
    <table>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([first, ...rest], row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place.
          <tr key={row}>
            <th scope="row">{shown(first ?? null)}</th>
            {rest.map((value, column) => (
              <td key={columns[column + 1]}>{shown(value)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: Cell): string {
  if (value === null) return '–';
  return typeof value === 'number' && !Number.isInteger(value) ? significant(value) : String(value);
}
