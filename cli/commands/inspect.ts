import type { Finding } from '../../core/catalogue/findings.ts';
import { type ArchiveManifest, manifestOf } from '../../core/manifest/manifest.ts';
import { nativeTools } from '../../node/tools.ts';
import type { InspectCommand } from '../args.ts';
import { EXIT } from '../exit.ts';
import { hashesOnThread } from '../hash-early.ts';
import { wantedContents } from '../contents.ts';
import { stops } from '../gate.ts';
import { openArchive } from '../input/pieces.ts';
import { inspectInput, inspectInputQuickly, sourceOf, inspectionCode } from '../inspect-input.ts';
import { type Io, write } from '../io.ts';
import { nextLines } from '../../core/page/next-steps.ts';
import { refuseBadOutputs } from '../outputs.ts';
import { type PageStyle, styleFor } from '../page-style.ts';
import { findingsList } from '../print/findings.ts';
import { inspectionPage } from '../print/print.ts';
import { report, reportFailure } from '../report.ts';
import { VERSION } from '../version.ts';

/**
 * Runs `lading inspect`: prints a description of an archive, with `--json` as a JSON document. Returns the exit code.
 */
export async function inspectCommand(command: InspectCommand, io: Io): Promise<number> {
  const started = io.now();
  await refuseBadOutputs(command, [
    ['--manifest', command.manifest],
    ['--html', command.html],
  ]);
  const input = await openArchive(command, command.contents ? 'again' : 'once', io);
  const tools = nativeTools({
    threads: hashesOnThread(command.file),
    sumsCrc32: command.json || command.manifest !== null,
    signal: io.signal,
  });
  try {
    const inspection = command.quick
      ? await inspectInputQuickly(input, tools)
      : await inspectInput(input, tools, command, io);
    if (inspection.findings.some((each) => each.code === 'not-quick'))
      return await refuse(inspection.findings, command, io);
    const contents = await wantedContents(inspection, input, tools, command, io);
    const source = sourceOf(input, inspection);
    const { bytesRead = (source.size ?? 0) * (contents === null ? 1 : 2), requests } = inspection.quick ?? {};
    const seconds = (io.now() - started) / 1000;
    const cost = { bytesRead, bytesSent: 0, ...(requests === undefined ? {} : { requests }), seconds };
    const manifest = manifestOf({
      source,
      inspection,
      contents,
      converted: null,
      result: null,
      cost,
      version: VERSION,
    });
    await tell(manifest, command, io);
    const code = inspectionCode(inspection);
    return code === EXIT.done && stops(manifest.findings, contents, command.failOn) ? EXIT.gate : code;
  } finally {
    tools.close();
    await input.close();
  }
}

/**
 * Prints `findings`, which say why `lading inspect --quick` cannot describe the archive without reading all of it.
 * Prints them to standard error, with `--format github` as an annotation. Returns exit code 3.
 */
async function refuse(findings: Finding[], command: InspectCommand, io: Io): Promise<number> {
  const text = findingsList(findings, styleFor(io.stderr, command.language, io.env));
  if (command.github) await reportFailure(text, io);
  else await write(io.stderr, text, io.signal);
  return EXIT.badInput;
}

/**
 * Prints what an inspection has found: a description, with `--quiet` only the errors, or with `--json` a JSON document
 * (`manifest`). Also writes the files of the flags `--manifest` and `--html`, and with `--format github` the
 * annotations and the job summary.
 */
async function tell(manifest: ArchiveManifest, command: InspectCommand, io: Io): Promise<void> {
  const to = command.json || command.quiet ? io.stderr : io.stdout;
  const style = styleFor(to, command.language, io.env);
  const text = command.json
    ? ''
    : command.quiet
      ? errorsOnly(manifest, style)
      : inspectionPage(manifest, nextLines(manifest), style);
  await report(manifest, { text, archive: null, to, style }, command, io);
}

function errorsOnly(manifest: ArchiveManifest, style: PageStyle): string {
  const errors = manifest.findings.filter((each) => each.severity === 'error');
  return findingsList(errors, style);
}
