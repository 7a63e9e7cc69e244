import type { JSX } from 'preact';
import type { ShownLayer } from '../../core/page/layers.ts';
import type { Voice } from '../../core/page/rows.ts';
import { Grid } from './grid.tsx';

/** The table of the layers of an image, the lowest first, each with a bar for its size. Null when there are none. */
export function Layers({ layers, voice }: { layers: ShownLayer[]; voice: Voice }): JSX.Element | null {
  if (layers.length === 0) return null;
  const { labels, made } = voice.words;
  return (
    <Grid label={labels.layers} head={['#', labels.size, labels.digest, made]} role="group" class="layers">
      {layers.map(({ size, part, digest, step }, at) => (
        <tr key={at}>
          <td class="number">{at + 1}</td>
          <td class="number">
            {size}
            <span class="bar" style={{ width: `${(part * 100).toFixed(1)}%` }} />
          </td>
          <td>
            <code>{digest}</code>
          </td>
          <td class="step">{step}</td>
        </tr>
      ))}
    </Grid>
  );
}
