import type { Contents } from '../../core/contents/facts.ts';
import { convert } from '../../core/convert/convert.ts';
import { stream } from '../../core/convert/execute.ts';
import { foreseenOffset, PACKED } from '../../core/convert/layer-offset.ts';
import type { Renewed } from '../../core/convert/new-layers.ts';
import { type ArchiveManifest, manifestOf } from '../../core/manifest/manifest.ts';
import type { ConversionRequest } from '../../core/model/conversion-request.ts';
import type { Conversion } from '../../core/model/converted.ts';
import { bytesToWrite, type Plan } from '../../core/model/plan.ts';
import type { Bytes, Tools } from '../../core/model/ports.ts';
import { unchanged } from '../../node/files.ts';
import { nativeTools } from '../../node/tools.ts';
import type { ConvertCommand } from '../args.ts';
import { EXIT } from '../exit.ts';
import { hashesOnThread } from '../hash-early.ts';
import { wantedContents } from '../contents.ts';
import { stops } from '../gate.ts';
import { type Foresee, ImageFile } from '../image-file.ts';
import type { Input } from '../input/input.ts';
import { openArchive } from '../input/pieces.ts';
import { inspectInput, requestOf, sourceOf } from '../inspect-input.ts';
import { renewed } from '../new-layers.ts';
import type { Io } from '../io.ts';
import { nextLines } from '../../core/page/next-steps.ts';
import { styleFor } from '../page-style.ts';
import { IMAGE, type Output, refuseBadOutputs, refuseTerminal, writeOutput } from '../outputs.ts';
import { conversionPage } from '../print/conversion.ts';
import { counting, progress } from '../print/progress.ts';
import { report } from '../report.ts';
import { VERSION } from '../version.ts';

/**
 * Runs `lading convert`: turns an archive into an image archive, writes that to a file or standard output, and prints a
 * description. Returns the exit code.
 */
export async function convertCommand(command: ConvertCommand, io: Io): Promise<number> {
  const started = io.now();
  refuseTerminal(command.output, IMAGE, 'docker load', io);
  await refuseBadOutputs(command, outputsOf(command));
  const request = await requestOf(command, command.file);
  let file: ImageFile | null = null;
  const input = await openArchive(command, async (head) => (await file?.keep(head)) ?? null, io);
  const tools = nativeTools({
    threads: hashesOnThread(command.file),
    sumsCrc32: command.json || command.manifest !== null,
    signal: io.signal,
  });
  try {
    if (command.output !== '-') file = await ImageFile.begin(command.output, foreseer(input, request, tools));
    const seen = await inspectInput(input, tools, command, io, {
      compress: request.compress,
      copy: file?.copy,
      copyPacked: file?.copyPacked,
    });
    const layers = await renewed(seen, request, input, tools, command, io, file);
    const { inspection } = layers;
    const outcome = await convert(inspection, request, tools, { always: true });
    const contents = await wantedContents(inspection, input, tools, command, io);
    const isStopped = stops(outcome.findings, contents, command.failOn);
    const conversion = outcome.kind === 'converted' && !isStopped ? outcome.conversion : null;
    const source = sourceOf(input, inspection);
    const written = conversion === null ? null : await writeImage(conversion, file, input, tools, command, io);
    const cost = {
      bytesRead: bytesRead(source.size ?? 0, layers, contents, written),
      bytesSent: conversion?.plan.size ?? 0,
      seconds: (io.now() - started) / 1000,
    };
    const manifest = manifestOf({
      source,
      // When --fail-on stops the conversion, the manifest is that of an inspection with all findings.
      inspection: { ...inspection, findings: outcome.findings },
      contents,
      converted: outcome.kind === 'converted' && isStopped ? null : outcome,
      result: conversion === null ? null : { key: command.output, uri: command.output },
      cost,
      version: VERSION,
    });
    await tell(manifest, outcome.kind === 'converted' && isStopped, command, io);
    if (outcome.kind !== 'converted') return EXIT.badInput;
    return isStopped ? EXIT.gate : EXIT.done;
  } finally {
    tools.close();
    await file?.discard();
    await input.close();
  }
}

/**
 * The estimated size of the layer that a conversion makes from the input, divided by the size of the input. There is
 * one factor for each form in which the layer is written to the image archive: unchanged (`range`), decompressed
 * (`recoded`) or compressed (`packed`). From the size follows at which offset of the image archive the layer begins. A
 * rough size will do, as long as its number of decimal digits is right.
 */
const GROWTH = { range: 1, recoded: 4, packed: PACKED }; // only the number of digits of the size matters
/**
 * The size in bytes that an archive from a pipe is assumed to have, because its size is not known before its end. The
 * size of the layer that is made from the archive is estimated from this number.
 */
const PIPE_BYTES = 5e8;

function foreseer({ size }: Input, request: ConversionRequest, tools: Tools): Foresee {
  return (head, form) => {
    const bytes = Math.ceil((size ?? PIPE_BYTES) * GROWTH[form]);
    return foreseenOffset(head, form, bytes, request, tools);
  };
}

function outputsOf({ output, manifest, html }: ConvertCommand): Output[] {
  return [
    ['-o', output],
    ['--manifest', manifest],
    ['--html', html],
  ];
}

/**
 * The number of bytes of the input archive that `lading convert` has read: to inspect it, to make new layers, to
 * describe the files inside, and to write the image archive. What is read twice counts twice. `size` is the size of the
 * archive as stored, in bytes. `layers` says how much was read to make new layers. `contents` is null when the files
 * inside were not described, and `written` is null when no image archive was written.
 */
function bytesRead(size: number, layers: Renewed, contents: Contents | null, written: Written | null): number {
  const whole = 1 + layers.passes + (contents === null ? 0 : 1) + (written?.isWhole === true ? 1 : 0);
  const rest = written === null || written.isWhole ? 0 : bytesToWrite(written.plan, size);
  return size * whole + layers.bytesRead + rest;
}

/**
 * What `writeImage` has written. `plan` lists the written parts of the image archive. If `isWhole` is true, these are
 * all parts. Otherwise one layer is missing from `plan`, because it was already in the output file when `writeImage`
 * was called.
 */
interface Written {
  plan: Plan;
  isWhole: boolean;
}

/**
 * Writes the image archive to `file` or, if `file` is null, to the path or the standard output that `-o` names. Returns
 * what this function has written: all parts of the image archive, or all except a layer that was already in the output
 * file when this function was called.
 */
async function writeImage(
  { plan }: Conversion,
  file: ImageFile | null,
  input: Input,
  tools: Tools,
  command: ConvertCommand,
  io: Io,
): Promise<Written> {
  // The layer may have been written while the archive was inspected, or while its checksums were computed.
  const missing = file?.missing(plan) ?? plan;
  const bar = progress('Writing the image', missing.size, command.progress, io);
  const counted = counting(bar);
  const bytesOf = (part: Plan): Bytes => counted(stream(part, input.again, tools));
  try {
    if (file === null) await writeOutput(command.output, unchanged(bytesOf(plan), input), io);
    else {
      await file.write(plan, bytesOf);
      await input.assertUnchanged();
      await file.commit(plan.size);
    }
    return { plan: missing, isWhole: missing === plan };
  } finally {
    bar.end();
  }
}

/**
 * Prints what a conversion has done, as text or as JSON (`manifest`), and writes the JSON to the file of `--manifest`.
 * The text goes to standard error when the image archive is on standard output, and when no image archive was written.
 * `isGated` is true when `--fail-on` is the reason why no image archive was written.
 */
async function tell(manifest: ArchiveManifest, isGated: boolean, command: ConvertCommand, io: Io): Promise<void> {
  const refused = manifest.result === null;
  const to = refused || command.json || command.output === '-' ? io.stderr : io.stdout;
  const style = styleFor(to, command.language, io.env);
  const silent = refused ? command.json : command.json || command.quiet;
  const text = silent ? '' : conversionPage(manifest, nextLines(manifest), style, isGated);
  await report(manifest, { text, archive: refused ? null : command.output, to, style }, command, io);
}
