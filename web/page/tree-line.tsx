import type { JSX } from 'preact';
import { count } from '../../core/page/text.ts';
import type { FileRow } from '../worker/file-tree.ts';

/** The height of a line of the file tree in pixels, as in the style sheet. */
export const LINE_PX = 28;

interface LineProps {
  row: FileRow;
  index: number;
  focused: boolean;
  onChoose: () => void;
}

/**
 * One line of the file tree: a file with its mode, owner, size, time of change and layer. `onChoose` is called when the
 * user clicks on the line.
 */
export function Line({ row, index, focused, onChoose }: LineProps): JSX.Element {
  const { name, depth, open, mode, owner, size, time, link, layer } = row;
  const state = open === null ? {} : { 'aria-expanded': open };
  return (
    <div
      id={`line-${index}`}
      class={`line${focused ? ' focused' : ''}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={focused}
      {...state}
      style={{ top: `${index * LINE_PX}px` }}
      onClick={onChoose}
    >
      <span class="mode">{mode}</span>
      <span class="owner">{owner}</span>
      <span class="size">{size === null ? '' : count(size)}</span>
      <span class="time">{time}</span>
      <span class="layer">{layer}</span>
      <span class="name" style={{ paddingLeft: `${depth * 16}px` }}>
        {open === null ? '' : open ? '▾ ' : '▸ '}
        {name}
        {link}
      </span>
    </div>
  );
}
