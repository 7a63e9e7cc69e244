import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ArchiveWorker } from '../calls.ts';
import type { Texts } from '../texts.ts';
import type { FileRow } from '../worker/file-tree.ts';
import { Line, LINE_PX } from './tree-line.tsx';

interface Props {
  /** The number of lines of the file tree. */
  lines: number;
  /** A number that changes whenever the lines of the file tree change, so that they are fetched again. */
  version: number;
  worker: ArchiveWorker;
  texts: Texts;
  onToggle: (index: number) => void;
  onFile: (row: FileRow) => void;
}

/**
 * The number of lines that exist as elements above the visible part of the file tree, so that a short scroll shows no
 * gap. The same number exist below it.
 */
const MARGIN = 20;
/**
 * The largest number of lines of the file tree that can be reached by scrolling, because browsers limit the height of
 * an element. The files on later lines can be found by searching.
 */
const MOST_LINES = 500_000;

/**
 * The tree of files as a long list. Only the lines on and near the screen exist as elements. `onToggle` is called with
 * the index of a directory's line when the user opens or closes the directory; `onFile` is called with the line of any
 * other file that the user chooses.
 */
export function TreeView({ lines, version, worker, texts, onToggle, onFile }: Props): JSX.Element {
  const [from, setFrom] = useState(0);
  const [room, setRoom] = useState(MARGIN);
  const [focused, setFocused] = useState(0);
  const first = Math.max(0, from - MARGIN);
  const part = useRows(worker, first, Math.min(lines, from + room + MARGIN), version);
  const press = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const row = part.rows[focused - part.from];
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: room, PageUp: -room, Home: -lines, End: lines };
    const step = new Map(Object.entries(steps)).get(event.key);
    if (step !== undefined) {
      const next = Math.max(0, Math.min(lines - 1, focused + step));
      setFocused(next);
      scrollTo(event.currentTarget, next);
    } else if (event.key === 'Enter' && row?.open === null) onFile(row);
    else if (opens(event.key, row)) onToggle(focused);
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="tree"
      role="tree"
      tabIndex={0}
      aria-label={texts.files}
      aria-activedescendant={`line-${focused}`}
      onKeyDown={press}
      onScroll={(event) => {
        setFrom(Math.floor(event.currentTarget.scrollTop / LINE_PX));
        setRoom(Math.ceil(event.currentTarget.clientHeight / LINE_PX));
      }}
    >
      <div role="none" style={{ height: `${Math.min(lines, MOST_LINES) * LINE_PX}px` }}>
        {part.rows.map((row, at) => (
          <Line
            key={part.from + at}
            row={row}
            index={part.from + at}
            focused={part.from + at === focused}
            onChoose={() => {
              setFocused(part.from + at);
              if (row.open === null) onFile(row);
              else onToggle(part.from + at);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface Part {
  from: number;
  rows: FileRow[];
}

/**
 * A Preact hook that returns some lines of the file tree (`rows`), and the index of the first of these lines (`from`).
 * It requests the lines from index `first` up to and without `last` from the worker. Until they have come, it returns
 * the lines of the last request that was answered; none at first.
 */
function useRows(worker: ArchiveWorker, first: number, last: number, version: number): Part {
  const [part, setPart] = useState<Part>({ from: 0, rows: [] });
  useEffect(() => {
    let stale = false;
    const load = async (): Promise<void> => {
      const rows = await worker.call('rows', first, last);
      if (!stale) setPart({ from: first, rows });
    };
    void load();
    return () => {
      stale = true;
    };
  }, [worker, first, last, version]);
  return part;
}

/**
 * True when a key that was pressed on a line of the file tree opens or closes the directory in that line: Enter does
 * both, the right arrow opens, the left arrow closes. False for other keys, and when the line has no directory.
 */
function opens(key: string, row: FileRow | undefined): boolean {
  if (row === undefined || row.open === null) return false;
  return key === 'Enter' || (key === 'ArrowRight' && !row.open) || (key === 'ArrowLeft' && row.open);
}

function scrollTo(box: HTMLElement, line: number): void {
  const top = line * LINE_PX;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + LINE_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + LINE_PX - box.clientHeight;
}
