import { basename } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { CATALOGUE } from '../core/catalogue/catalogue.ts';
import type { Entry } from '../core/catalogue/entry.ts';
import type { FindingCode } from '../core/catalogue/findings.ts';
import { convert as planOf } from '../core/convert/convert.ts';
import { stream } from '../core/convert/execute.ts';
import { withNewLayers } from '../core/convert/new-layers.ts';
import { inspect as inspectBytes } from '../core/inspect/inspect.ts';
import { inspectQuickly } from '../core/inspect/quick.ts';
import { type ArchiveManifest, manifestOf } from '../core/manifest/manifest.ts';
import type { LayerCompression } from '../core/model/conversion-request.ts';
import type { Converted } from '../core/model/converted.ts';
import type { Inspection } from '../core/model/inspection.ts';
import type { Plan } from '../core/model/plan.ts';
import type { Tools } from '../core/model/ports.ts';
import { unchanged } from '../node/files.ts';
import { nativeTools } from '../node/tools.ts';
import { type Archive, type ArchiveSource, openArchive } from './archive.ts';
import { type ConversionOptions, READ_OPTIONS, type ReadOptions, refuseUnknown, requestOf } from './options.ts';
import { abandon, type ImageTarget, refuseBadTarget, targetName, writeTo } from './target.ts';

export type { Entry } from '../core/catalogue/entry.ts';
export type { Finding, FindingCode } from '../core/catalogue/findings.ts';
export type { ArchiveManifest } from '../core/manifest/manifest.ts';
export { type ErrorCode, LadingError } from '../core/model/errors.ts';
export type { Plan, PlanPart } from '../core/model/plan.ts';
export type { ArchiveSource } from './archive.ts';
export { type ConversionOptions, OptionError, type ReadOptions } from './options.ts';
export type { ImageTarget } from './target.ts';

/**
 * Everything that Lading can report about an archive (its findings), by code: the severity, the usual cause, and the
 * sentence and the advice in English and Chinese.
 */
export const FINDINGS: Readonly<Record<FindingCode, Entry>> = CATALOGUE;

/**
 * The options of the function `inspect`: those of all calls that read an archive, and `quick`, which has it read only a
 * few parts of the archive.
 */
export interface InspectOptions extends ReadOptions {
  /**
   * True to read only the tar headers and JSON documents of an image archive that is not compressed, and check no
   * contents. A stream cannot be read in this way: a TypeError is thrown.
   */
  quick?: boolean | undefined;
}

/**
 * The result of the function `plan`. Its field `plan` lists the parts of which the image archive would be made; null
 * when the archive is refused. `manifest` is the JSON that says what was found in the archive.
 */
export interface Planned {
  plan: Plan | null;
  manifest: ArchiveManifest;
}

/**
 * Inspects an archive, as `lading inspect --json` does. Returns the archive manifest, which says what the archive is
 * and whether it is sound. Faults of the archive are findings in the manifest. Throws when the archive cannot be read,
 * and an `OptionError` for an unknown option.
 */
export async function inspect(source: ArchiveSource, options: InspectOptions = {}): Promise<ArchiveManifest> {
  refuseUnknown(options, [...READ_OPTIONS, 'quick']);
  return await reading(source, false, options, async (call) => {
    const inspection = options.quick === true ? await quickly(call) : await wholly(call, options);
    return manifest(call, inspection, null, null);
  });
}

/**
 * Plans the conversion of the archive of a container (as `docker export` writes it) or of images into an image archive,
 * and writes nothing. Returns the list of its parts, such as new bytes or a range of the archive, and a manifest, which
 * says what was found. The list is null when the archive is refused. Throws an `OptionError` for a bad option.
 */
export async function plan(source: ArchiveSource, options: ConversionOptions = {}): Promise<Planned> {
  const isTwice =
    options.mend === true || options.flatten === true || options.squash !== undefined || options.as === 'rootfs';
  return await reading(source, isTwice, options, async (call) => {
    const { inspection, converted } = await planned(call, options);
    return {
      plan: converted.kind === 'converted' ? converted.conversion.plan : null,
      manifest: manifest(call, inspection, converted, null),
    };
  });
}

/**
 * Converts the archive of a container (as `docker export` writes it) or of images into an image archive that `docker
 * load` accepts, and writes it to `target`. Returns the manifest, which says what was found and written. If the archive
 * is refused, `result` in the manifest is null and no file is written; a target stream is aborted. Throws an
 * `OptionError` for a bad option, and when `target` is the file that `source` is read from. Throws a `LadingError` with
 * the code `output-failed` when the file cannot be written.
 */
export async function convert(
  source: ArchiveSource,
  target: ImageTarget,
  options: ConversionOptions = {},
): Promise<ArchiveManifest> {
  try {
    await refuseBadTarget(source, target);
    return await reading(source, true, options, async (call) => {
      const { inspection, converted } = await planned(call, options);
      if (converted.kind === 'not-converted') {
        const refused = manifest(call, inspection, converted, null);
        await abandon(target, new Error(refused.summary));
        return refused;
      }
      const bytes = stream(converted.conversion.plan, call.archive.again, call.tools);
      await writeTo(target, unchanged(bytes, call.archive), options.signal);
      return manifest(call, inspection, converted, targetName(target));
    });
  } catch (error) {
    await abandon(target, error);
    throw error;
  }
}

/**
 * A call of the library that is running: the archive that it has opened, and the time when it began, in milliseconds on
 * the clock `performance.now`.
 */
interface Call {
  archive: Archive;
  /** The name of the archive's file, without folders; null when it is not known. */
  fileName: string | null;
  tools: Tools;
  started: number;
  /** The number of times that the whole archive was read so far. */
  passes: number;
  /** The number of bytes of the archive that were read in addition to the `passes` over the whole archive. */
  bytesBesides: number;
}

async function reading<T>(
  source: ArchiveSource,
  twice: boolean,
  { fileName, signal }: ReadOptions,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const archive = await openArchive(source, twice, signal);
  const tools = nativeTools(signal === undefined ? {} : { signal });
  try {
    const name = fileName ?? archive.name;
    const baseName = name === null ? null : basename(name);
    return await work({ archive, fileName: baseName, tools, started, passes: 1, bytesBesides: 0 });
  } finally {
    tools.close();
    await archive.close();
  }
}

async function wholly(
  { archive, fileName, tools }: Call,
  { onProgress }: ReadOptions,
  compress: LayerCompression | null = null,
): Promise<Inspection> {
  const inspection = await inspectBytes(archive.read(), tools, {
    compress,
    name: fileName ?? undefined,
    ...(onProgress !== undefined && { onProgress }),
  });
  await archive.assertUnchanged();
  return inspection;
}

async function quickly({ archive, tools }: Call): Promise<Inspection> {
  if (archive.size === null)
    throw new TypeError(
      'Cannot look quickly at a stream, which can only be read from its beginning: pass a file or a blob.',
    );
  const inspection = await inspectQuickly(archive.again, archive.size, tools);
  await archive.assertUnchanged();
  return inspection;
}

async function planned(
  call: Call,
  options: ConversionOptions,
): Promise<{ inspection: Inspection; converted: Converted }> {
  const request = requestOf(options, call.fileName);
  const { archive, tools } = call;
  const seen = await wholly(call, options, request.compress);
  const { inspection, passes, bytesRead } = await withNewLayers(seen, request, archive.again, tools);
  call.passes += passes;
  call.bytesBesides += bytesRead;
  return { inspection, converted: await planOf(inspection, request, tools, { always: true }) };
}

function manifest(
  { archive, fileName, started, passes, bytesBesides }: Call,
  inspection: Inspection,
  converted: Converted | null,
  target: string | null,
): ArchiveManifest {
  const { size } = inspection.upload ?? archive;
  const place = { bucket: null, key: archive.name ?? fileName ?? '-', versionId: null, etag: null, sequencer: null };
  const isWritten = target !== null && converted?.kind === 'converted';
  const whole = (size ?? 0) * (passes + (isWritten ? 1 : 0)) + bytesBesides;
  const { bytesRead = whole, requests } = inspection.quick ?? {};
  const cost = {
    bytesRead,
    bytesSent: isWritten ? converted.conversion.plan.size : 0,
    ...(requests !== undefined && { requests }),
    seconds: (performance.now() - started) / 1000,
  };
  return manifestOf({
    source: { ...place, size, digest: inspection.upload?.digest ?? null },
    inspection,
    converted,
    result: target === null ? null : { key: target, uri: target },
    cost,
    version: packageJson.version,
  });
}
