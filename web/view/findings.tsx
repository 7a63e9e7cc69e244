import type { JSX } from 'preact';
import type { ShownFinding } from '../../core/page/findings.ts';

/**
 * The list of findings about an archive (errors, warnings and notes), each with its remedy. Null when there are none.
 */
export function Findings({ findings }: { findings: ShownFinding[] }): JSX.Element | null {
  if (findings.length === 0) return null;
  return (
    <ul class="findings">
      {findings.map(({ rank, label, message, remedy, more }, at) => (
        <li key={at} class={rank}>
          <p>
            <strong>{label}</strong> {message}
          </p>
          {remedy === '' ? null : <p class="remedy">{remedy}</p>}
          {more === '' ? null : <p class="more">… {more}</p>}
        </li>
      ))}
    </ul>
  );
}
