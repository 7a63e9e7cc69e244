import assert from 'node:assert/strict';
import { nextLines } from '../core/page/next-steps.ts';
import { styleFor } from '../cli/page-style.ts';
import { conversionPage } from '../cli/print/conversion.ts';
import { inspectionPage } from '../cli/print/print.ts';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { LadingError } from '../core/model/errors.ts';
import { completionOf } from '../core/service/completion.ts';
import { assertCompletionEvent, assertManifest } from '../test/support/manifest-schema.ts';

/**
 * The number of characters below which the JSON that Lading returns for one input of the fuzzer must stay. The inputs
 * are small, so the JSON must be small, too.
 */
const LARGEST_ANSWER = 1_000_000;

/** Throws an AssertionError when Lading's answer to a fuzzer's input has a million characters or more as JSON. */
export function assertShort(answer: unknown): void {
  const { length } = JSON.stringify(answer);
  assert.ok(length < LARGEST_ANSWER, `an answer of ${length} characters`);
}

/**
 * Checks an archive manifest, the JSON that says what became of an archive. Throws an AssertionError when the manifest
 * is too long, or when it or the service's event about it breaks its schema. Also throws one when text that is printed
 * about the archive may harm a terminal.
 */
export function assertSoundManifest(manifest: ArchiveManifest): void {
  assertShort(manifest);
  assertManifest(JSON.parse(JSON.stringify(manifest)));
  // The service announces only its own manifests, and those name a job.
  const completion: object = JSON.parse(JSON.stringify(completionOf({ job: '0'.repeat(64), ...manifest })));
  assertCompletionEvent({ ...completion, resultsBucket: 'results' });
  for (const language of ['en', 'zh'] as const) {
    const style = styleFor({}, language, {});
    assertPrintable(inspectionPage(manifest, nextLines(manifest), style));
    assertPrintable(conversionPage(manifest, nextLines(manifest), style));
  }
}

/**
 * Throws an AssertionError when a printed text has control characters other than line feeds, or characters that reorder
 * or hide text.
 */
export function assertPrintable(page: string): void {
  const found = /[^\P{Cc}\n]|[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u.exec(page);
  if (found === null) return;
  const around = JSON.stringify(page.slice(Math.max(0, found.index - 40), found.index + 40));
  assert.fail(`U+${found[0].codePointAt(0)?.toString(16)} in a page: ${around}`);
}

/**
 * Returns the result of `work`; null when `work` throws a LadingError, by which Lading refuses an input. Other errors
 * are thrown on.
 */
export async function unlessRefused<T>(work: () => Promise<T> | T): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LadingError) return null;
    throw error;
  }
}
