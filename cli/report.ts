import { appendFile } from 'node:fs/promises';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { once, writeWhole } from '../node/files.ts';
import { asFile } from './exit.ts';
import { exceeded } from './figures.ts';
import { type FailOn, stopping } from './gate.ts';
import { annotation, annotations, inert } from './github/commands.ts';
import { outputs } from './github/outputs.ts';
import { failureSummary, summary } from './github/summary.ts';
import { type Io, write } from './io.ts';
import type { PageStyle } from './page-style.ts';
import { safeJson } from './print/text.ts';
import type { Reporting } from './reporting.ts';

/**
 * A text about an archive that is to be printed, and the stream and style for it. `archive` is the path of the image
 * archive; null when none was written.
 */
interface Page {
  text: string;
  archive: string | null;
  /** The `s3://` address of the HTML report that Lading's service has written; absent or null when there is none. */
  report?: string | null;
  to: Io['stdout'];
  style: PageStyle;
}

/**
 * Prints what was found about an archive: as text or, with `--json`, as a JSON document. Then does what other flags ask
 * for: writes the JSON to a file, writes the HTML report, and for GitHub Actions the annotations, the job summary and
 * the outputs of the step.
 */
export async function report(
  manifest: ArchiveManifest,
  { text, archive, report: written = null, to, style }: Page,
  { github, failOn, json, manifest: file, html }: Reporting & { json: boolean },
  io: Io,
): Promise<void> {
  const document = json || file !== null ? safeJson(manifest) : '';
  if (json) await write(io.stdout, document, io.signal);
  if (file !== null) await asFile(file, writeWhole(file, once(Buffer.from(document)), io.signal));
  if (html !== null) await (await import('./html-report.ts')).writeReport(html, manifest, io);
  const place = html ?? written;
  const gate = gateLine(manifest, failOn, style);
  const page = [text, gate].filter((each) => each !== '').join('\n');
  if (!github) return await write(to, page, io.signal);
  await write(to, inert(page) + annotations(manifest.findings, style), io.signal);
  await append('GITHUB_STEP_SUMMARY', summary(manifest, { gate: gate.trim(), report: place }, style), io);
  await append('GITHUB_OUTPUT', outputs(manifest, { archive, manifest: file, report: place }), io);
}

/**
 * Reports to GitHub Actions, by an annotation and a job summary, that a command ended with an error instead of a
 * result.
 */
export async function reportFailure(sentences: string, io: Io): Promise<void> {
  const line = sentences.trim().replaceAll('\n', ' ');
  await write(io.stderr, annotation('error', 'failed', line));
  await append('GITHUB_STEP_SUMMARY', failureSummary(line), io);
}

function gateLine({ findings, contents }: ArchiveManifest, failOn: FailOn, { words, language }: PageStyle): string {
  const codes = new Set<string>(stopping(findings, failOn).map((each) => each.code));
  const figures = exceeded(contents ?? null, failOn.figures).map((each) => each[language]);
  const reasons = [...codes, ...figures];
  return reasons.length === 0 ? '' : `${words.stopped(reasons)}\n`;
}

/**
 * Appends a text to the file whose path an environment variable of GitHub's runner has. Does nothing if the variable is
 * not set. Throws a FileError when the file cannot be written.
 */
async function append(variable: string, text: string, { env }: Io): Promise<void> {
  const file = env[variable] ?? '';
  if (file !== '') await asFile(file, appendFile(file, text));
}
