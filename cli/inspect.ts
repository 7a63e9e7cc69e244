import { manifestOf } from '../lambda/core/manifest.ts';
import type { ArchiveManifest } from '../lambda/core/manifest.ts';
import { nativeTools } from '../lambda/shell/tools.ts';
import type { InspectCommand } from './args.ts';
import { write } from './io.ts';
import type { Io } from './io.ts';
import { type Look, lookFor } from './look.ts';
import { nextLines } from './next.ts';
import { findingsList } from './print-findings.ts';
import { inspectionPage } from './print.ts';
import { openInput } from './source.ts';
import { safeJson } from './text.ts';
import { VERSION } from './version.ts';
import { inspectInput, sourceOf, verdict } from './work.ts';

/** `lading inspect`: the page, or with `--json` the archive manifest, on standard output. */
export async function inspectCommand(command: InspectCommand, io: Io): Promise<number> {
  const started = io.now();
  const input = await openInput(command.file, 'once', io);
  const tools = nativeTools();
  try {
    const inspection = await inspectInput(input, tools, command, io);
    const source = sourceOf(input, inspection);
    const cost = { bytesRead: source.size ?? 0, bytesSent: 0, seconds: (io.now() - started) / 1000 };
    const manifest = manifestOf({ source, inspection, converted: null, result: null, cost, version: VERSION });
    if (command.json) await write(io.stdout, safeJson(manifest), io.signal);
    else if (command.quiet)
      await write(io.stderr, errorsOnly(manifest, lookFor(io.stderr, command.language, io.env)), io.signal);
    else {
      const look = lookFor(io.stdout, command.language, io.env);
      await write(io.stdout, inspectionPage(manifest, nextLines(manifest), look), io.signal);
    }
    return verdict(inspection);
  } finally {
    tools.close();
    await input.close();
  }
}

function errorsOnly(manifest: ArchiveManifest, look: Look): string {
  const errors = manifest.findings.filter((each) => each.severity === 'error');
  return findingsList(errors, look);
}
