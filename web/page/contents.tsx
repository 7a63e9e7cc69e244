import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ImageContents } from '../../core/contents/facts.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Voice } from '../../core/page/rows.ts';
import { type ArchiveWorker, failureOf } from '../calls.ts';
import type { Texts } from '../texts.ts';
import { ContentsView } from '../view/contents.tsx';
import { VIEW_TEXTS } from '../view/texts.ts';
import { ProgressBar } from './progress.tsx';

interface Props {
  manifest: ArchiveManifest;
  worker: ArchiveWorker;
  bytes: number;
  texts: Texts;
  voice: Voice;
}

type State = { kind: 'closed' | 'reading' | 'unreadable' } | { kind: 'read'; images: (ImageContents | null)[] };

/**
 * The part of the page with facts about the files in the images, such as the largest ones. The page reads the archive
 * for these facts only when the user presses a button. Null when the opened file is no readable archive, or an empty
 * one.
 */
export function Contents({ manifest, worker, bytes, texts, voice }: Props): JSX.Element | null {
  const [state, setState] = useState<State>({ kind: 'closed' });
  const { content } = manifest.compression;
  if (content === null || manifest.archive.members === 0) return null;
  const read = async (): Promise<void> => {
    setState({ kind: 'reading' });
    try {
      setState({ kind: 'read', images: await worker.call('contents') });
    } catch (error) {
      setState({ kind: failureOf(error) === 'stopped' ? 'closed' : 'unreadable' });
    }
  };
  if (state.kind === 'read')
    return (
      <>
        {state.images.map((image, at, { length }) => (
          <ContentsView
            key={at}
            image={image}
            title={voice.words.insideOf(at + 1, length)}
            texts={VIEW_TEXTS[voice.language]}
          />
        ))}
      </>
    );
  return (
    <section class="inspection contents">
      <h2>{voice.words.insideOf(1, 1)}</h2>
      {state.kind === 'closed' ? (
        <button type="button" onClick={() => void read()}>
          {texts.contents}
        </button>
      ) : null}
      {state.kind === 'reading' ? (
        <ProgressBar
          label={texts.listing}
          bytes={bytes}
          total={content.size}
          cancel={texts.cancel}
          onCancel={() => void worker.call('stop', 'contents')}
        />
      ) : null}
      {state.kind === 'unreadable' ? <p role="alert">{texts.noFiles}</p> : null}
    </section>
  );
}
