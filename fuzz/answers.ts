import assert from 'node:assert/strict';
import { lookFor } from '../cli/look.ts';
import { nextLines } from '../cli/next.ts';
import { conversionPage } from '../cli/print/conversion.ts';
import { inspectionPage } from '../cli/print/print.ts';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { LadingError } from '../core/model/errors.ts';
import { completionOf } from '../core/service/completion.ts';
import { assertCompletionEvent, assertManifest } from '../test/support/manifest-schema.ts';

/** The inputs of a fuzzer are small, and so must be what is said about them: characters of JSON. */
const LARGEST_ANSWER = 1_000_000;

/** Fails when there is too much of an answer. */
export function assertShort(answer: unknown): void {
  const { length } = JSON.stringify(answer);
  assert.ok(length < LARGEST_ANSWER, `an answer of ${length} characters`);
}

/** Fails when an archive manifest, or what is made of it for people and pipelines, is not what is promised. */
export function assertSoundManifest(manifest: ArchiveManifest): void {
  assertShort(manifest);
  assertManifest(JSON.parse(JSON.stringify(manifest)));
  // The service tells of its own manifests only, and those name a job.
  const completion: object = JSON.parse(JSON.stringify(completionOf({ job: '0'.repeat(64), ...manifest })));
  assertCompletionEvent({ ...completion, resultsBucket: 'results' });
  for (const language of ['en', 'zh'] as const) {
    const look = lookFor({}, language, {});
    assertPrintable(inspectionPage(manifest, nextLines(manifest), look));
    assertPrintable(conversionPage(manifest, nextLines(manifest), look));
  }
}

/** Fails when a page holds what speaks to a terminal: controls but for the ends of lines, and what turns or hides text. */
export function assertPrintable(page: string): void {
  const found = /[^\P{Cc}\n]|[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u.exec(page);
  if (found === null) return;
  const around = JSON.stringify(page.slice(Math.max(0, found.index - 40), found.index + 40));
  assert.fail(`U+${found[0].codePointAt(0)?.toString(16)} in a page: ${around}`);
}

/** What a piece of work comes to; null when it ends in an error of ours, the only kind that may be thrown. */
export async function unlessRefused<T>(work: () => Promise<T> | T): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LadingError) return null;
    throw error;
  }
}
