import type { JSX } from 'preact';
import type { ShownLayer } from '../../core/page/layers.ts';
import type { Voice } from '../../core/page/rows.ts';

/** The layers of an image, the lowest first, each with a bar for its size. */
export function Layers({ layers, voice }: { layers: ShownLayer[]; voice: Voice }): JSX.Element | null {
  if (layers.length === 0) return null;
  const { labels, made } = voice.words;
  return (
    <div class="wide" tabIndex={0} role="group" aria-label={labels.layers}>
      <table class="layers">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">{labels.size}</th>
            <th scope="col">{labels.digest}</th>
            <th scope="col">{made}</th>
          </tr>
        </thead>
        <tbody>
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
        </tbody>
      </table>
    </div>
  );
}
