import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { Bilingual } from '../core/catalogue/bilingual.ts';
import { LadingError } from '../core/model/errors.ts';
import { NO_OPTIONS } from '../core/options/table.ts';
import { canaryKey } from '../core/service/canary.ts';
import { resultKeys } from '../core/service/keys.ts';
import type { Written } from '../s3/multipart.ts';
import { noResult, wrongResult } from './complaints.ts';
import { sentOptions } from './options.ts';
import { put } from './put.ts';
import type { Remote } from './remote.ts';
import { waitFor } from './wait.ts';

/**
 * The options of the trial upload, by which `lading doctor` checks the service. The archive has only one folder, so
 * Lading would not recognise it as a root file system: the option `rootfs` tells it.
 */
const OPTIONS = { ...NO_OPTIONS, name: ['lading-canary'], platform: 'linux/amd64', rootfs: true };

/**
 * Sends a tiny archive through the whole service, as a test. Then deletes the archive and its results again. The key of
 * the archive begins with `prefix` and ends with `suffix`. Null when the archive became an image; otherwise a sentence,
 * in English and Chinese, that says what is wrong, for example that there was no result after `timeoutMs` milliseconds.
 */
export async function tryOut(
  { prefix, suffix }: { prefix: string; suffix: string },
  timeoutMs: number,
  remote: Remote,
): Promise<Bilingual | null> {
  const { access, buckets } = remote;
  const key = canaryKey(randomUUID(), prefix, suffix);
  const description = { ContentType: 'application/x-tar', Metadata: sentOptions(OPTIONS).metadata };
  const written = await put(access, { bucket: buckets.uploads, key }, tinyArchive(), description);
  try {
    const awaited = { key, options: OPTIONS, written };
    const manifest = await waitFor(awaited, { timeoutMs, onState: async () => undefined }, remote);
    if (manifest.outcome === 'converted') return null;
    return wrongResult(key, { en: manifest.summary, zh: manifest.zh.summary });
  } catch (error) {
    if (!(error instanceof LadingError) || error.code !== 'deadline') throw error;
    return noResult(key, timeoutMs / 1000);
  } finally {
    await cleanUp(key, written, remote);
  }
}

/**
 * Deletes the trial upload of `lading doctor` and its results. Ignores errors, because the result of the trial must
 * still be reported.
 */
async function cleanUp(key: string, { versionId }: Written, { access, buckets }: Remote): Promise<void> {
  const version = versionId === null ? {} : { VersionId: versionId };
  const objects = [
    { Bucket: buckets.uploads, Key: key, ...version },
    ...Object.values(resultKeys(key)).map((Key) => ({ Bucket: buckets.results, Key })),
  ];
  for (const object of objects) await access.client.send(new DeleteObjectCommand(object)).catch(() => undefined);
}

const BLOCK = 512;

/** A tar archive that holds one empty folder, `bin/` (POSIX.1-2008, pax, "ustar Interchange Format"). */
function tinyArchive(): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  header.write('bin/', 0);
  for (const [text, at] of [
    ['0000755\0', 100],
    ['0000000\0', 108],
    ['0000000\0', 116],
    ['00000000000\0', 124],
    ['00000000000\0', 136],
    ['        ', 148],
    ['5', 156],
    ['ustar\u000000', 257],
  ] as const)
    header.write(text, at, 'latin1');
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, Buffer.alloc(2 * BLOCK)]);
}
