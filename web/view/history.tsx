import type { JSX } from 'preact';
import { escaped } from '../../core/catalogue/escaped.ts';
import type { ViewTexts } from './texts.ts';
import { Grid } from './grid.tsx';

interface HistoryProps {
  /**
   * The field `history` of an image's config (OCI image specification, config.md). The archive may come from anybody,
   * so its values are not to be trusted.
   */
  history: readonly Record<string, unknown>[];
  title: string;
  texts: ViewTexts;
}

/** The steps by which an image was made, the first one first; null when there are none. */
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

/** The text of a value for the page, with unprintable characters escaped; empty for a value that is no string. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? escaped(value) : '';
}
