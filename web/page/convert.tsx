import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { NO_OPTIONS, type RawOptions } from '../../core/options/table.ts';
import type { Voice } from '../../core/page/rows.ts';
import { hasError, isMendedOnRequest } from '../../core/catalogue/findings.ts';
import { type ArchiveWorker, type Failure, failureOf } from '../calls.ts';
import type { Texts } from '../texts.ts';
import { ConversionView } from '../view/conversion.tsx';
import type { Planned } from '../worker/session.ts';
import { OptionsForm } from './options-form.tsx';
import { ProgressBar } from './progress.tsx';
import { saveBlob, targetFile } from './saving.ts';

interface Props {
  file: File;
  manifest: ArchiveManifest;
  worker: ArchiveWorker;
  /** The number of bytes that the worker for this archive has read or written so far in the task that it began last. */
  bytes: number;
  texts: Texts;
  voice: Voice;
}

type Work = 'none' | 'working' | 'saved' | Failure;

/**
 * The state of the conversion of the open archive, and the functions for it. `planned` is the worker's answer to the
 * last request for a plan: the description of the planned image archive, or the fault in an option. It is null before
 * there is an answer, and after `forget`. `work` says whether the page is busy with the conversion, has saved the image
 * archive, or why it has failed. `plan` plans the image archive; `save` plans and saves it.
 */
interface Conversion {
  planned: Planned | null;
  work: Work;
  plan: () => Promise<void>;
  save: () => Promise<void>;
  /**
   * Removes the answer to the last plan, and the message that the image archive was saved or that the work has failed,
   * from the page. Called when the user has changed an option.
   */
  forget: () => void;
}

function useConversion(worker: ArchiveWorker, options: RawOptions, output: string): Conversion {
  const [planned, setPlanned] = useState<Planned | null>(null);
  const [work, setWork] = useState<Work>('none');
  const run = async (steps: () => Promise<Work>): Promise<void> => {
    setWork('working');
    setWork(await steps().catch((error: unknown) => failureOf(error)));
  };
  const plan = async (): Promise<Planned> => {
    setPlanned(null);
    const answer = await worker.call('plan', options, output);
    setPlanned(answer);
    return answer;
  };
  const save = async (): Promise<Work> => {
    const answer = await plan();
    if (answer.kind === 'wrong' || answer.image === 'none') return 'none';
    // An image that must be written anew is written straight to the disk where the browser can do that.
    const target = answer.image === 'recoded' ? await targetFile(output) : null;
    if (target === 'cancelled') return 'none';
    const blob = await worker.call('save', target);
    if (blob !== null) saveBlob(blob, output);
    return 'saved';
  };
  return {
    planned,
    work,
    plan: () => run(() => plan().then(() => 'none')),
    save: () => run(save),
    forget: () => {
      setPlanned(null);
      setWork('none');
    },
  };
}

/**
 * The part of the page with the form for a conversion, and its result. Null if the archive cannot become an image
 * archive.
 */
export function Convert({ file, manifest, worker, bytes, texts, voice }: Props): JSX.Element | null {
  const [options, setOptions] = useState<RawOptions>(NO_OPTIONS);
  const wanted = options.as === 'rootfs' ? 'rootfs.tar' : 'image.tar';
  const output = file.name === wanted ? 'converted.tar' : wanted;
  const conversion = useConversion(worker, options, output);
  const { planned, work } = conversion;
  if (!isConvertible(manifest)) return null;
  const change = (changed: RawOptions): void => {
    setOptions(changed);
    conversion.forget();
  };
  const stop = (): void => void worker.call('stop', 'convert');
  // Until there is a plan, the archive is read; then the image is written.
  const total = (planned?.kind === 'planned' ? planned.manifest.result?.size : undefined) ?? file.size;
  const submit = (event: Event): void => {
    event.preventDefault();
    void conversion.save();
  };
  return (
    <section class="convert">
      <h2>{texts.convert}</h2>
      <p>{texts.convertHint}</p>
      <form onSubmit={submit}>
        <OptionsForm options={options} texts={texts} onChange={change} />
        <button type="button" disabled={work === 'working'} onClick={() => void conversion.plan()}>
          {texts.plan}
        </button>
        <button type="submit" class="main" disabled={work === 'working'}>
          {texts.save}
        </button>
      </form>
      {work === 'working' ? (
        <ProgressBar
          key={String(planned === null)}
          label={texts.writing}
          bytes={bytes}
          total={total}
          cancel={texts.cancel}
          onCancel={stop}
        />
      ) : null}
      <p role="status">{work === 'saved' ? texts.saved : ''}</p>
      {work === 'failed' || work === 'too-large' ? (
        <p role="alert">{work === 'failed' ? texts.failed : texts.tooLarge}</p>
      ) : null}
      {planned === null ? null : <Outcome planned={planned} voice={voice} />}
    </section>
  );
}

/**
 * Shows the worker's answer to the request for a conversion: the description of the planned image archive, or the fault
 * in an option.
 */
function Outcome({ planned, voice }: { planned: Planned; voice: Voice }): JSX.Element {
  if (planned.kind === 'planned') return <ConversionView manifest={planned.manifest} voice={voice} />;
  const { problem, remedy } = planned;
  return (
    <p role="alert">
      {problem[voice.language]} {remedy[voice.language]}
    </p>
  );
}

/**
 * True for an archive that may become an image archive: only then the page shows the form for a conversion. False for a
 * text file, for example, and for a root file system with an error that a conversion cannot repair.
 */
function isConvertible({ archive, findings }: ArchiveManifest): boolean {
  if (archive.kind.startsWith('image/') || archive.kind === 'rootfs/minimal') return true;
  return (
    archive.kind === 'plain' ||
    (archive.kind.startsWith('rootfs/') && (!hasError(findings) || findings.some(isMendedOnRequest)))
  );
}
