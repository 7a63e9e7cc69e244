import { basename } from 'node:path';
import type { Uploaded } from '../../remote/sending.ts';
import type { ConnectOptions, Service } from '../../remote/service.ts';
import { both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { RawOptions } from '../../core/options/table.ts';
import { isSidecar, SIDECAR_SUFFIX } from '../../core/service/keys.ts';
import type { UploadCommand } from '../args-service.ts';
import { EXIT, UsageError } from '../exit.ts';
import { stopping } from '../gate.ts';
import { bucketsOf, refuseIgnoredKey } from '../input/buckets.ts';
import { openArchive } from '../input/pieces.ts';
import { optionsOf, understood } from '../inspect-input.ts';
import { type Io, write } from '../io.ts';
import { IMAGE, refuseBadOutputs, refuseTerminal, writeOutput } from '../outputs.ts';
import { styleFor } from '../page-style.ts';
import { block } from '../print/page.ts';
import { sizeText } from '../../core/page/rows.ts';
import { counting, progress } from '../print/progress.ts';
import { reportAt, servicePage, stateCode } from '../print/service.ts';
import { printable, shellWord } from '../../core/page/text.ts';
import { safeJson } from '../print/text.ts';
import { report } from '../report.ts';

/**
 * What one `lading upload` works with: its arguments (`command`), the names of the two buckets, the key and the `s3://`
 * address of the upload, and the conversion options.
 */
interface UploadTask {
  command: UploadCommand;
  bucket: string;
  results: string;
  key: string;
  uri: string;
  options: RawOptions;
}

/**
 * Runs `lading upload`: sends an archive to the uploads bucket of Lading's service in AWS. With `--wait` it waits for
 * the result and prints it. With `-o` it also downloads the image archive. Returns the exit code.
 */
export async function uploadCommand(command: UploadCommand, io: Io): Promise<number> {
  const { file, output } = command;
  if (output !== null) refuseTerminal(output, IMAGE, 'docker load', io);
  await refuseBadOutputs(command, [
    ['-o', output],
    ['--manifest', command.manifest],
  ]);
  const buckets = await bucketsOf(command, io);
  const key = keyOf(command);
  await refuseIgnoredKey(key, buckets.uploads, io);
  const uri = `s3://${buckets.uploads}/${key}`;
  const task = {
    command,
    bucket: buckets.uploads,
    results: buckets.results,
    key,
    uri,
    options: await checkedOptions(command, key),
  };
  const remedy =
    file === '-'
      ? 'What was sent of standard input is dropped: upload it again.'
      : 'The same command goes on from there: what has arrived is not sent again.';
  return await service({ buckets, task: `upload ${file} to ${uri}`, remedy }, io, async (there) => {
    const uploaded = await send(task, there, io);
    await tell(uploaded, task, io);
    if (!command.wait) {
      if (command.json) await write(io.stdout, safeJson({ bucket: task.bucket, key, ...uploaded }), io.signal);
      return EXIT.done;
    }
    return await receive(task, uploaded, there, io);
  });
}

/**
 * Connects to a Lading service in AWS, calls `work` with the connection, and returns what `work` returns. The AWS SDK
 * is loaded only here, because most commands do not need it.
 */
export async function service<T>(
  options: Omit<ConnectOptions, 'env' | 'signal'>,
  { env, signal }: Io,
  work: (service: Service) => Promise<T>,
): Promise<T> {
  const { connected } = await import('../../remote/service.ts');
  return await connected({ ...options, env, signal }, work);
}

function keyOf({ file, key }: UploadCommand): string {
  const chosen = key ?? basename(file);
  const bytes = Buffer.byteLength(chosen);
  const remedy = both('Choose another one with --key.', '请用 --key 换一个。');
  if (bytes === 0 || bytes > LIMITS.keyBytes)
    throw new UsageError(
      both(
        `Cannot upload to this key: it has ${bytes} bytes, and S3 takes 1 to ${LIMITS.keyBytes}.`,
        `无法上传到这个键：它有 ${bytes} 字节，而 S3 只接受 1 到 ${LIMITS.keyBytes} 字节。`,
      ),
      remedy,
    );
  if (isSidecar(chosen))
    throw new UsageError(
      both(
        `Cannot upload to ${chosen}: ${SIDECAR_SUFFIX} marks the options of another upload.`,
        `无法上传到 ${chosen}：${SIDECAR_SUFFIX} 表示它是另一个上传文件的选项。`,
      ),
      remedy,
    );
  return chosen;
}

/**
 * The conversion options to send with an archive, checked before anything is sent. Throws a UsageError for options that
 * Lading's service in AWS would refuse, and a FileError when the file of `--inspect` cannot be read.
 */
async function checkedOptions(command: UploadCommand, key: string): Promise<RawOptions> {
  const options = await optionsOf(command);
  understood(options, key);
  const { inspect } = options;
  return { ...options, inspect: inspect === null ? null : JSON.stringify(JSON.parse(inspect)) };
}

async function send({ command, key, options }: UploadTask, there: Service, io: Io): Promise<Uploaded> {
  const archive = await openArchive(command, 'once', io);
  const bar = progress('Uploading', archive.size, command.progress, io);
  try {
    return await there.upload(key, options, { archive, onProgress: (bytes) => bar.update(bytes) });
  } finally {
    bar.end();
    await archive.close();
  }
}

async function tell({ size, parts, kept }: Uploaded, { command, key, uri }: UploadTask, io: Io): Promise<void> {
  if (command.quiet) return;
  const toStderr = command.wait || command.json;
  const to = toStderr ? io.stderr : io.stdout;
  const style = styleFor(to, command.language, io.env);
  const lines = [
    `${style.words.uploaded(printable(uri), sizeText(size, style))}\n`,
    kept === 0 ? '' : `${style.words.keptParts(kept, parts)}\n`,
    toStderr ? '' : block(style.words.next, [`lading status ${shellWord(key)}`]),
  ];
  await write(to, lines.join(''), io.signal);
}

/**
 * Waits until Lading's service in AWS has handled an upload, downloads the image archive if `-o` was typed, and prints
 * the result. Returns the exit code.
 */
async function receive(task: UploadTask, uploaded: Uploaded, there: Service, io: Io): Promise<number> {
  const { command, key, uri } = task;
  const { output, timeoutMs, language } = command;
  const style = styleFor(io.stderr, language, io.env);
  const say = async (sentence: string) => {
    if (!command.quiet) await write(io.stderr, `${sentence}\n`, io.signal);
  };
  const onState = (state: 'waiting' | 'converting') => say(style.words.states[state](printable(uri)));
  const manifest = await there.wait({ key, written: uploaded, options: task.options }, { timeoutMs, onState });
  const stops = stopping(manifest.findings, command.failOn).length > 0;
  const saved = stops || manifest.result === null ? null : output;
  if (saved !== null) await download(manifest, saved, command, there, io);
  await show(manifest, task, saved, io);
  if (stops && manifest.outcome !== 'refused' && manifest.outcome !== 'failed') return EXIT.gate;
  if (output === null || manifest.outcome !== 'recognised') return stateCode(manifest.outcome);
  await say(style.words.noImage(printable(uri)));
  return EXIT.finding;
}

async function download(
  manifest: ArchiveManifest,
  output: string,
  { progress: wanted }: UploadCommand,
  there: Service,
  io: Io,
): Promise<void> {
  const bar = progress('Downloading the image', manifest.result?.size ?? null, wanted, io);
  try {
    await writeOutput(output, counting(bar)(there.image(manifest)), io);
  } finally {
    bar.end();
  }
}

/**
 * Prints what Lading's service in AWS made of an upload, as text or as JSON, and writes the JSON to the file of
 * `--manifest`. `saved` is the file with the downloaded image archive; null when nothing was downloaded. The text goes
 * to standard error when the image archive is on standard output, and when the service refused the archive or failed.
 */
async function show(
  manifest: ArchiveManifest,
  { command, results }: UploadTask,
  saved: string | null,
  io: Io,
): Promise<void> {
  const { output, json, quiet, language } = command;
  const inVain = manifest.outcome === 'refused' || manifest.outcome === 'failed';
  const to = inVain || json || output === '-' ? io.stderr : io.stdout;
  const style = styleFor(to, language, io.env);
  const place = reportAt(manifest, results);
  const text = json || (quiet && !inVain) ? '' : servicePage(manifest, saved, style, place);
  const inStore = manifest.result === null ? null : `s3://${results}/${manifest.result.key}`;
  await report(manifest, { text, archive: saved ?? inStore, report: place, to, style }, command, io);
}
