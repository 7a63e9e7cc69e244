import type { JSX } from 'preact';
import type { Row, Voice } from '../../core/page/rows.ts';
import { printable } from '../../core/page/text.ts';

/**
 * Shows lines of text, each after its label. A line without a label belongs to the label above it. Null when there are
 * no lines.
 */
export function Rows({ rows, voice }: { rows: Row[]; voice: Voice }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <dl class="rows">
      {grouped(rows).map(({ label, texts }) => (
        <div key={label}>
          <dt>{label === '' ? '' : voice.words.labels[label]}</dt>
          {texts.map((text, at) => (
            <dd key={at}>{printable(text)}</dd>
          ))}
        </div>
      ))}
    </dl>
  );
}

/** Returns groups of lines: each line that has a label, with the lines after it that have none. */
function grouped(rows: Row[]): { label: Row[0]; texts: string[] }[] {
  const groups: { label: Row[0]; texts: string[] }[] = [];
  for (const [label, text] of rows) {
    const last = groups.at(-1);
    if (label === '' && last !== undefined) last.texts.push(text);
    else groups.push({ label, texts: [text] });
  }
  return groups;
}
