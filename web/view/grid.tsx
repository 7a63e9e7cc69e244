import type { ComponentChildren, JSX } from 'preact';

interface GridProps {
  /** The name of the table for screen readers. */
  label: string;
  /** The titles of the table's columns. */
  head: readonly string[];
  /** The rows of the table, as `tr` elements. */
  children: ComponentChildren;
  role?: 'region' | 'group';
  class?: string;
}

/** A table that can be scrolled sideways where the screen is narrow, also by keyboard. */
export function Grid({ label, head, children, role = 'region', class: name }: GridProps): JSX.Element {
  return (
    <div class="wide" tabIndex={0} role={role} aria-label={label}>
      <table class={name}>
        <thead>
          <tr>
            {head.map((each, at) => (
              <th key={at} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
