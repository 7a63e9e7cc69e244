import type { JSX } from 'preact';
import { printable } from '../../core/page/text.ts';

/** Command lines that the user can copy, below a title; null when there are none. */
export function Commands({ title, lines }: { title: string; lines: string[] }): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <section class="commands">
      <h3>{title}</h3>
      {lines.map((line) => (
        <pre key={line} tabIndex={0}>
          {printable(line)}
        </pre>
      ))}
    </section>
  );
}
