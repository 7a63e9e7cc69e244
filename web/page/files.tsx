import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { printable } from '../../core/model/bytes.ts';
import { count } from '../../core/page/text.ts';
import { type ArchiveWorker, failureOf } from '../calls.ts';
import type { Texts } from '../texts.ts';
import type { FileRow } from '../worker/file-tree.ts';
import type { ShownText } from '../worker/session.ts';
import { ProgressBar } from './progress.tsx';
import { saveBlob } from './saving.ts';
import { TreeView } from './tree-view.tsx';

interface Props {
  file: File;
  manifest: ArchiveManifest;
  worker: ArchiveWorker;
  bytes: number;
  texts: Texts;
}

type State = { kind: 'closed' | 'reading' | 'unreadable' } | { kind: 'open'; lines: number; version: number };

/**
 * The part of the page with the files of an image: a tree that can be searched, and the text of a file. Null when the
 * opened file is no readable archive, or an empty one.
 */
export function Files({ file, manifest, worker, bytes, texts }: Props): JSX.Element | null {
  const [state, setState] = useState<State>({ kind: 'closed' });
  const [shown, setShown] = useState<{ row: FileRow; text: ShownText } | null>(null);
  if (manifest.compression.content === null || manifest.archive.members === 0) return null;
  const show = async (lines: Promise<number | null>): Promise<void> => {
    const length = await lines.catch((error: unknown) => (failureOf(error) === 'stopped' ? 'stopped' : null));
    if (length === 'stopped') return setState({ kind: 'closed' });
    setState((before) =>
      length === null
        ? { kind: 'unreadable' }
        : { kind: 'open', lines: length, version: before.kind === 'open' ? before.version + 1 : 0 },
    );
  };
  const open = (image: number): void => {
    setState({ kind: 'reading' });
    setShown(null);
    void show(worker.call('openTree', image));
  };
  const stop = (): void => void worker.call('stop', 'files');
  return (
    <section class="files">
      <h2>{texts.files}</h2>
      {manifest.images.length > 1 ? <ImageChoice manifest={manifest} texts={texts} onChoice={open} /> : null}
      {state.kind === 'closed' ? (
        <button type="button" onClick={() => open(0)}>
          {texts.openFiles}
        </button>
      ) : null}
      {state.kind === 'reading' ? (
        <ProgressBar label={texts.listing} bytes={bytes} total={file.size} cancel={texts.cancel} onCancel={stop} />
      ) : null}
      {state.kind === 'unreadable' ? <p role="alert">{texts.noFiles}</p> : null}
      {state.kind === 'open' ? (
        <OpenTree {...state} worker={worker} texts={texts} show={show} onFile={setShown} />
      ) : null}
      {shown === null ? null : <FileText {...shown} worker={worker} texts={texts} onClose={() => setShown(null)} />}
    </section>
  );
}

interface OpenProps {
  lines: number;
  version: number;
  worker: ArchiveWorker;
  texts: Texts;
  /**
   * Called when the file tree is about to change. `lines` is a promise of the new number of lines, which the worker
   * sends. When it resolves to a number, the tree is shown anew. When it resolves to null or is rejected, the page says
   * that the files cannot be listed. But when it is rejected because the user has stopped the work, the tree is closed.
   */
  show: (lines: Promise<number | null>) => Promise<void>;
  onFile: (shown: { row: FileRow; text: ShownText }) => void;
}

/**
 * The search field for the files of an image, and the tree of these files. `onFile` is called with the file that the
 * user chooses, and with the beginning of its text.
 */
function OpenTree({ lines, version, worker, texts, show, onFile }: OpenProps): JSX.Element {
  const open = async (row: FileRow): Promise<void> => onFile({ row, text: await worker.call('text', row.path) });
  return (
    <>
      <label class="search">
        {texts.search}
        <input
          type="search"
          id="search"
          onInput={(event) => void show(worker.call('search', event.currentTarget.value))}
        />
      </label>
      <p role="status" class="lines">
        {texts.found(count(lines))}
      </p>
      <TreeView
        lines={lines}
        version={version}
        worker={worker}
        texts={texts}
        onToggle={(index) => void show(worker.call('toggle', index))}
        onFile={(row) => void open(row)}
      />
    </>
  );
}

/**
 * The field in which the user chooses the image whose files are shown. `onChoice` is called with the image's index from
 * 0.
 */
function ImageChoice({
  manifest,
  texts,
  onChoice,
}: Pick<Props, 'manifest' | 'texts'> & { onChoice: (image: number) => void }): JSX.Element {
  return (
    <label>
      {texts.image}{' '}
      <select onChange={(event) => onChoice(Number(event.currentTarget.value))}>
        {manifest.images.map(({ names }, at) => (
          <option key={at} value={at}>
            {at + 1} {printable(names.join(', '))}
          </option>
        ))}
      </select>
    </label>
  );
}

interface Shown {
  row: FileRow;
  text: ShownText;
  worker: ArchiveWorker;
  texts: Texts;
  onClose: () => void;
}

/**
 * The text of the file that the user has chosen in the file tree, or a note that the file is no text. One button saves
 * the file, another removes this part of the page.
 */
function FileText({ row, text, worker, texts, onClose }: Shown): JSX.Element {
  const save = async (): Promise<void> => {
    const blob = await worker.call('content', row.path);
    if (blob !== null) saveBlob(blob, printable(row.path.split('/').at(-1) ?? 'file'));
  };
  return (
    <section class="file-text" aria-label={printable(row.path)}>
      <h3>{printable(row.path)}</h3>
      <button type="button" onClick={() => void save()}>
        {texts.saveFile}
      </button>{' '}
      <button type="button" onClick={onClose}>
        {texts.close}
      </button>
      {text.whole ? null : <p>{texts.cut}</p>}
      {text.text === null ? <p>{texts.noText}</p> : <pre tabIndex={0}>{text.text}</pre>}
    </section>
  );
}
