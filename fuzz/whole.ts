import assert from 'node:assert/strict';
import { convert } from '../core/convert/convert.ts';
import { stream } from '../core/convert/execute.ts';
import { inspect } from '../core/inspect/inspect.ts';
import { inspectQuickly } from '../core/inspect/quick.ts';
import { manifestOf } from '../core/manifest/manifest.ts';
import { type Inspection, isReadToEnd } from '../core/model/inspection.ts';
import type { Tools } from '../core/model/ports.ts';
import { parseOptions } from '../core/options/options.ts';
import { NO_OPTIONS } from '../core/options/table.ts';
import { nativeTools } from '../node/tools.ts';
import { chunked, collect } from '../test/support/bytes.ts';
import { sourceOf } from '../test/support/memory-store.ts';
import { plainTools } from '../test/support/tools.ts';
import { assertSoundManifest } from './answers.ts';
import { counting } from './counting.ts';

const native = nativeTools({ threads: false });

/**
 * The size in bytes up to which the fuzzer inspects a converted image archive. Of a larger one, it checks only the
 * size.
 */
const LARGEST_IMAGE = 2 ** 25;

/**
 * Inspects an upload in three ways: as a whole, in small chunks without native code, and by reading only ranges of it.
 * Throws when the results differ. Then converts the upload. Throws when the image archive has errors, or not the size
 * that was predicted. Returns the number of bytes that were read.
 */
export async function readEveryWay(upload: Uint8Array): Promise<number> {
  const { tools, read } = counting(native);
  const inspection = await inspect(sourceOf(upload).open(), tools);
  const inChunks = await inspect(chunked(upload, 700, 3, 1024), plainTools);
  assert.deepEqual(comparable(inChunks), comparable(inspection));
  await assertQuickAgrees(upload, inspection);
  await assertConverts(upload, inspection, tools);
  return read();
}

/**
 * The part of an inspection (all that Lading says about an upload) that is the same for every decompressor and every
 * size of chunks. For damaged data, this is only the digest and the compression of the upload: the chunks decide how
 * many tar members are read before the damage is found.
 */
function comparable(inspection: Inspection): unknown {
  const { upload, content, compression, findings } = inspection;
  const isDamaged = findings.some(({ code, message }) => /damaged/.test(code + message));
  const isUnread = compression !== 'none' && content === null;
  return isDamaged || isUnread ? { upload, compression, isRead: content !== null } : inspection;
}

/**
 * Inspects an upload quickly, by reading only its headers. Throws an AssertionError when this reads more bytes than the
 * upload has. Also throws when it reaches the end of the archive, but has counted other tar members than the full
 * inspection `whole`.
 */
async function assertQuickAgrees(upload: Uint8Array, whole: Inspection): Promise<void> {
  const seen = await inspectQuickly(sourceOf(upload), upload.length, plainTools);
  assert.ok((seen.quick?.bytesRead ?? 0) <= upload.length, `${seen.quick?.bytesRead} bytes were read`);
  if (seen.quick?.toEnd !== true || !isReadToEnd(whole) || whole.inside !== null) return;
  const facts = ({ members, fileBytes, newestMtime }: Inspection) => ({ members, fileBytes, newestMtime });
  assert.deepEqual(facts(seen), facts(whole));
}

async function assertConverts(upload: Uint8Array, inspection: Inspection, tools: Tools): Promise<void> {
  const request = parseOptions({ ...NO_OPTIONS, name: ['fuzz/image:1'] }, 'upload.tar');
  assert.ok(request.ok);
  const converted = await convert(inspection, request.value, tools, { always: true });
  const manifest = manifestOf({
    source: { bucket: null, key: 'upload.tar', versionId: null, etag: null, sequencer: null, size: null, digest: null },
    inspection,
    converted,
    result: { key: 'image.tar', uri: 'image.tar' },
    cost: { bytesRead: 0, bytesSent: 0, seconds: 0 },
    version: '0',
  });
  assertSoundManifest(manifest);
  if (converted.kind === 'not-converted') {
    // A readable archive without an image or a root file system is refused without an error finding.
    const isOther = inspection.kind === 'plain' || inspection.kind === 'rootfs/minimal';
    const reasons = manifest.findings.filter(({ severity }) => isOther || severity === 'error');
    return assert.ok(reasons.length > 0, `a refusal without a reason: ${inspection.kind}`);
  }
  assert.equal(manifest.outcome, 'converted');
  const { plan } = converted.conversion;
  if (plan.size <= LARGEST_IMAGE) return assertLoads(await collect(stream(plan, sourceOf(upload), tools)), plan.size);
  let size = 0;
  for await (const chunk of stream(plan, sourceOf(upload), tools)) size += chunk.length;
  assert.equal(size, plan.size);
}

/** Throws an AssertionError when an image archive does not have `size` bytes, or when Lading finds an error in it. */
async function assertLoads(image: Uint8Array, size: number): Promise<void> {
  assert.equal(image.length, size);
  const { findings } = await inspect(sourceOf(image).open(), native);
  assert.deepEqual(
    findings.filter((each) => each.severity === 'error').map((each) => each.message),
    [],
  );
}
