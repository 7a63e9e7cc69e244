import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { LadingError } from '../../core/model/errors.ts';
import type { UploadIdentity } from '../../core/service/stores.ts';
import { around, over, sample } from '../contract/store-kit.ts';
import { standInHarness } from '../support/s3-harness.ts';
import type { Disturbance } from '../support/s3-standin.ts';

const MIB = 2 ** 20;
const KEY = 'r/image.tar';

describe('an image archive in a store that supports less of S3, or gives wrong answers', () => {
  let store: Awaited<ReturnType<typeof standInHarness>>;
  beforeEach(async () => {
    store = await standInHarness(false);
  });
  afterEach(async () => {
    await store.close();
  });

  const put = async (bytes: Uint8Array): Promise<UploadIdentity> => {
    await store.upload('k', bytes);
    const found = await store.uploads.find({
      bucket: 'uploads',
      key: 'k',
      versionId: null,
      etag: null,
      sequencer: null,
    });
    return found?.identity ?? assert.fail();
  };

  /** Stores an image archive of some size with its CRC-32; returns the bytes sent, after checking the stored object. */
  const stored = async (size: number, begun: number[] = []): Promise<{ bytesSent: number; size: number }> => {
    const bytes = sample(size);
    const { made, expected } = around(bytes);
    const commit = { ...over(store.results, KEY), onProgress: (now: number) => void begun.push(now) };
    const done = await store.results.assemble(KEY, made, await put(bytes), commit);
    store.standIn.disturb = () => undefined;
    assert.ok(expected.equals(store.standIn.model.get('results', KEY).bytes));
    assert.deepEqual(await store.unfinished(), []);
    return { bytesSent: done?.bytesSent ?? assert.fail(), size: made.size };
  };
  const refuse = (operation: string, answer: Disturbance): void => {
    store.standIn.disturb = (request) => (request.operation === operation ? answer : undefined);
  };

  for (const answer of [
    { status: 501, code: 'NotImplemented' },
    { status: 405, code: 'MethodNotAllowed' },
  ]) {
    test(`is sent whole, in parts that fit into memory, when the store answers ${answer.status} to a copied part`, async () => {
      refuse('UploadPartCopy', answer);
      const begun: number[] = [];
      const { bytesSent, size } = await stored(40 * MIB, begun);
      assert.equal(bytesSent, size);
      const sent = store.standIn.requests.filter(({ operation }) => operation === 'UploadPart');
      assert.ok(Math.max(...sent.map(({ bytes }) => bytes)) <= 8 * MIB + 3000);
      // The watch over the time must see that the work began anew.
      assert.ok(begun.some((now, index) => now < (begun[index - 1] ?? 0)) && begun.at(-1) === size);
    });
  }

  test('is sent whole when the store gives the checksum of the whole upload for a copied range', async () => {
    store.standIn.model.mistakesCopies = true;
    const { bytesSent, size } = await stored(20 * MIB);
    assert.equal(bytesSent, size);
  });

  test('is still copied by S3 when the store cannot list or abort multipart uploads', async () => {
    for (const operation of ['ListMultipartUploads', 'AbortMultipartUpload']) {
      refuse(operation, { status: 501, code: 'NotImplemented' });
      assert.ok((await stored(20 * MIB)).bytesSent < 12 * MIB);
    }
  });

  test('does not appear, and the failure is named, when the store supports no multipart uploads or no conditions', async () => {
    for (const operation of ['CreateMultipartUpload', 'CompleteMultipartUpload', 'UploadPart']) {
      refuse(operation, { status: 501, code: 'NotImplemented' });
      await assert.rejects(stored(20 * MIB), (error) => {
        return error instanceof LadingError && error.code === 'output-failed' && /NotImplemented/.test(error.message);
      });
      assert.equal(await store.results.stat(KEY), null);
    }
  });
});
