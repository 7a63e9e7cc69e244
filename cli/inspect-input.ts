import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { both } from '../core/catalogue/bilingual.ts';
import { hasError } from '../core/catalogue/findings.ts';
import { inspect, type InspectOptions } from '../core/inspect/inspect.ts';
import { inspectQuickly } from '../core/inspect/quick.ts';
import { decodedText } from '../core/json/decoded-text.ts';
import { LIMITS } from '../core/limits.ts';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import type { ConversionRequest } from '../core/model/conversion-request.ts';
import { type Inspection, isReadToEnd } from '../core/model/inspection.ts';
import type { Hasher, Tools } from '../core/model/ports.ts';
import { parseOptions } from '../core/options/options.ts';
import { beyond } from '../core/options/refusal.ts';
import type { RawOptions } from '../core/options/table.ts';
import { CHUNK_BYTES } from '../node/files.ts';
import type { NativeTools } from '../node/tools.ts';
import { EXIT, FileError, UsageError } from './exit.ts';
import { conversion, type PrintFlags } from './flags.ts';
import type { Input } from './input/input.ts';
import type { Io } from './io.ts';
import { progress } from './print/progress.ts';
import { printable } from '../core/page/text.ts';

/**
 * Inspects an image archive by reading only its tar headers and JSON documents, not its layers. Returns the inspection.
 * If the archive cannot be inspected in this way, a finding says so. Throws a UsageError for a pipe.
 */
export async function inspectInputQuickly(input: Input, tools: Tools): Promise<Inspection> {
  const { name, size, again } = input;
  if (size === null)
    throw new UsageError(
      both(
        `Cannot look quickly at ${name === '-' ? 'standard input' : name}: a pipe can only be read from its beginning.`,
        `无法快速查看${name === '-' ? '标准输入' : ` ${name}`}：管道只能从头读取。`,
      ),
      both('Name a file, or leave --quick out.', '请给出文件名，或去掉 --quick。'),
    );
  const inspection = await inspectQuickly(again, size, tools);
  await input.assertUnchanged();
  return inspection;
}

/**
 * Reads an input once with a progress bar, and returns its inspection. Throws a LadingError with the code
 * `source-changed` if the input changes meanwhile.
 */
export async function inspectInput(
  input: Input,
  tools: NativeTools,
  flags: PrintFlags,
  io: Io,
  options: Pick<InspectOptions, 'compress' | 'copy' | 'copyPacked'> = {},
): Promise<Inspection> {
  const bar = progress(
    `Reading ${input.name === '-' ? 'standard input' : printable(basename(input.name))}`,
    input.size,
    flags.progress,
    io,
  );
  try {
    const inspection = await inspect(input.read(), tools, {
      ...options,
      name: input.name === '-' ? undefined : input.name,
      onProgress: (bytes) => bar.update(bytes),
      hasher: hasherOf(input, tools),
    });
    await input.assertUnchanged();
    return inspection;
  } finally {
    bar.end();
  }
}

/**
 * Makes the object that computes the sha256 of an input. If the input is in a file and its first chunk has at least 1
 * MiB, the hasher gets the open file, so that a thread of its own can read and hash the file. Otherwise the hasher gets
 * the chunks as they come. Without threads (see `nativeTools`), the chunks are hashed on this thread.
 */
function hasherOf(input: Input, tools: NativeTools): Hasher {
  let hasher: Hasher | null = null;
  const begun = (bytes: number): Hasher => {
    const { file } = input; // the file of a pipe is known only after its first bytes
    return file === null || bytes < CHUNK_BYTES ? tools.newHasher() : tools.newFileHasher(file.fd, file.start);
  };
  return {
    update: (chunk) => (hasher ??= begun(chunk.length)).update(chunk),
    digest: () => (hasher ?? begun(0)).digest(),
  };
}

/**
 * Parses the conversion options `words` for the archive `file`, whose name gives the image a name if none was typed.
 * Throws a UsageError for a wrong option, and when standard input has no name for the image. Throws a FileError when
 * the file of `--inspect` cannot be read.
 */
export async function requestOf(words: RawOptions, file: string): Promise<ConversionRequest> {
  if (file === '-' && words.name.length === 0) {
    throw new UsageError(
      both('Cannot name the image: standard input has no file name.', '无法给镜像命名：标准输入没有文件名。'),
      both('Choose a name with --name, for instance --name app:1.0.', '请用 --name 指定名称，例如 --name app:1.0。'),
    );
  }
  return understood(await optionsOf(words), basename(file));
}

/**
 * Returns the conversion options. In place of the file name after `--inspect`, they have the text of that file. Throws
 * a UsageError when that file is standard input or too large, and a FileError when it cannot be read.
 */
export async function optionsOf(words: RawOptions): Promise<RawOptions> {
  const options = conversion(words);
  if (options.inspect === null) return options;
  if (options.inspect === '-')
    throw new UsageError(
      both('--inspect takes a file, not standard input.', '--inspect 需要一个文件，不能是标准输入。'),
      both(
        'Write it to a file first: docker inspect NAME > inspect.json',
        '请先写到文件：docker inspect NAME > inspect.json',
      ),
    );
  const bytes = await beginningOf(options.inspect);
  if (bytes.length <= LIMITS.sidecarBytes) return { ...options, inspect: decodedText(bytes) };
  const { problem, remedy } = beyond(
    both('the inspect file, in bytes', 'inspect 文件的大小（以字节计）'),
    LIMITS.sidecarBytes,
  );
  throw new UsageError(problem, remedy);
}

/**
 * Reads the beginning of a file, and returns at most `LIMITS.sidecarBytes` bytes, the largest size that conversion
 * options may have, and one more byte. The additional byte shows that the file is too large. Throws a FileError.
 */
async function beginningOf(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file, { end: LIMITS.sidecarBytes })) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new FileError('read', file, error);
  }
  return Buffer.concat(chunks);
}

/**
 * Parses conversion options. `key` is the S3 key or the file name of the archive, which gives the image a name when the
 * options do not. Throws a UsageError for a wrong option.
 */
export function understood(options: RawOptions, key: string): ConversionRequest {
  const parsed = parseOptions(options, key);
  if (!parsed.ok) throw new UsageError(parsed.problem, parsed.remedy);
  return parsed.value;
}

/**
 * The place, the size in bytes and the digest of an input, as the field `source` of the JSON about the archive. The
 * digest is null when the input was not read to its end. The size is then null, too, for a pipe.
 */
export function sourceOf(input: Input, inspection: Inspection): ArchiveManifest['source'] {
  return {
    ...input.place,
    sequencer: null,
    size: inspection.upload?.size ?? input.size,
    digest: inspection.upload?.digest ?? null,
  };
}

/**
 * The exit code of a command that only inspects an archive: 0 for an archive without faults of severity `error`, 1 for
 * a readable archive with such a fault, and 3 for an input that is not an archive or is incomplete.
 */
export function inspectionCode(inspection: Inspection): number {
  const unreadable = !isReadToEnd(inspection) || inspection.kind === 'not-an-archive' || inspection.kind === 'empty';
  if (unreadable) return EXIT.badInput;
  return hasError(inspection.findings) ? EXIT.finding : EXIT.done;
}
