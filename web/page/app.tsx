import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Language } from '../../core/catalogue/bilingual.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { WORDS } from '../../core/page/words.ts';
import { type ArchiveWorker, startWorker } from '../calls.ts';
import { TEXTS } from '../texts.ts';
import { History } from '../view/history.tsx';
import { InspectionView } from '../view/inspection.tsx';
import { VIEW_TEXTS } from '../view/texts.ts';
import { Contents } from './contents.tsx';
import { Convert } from './convert.tsx';
import { FileChooser } from './file-chooser.tsx';
import { Files } from './files.tsx';
import { ProgressBar } from './progress.tsx';

/** The state of the page: it has no archive, reads one, has read one, or cannot read one. */
type State =
  | { kind: 'idle' }
  | { kind: 'reading'; file: File }
  | { kind: 'open'; file: File; manifest: ArchiveManifest; worker: ArchiveWorker }
  | { kind: 'failed' };

/** The archive that the page has open, and the functions that open another one and close it. */
interface Archive {
  state: State;
  /** The number of bytes that the worker for this archive has read or written so far in the task that it began last. */
  bytes: number;
  open: (file: File) => Promise<void>;
  close: () => void;
}

/**
 * A Preact hook that keeps the archive which the page has open. Returns the state of the archive, and the functions
 * that open and close one. Each archive has a worker of its own, which is ended when the archive is closed.
 */
function useArchive(): Archive {
  const [state, setState] = useState<State>({ kind: 'idle' });
  const [bytes, setBytes] = useState(0);
  const current = useRef<ArchiveWorker | null>(null);
  const close = (): void => {
    current.current?.end();
    current.current = null;
    setBytes(0);
    setState({ kind: 'idle' });
  };
  const open = async (file: File): Promise<void> => {
    close();
    const worker = startWorker(setBytes);
    current.current = worker;
    setState({ kind: 'reading', file });
    try {
      const manifest = await worker.call('open', file);
      setState({ kind: 'open', file, manifest, worker });
    } catch {
      setState({ kind: 'failed' });
    }
    setBytes(0);
  };
  return { state, bytes, open, close };
}

/** The Preact component of the whole page on which a browser inspects and converts archives. */
export function App(): JSX.Element {
  const [language, setLanguage] = useState<Language>(/^zh/i.test(navigator.language) ? 'zh' : 'en');
  const archive = useArchive();
  const { state, bytes } = archive;
  const texts = TEXTS[language];
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  }, [language]);
  return (
    <>
      <Header language={language} onLanguage={setLanguage} />
      <main>
        <FileChooser texts={texts} small={state.kind === 'open'} onFile={(file) => void archive.open(file)} />
        {state.kind === 'reading' ? (
          <ProgressBar
            label={texts.reading}
            bytes={bytes}
            total={state.file.size}
            cancel={texts.cancel}
            onCancel={archive.close}
          />
        ) : null}
        {state.kind === 'failed' ? <p role="alert">{texts.failed}</p> : null}
        <p class="hidden" role="status">
          {state.kind === 'open' ? texts.done : ''}
        </p>
        {state.kind === 'open' ? <Result {...state} bytes={bytes} language={language} /> : null}
      </main>
      <footer>
        <p>{texts.local}</p>
      </footer>
    </>
  );
}

interface HeaderProps {
  language: Language;
  onLanguage: (language: Language) => void;
}

function Header({ language, onLanguage }: HeaderProps): JSX.Element {
  const texts = TEXTS[language];
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <header>
      <h1>{texts.title}</h1>
      <p>{texts.tagline}</p>
      <button type="button" lang={other === 'zh' ? 'zh-Hans' : 'en'} onClick={() => onLanguage(other)}>
        {texts.language}
      </button>
    </header>
  );
}

type ResultProps = Extract<State, { kind: 'open' }> & { bytes: number; language: Language };

/**
 * The part of the page about an archive that was inspected: what it is, the form for a conversion, and its files. It
 * gets the keyboard focus when it appears, so that screen readers begin there.
 */
function Result({ language, ...archive }: ResultProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const texts = TEXTS[language];
  const own = VIEW_TEXTS[language];
  const voice = { language, words: WORDS[language] };
  const { images } = archive.manifest;
  return (
    <div ref={box} tabIndex={-1} class="result">
      <InspectionView manifest={archive.manifest} voice={voice} />
      <Convert {...archive} texts={texts} voice={voice} />
      <Contents {...archive} texts={texts} voice={voice} />
      <Files {...archive} texts={texts} />
      {images.map(({ history }, at) => (
        <History key={at} history={history} title={own.historyOf(at + 1, images.length)} texts={own} />
      ))}
    </div>
  );
}
