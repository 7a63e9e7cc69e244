import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Grid } from './grid.tsx';

interface TableProps {
  title: string;
  head: string[];
  rows: string[][];
  /** A sentence below the table; empty for none. */
  note?: string;
  /**
   * True when all columns of the table have numbers. False, which is the default, when the last column has texts, such
   * as paths.
   */
  numbers?: boolean;
}

/** The number of rows of a table that are shown until the user asks for all. */
const FIRST = 10;

/** A table with a title, and a note below it. Null when there are neither rows nor a note. */
export function Table({ title, head, rows, note = '', numbers = false }: TableProps): JSX.Element | null {
  const [all, setAll] = useState(false);
  if (rows.length === 0 && note === '') return null;
  const shown = all ? rows : rows.slice(0, FIRST);
  const isNumber = (column: number) => numbers || column < head.length - 1;
  return (
    <section>
      <h3>{title}</h3>
      {rows.length === 0 ? null : (
        <Grid label={title} head={head}>
          {shown.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, at) => (
                <td key={at} class={isNumber(at) ? 'nowrap' : 'path'}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </Grid>
      )}
      {rows.length > shown.length ? (
        <button type="button" aria-label={`${title}: + ${rows.length - shown.length}`} onClick={() => setAll(true)}>
          + {rows.length - shown.length}
        </button>
      ) : null}
      {note === '' ? null : <p class="more">{note}</p>}
    </section>
  );
}
