import type { JSX } from 'preact';
import { escaped } from '../../core/catalogue/escaped.ts';
import type { ViewTexts } from './texts.ts';
import { Grid } from './grid.tsx';

interface HistoryProps {
  /** The history of an image's config (config.md, `history`), of which anybody may have written the values. */
  history: readonly Record<string, unknown>[];
  title: string;
  texts: ViewTexts;
}

/** The steps by which an image was made, the first one first. */
export function History({ history, title, texts }: HistoryProps): JSX.Element | null {
  if (history.length === 0) return null;
  return (
    <section class="inspection">
      <h2>{title}</h2>
      <Grid label={title} head={['#', texts.created, texts.step]}>
        {history.map((entry, at) => (
          <tr key={at}>
            <td class="number">{at + 1}</td>
            <td>{textOf(entry['created'])}</td>
            <td class="step">{textOf(entry['created_by']) || textOf(entry['comment'])}</td>
          </tr>
        ))}
      </Grid>
    </section>
  );
}

/** A text as it is shown; empty for a value of another type. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? escaped(value) : '';
}
