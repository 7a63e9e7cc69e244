import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { plan } from '../../core/model/plan.ts';
import type { UploadIdentity, UploadNotice, UploadPiece } from '../../core/service/stores.ts';
import { conditionalTests } from './conditional-suite.ts';
import { around, breaks, collect, ODD_KEYS, over, putOver, sample, type StoreHarness } from './store-kit.ts';

const MIB = 2 ** 20;

const NOTHING = new Uint8Array();

/** Tests of what every store promises, whatever it keeps its bytes in. */
export function storeSuite(
  name: string,
  open: () => Promise<StoreHarness>,
  {
    skip = false,
    keys: oddKeys = ODD_KEYS,
    conditions = {},
  }: {
    /** The reason why the suite is skipped. */
    skip?: string | false;
    /** The keys to use instead of `ODD_KEYS`, for an engine that fails on some of them. */
    keys?: string[];
    /** The conditional writes that the store does not support. */
    conditions?: Parameters<typeof conditionalTests>[2];
  } = {},
): void {
  describe(name, { skip }, () => {
    let store: StoreHarness;
    before(async () => {
      store = await open();
    });
    after(async () => {
      await store.close();
    });

    const notice = (key: string, etag: string | null = null): UploadNotice => {
      return { bucket: store.bucket, key, versionId: null, etag, sequencer: '0A' };
    };
    const put = async (key: string, bytes: Uint8Array): Promise<UploadIdentity> => {
      await store.upload(key, bytes);
      const found = await store.uploads.find(notice(key));
      assert.ok(found !== null);
      return found.identity;
    };

    test('an upload that does not exist is not found', async () => {
      assert.equal(await store.uploads.find(notice('nothing/here.tar')), null);
    });

    test('an upload is found with its size, and again by its ETag', async () => {
      const identity = await put('found.tar', sample(1234));
      assert.partialDeepStrictEqual(identity, { bucket: store.bucket, key: 'found.tar', size: 1234, sequencer: '0A' });
      assert.deepEqual((await store.uploads.find(notice('found.tar', identity.etag)))?.identity, identity);
    });

    test('an upload that another one has replaced is not found by the old ETag', async () => {
      const { etag } = await put('replaced.tar', sample(10));
      await put('replaced.tar', sample(11));
      assert.equal(await store.uploads.find(notice('replaced.tar', etag)), null);
    });

    test('any range of an upload can be read, also twice, and also an empty one', async () => {
      const bytes = sample(40 * MIB + 3);
      const source = store.uploads.source(await put('ranges.tar', bytes));
      const ranges = [
        [],
        [0, 1],
        [5, 5],
        [8 * MIB - 1, 8 * MIB + 1],
        [MIB, 39 * MIB],
        [bytes.length - 1],
        [bytes.length],
      ];
      for (const [start, end] of [...ranges, ...ranges]) {
        assert.ok((await collect(source.open(start, end))).equals(bytes.subarray(start, end)), `${start} to ${end}`);
      }
    });

    test('a reader may stop early', async () => {
      const source = store.uploads.source(await put('stopped.tar', sample(20 * MIB)));
      for await (const chunk of source.open()) {
        assert.ok(chunk.length > 0);
        break;
      }
    });

    test('reading an upload that was replaced or deleted fails with the reason that it has changed', async () => {
      for (const spoil of [() => store.upload('spoilt.tar', sample(100, 2)), () => store.remove('spoilt.tar')]) {
        const source = store.uploads.source(await put('spoilt.tar', sample(100)));
        await spoil();
        await assert.rejects(collect(source.open()), breaks('source-changed'));
      }
    });

    test('a small object is read whole, is null when absent, and is refused when it is too large', async () => {
      await store.upload('options.json', Buffer.from('{}'));
      assert.equal(Buffer.from((await store.uploads.small(store.bucket, 'options.json', 2)) ?? []).toString(), '{}');
      assert.equal(await store.uploads.small(store.bucket, 'absent.json', 2), null);
      await assert.rejects(store.uploads.small(store.bucket, 'options.json', 1), breaks('too-large'));
    });

    const result = async (key: string): Promise<string | null> => {
      const found = await store.results.get(key);
      return found && Buffer.from(found.bytes).toString();
    };

    test('a result is null before it is put, and then is what was put last', async () => {
      assert.equal(await result('r/manifest.json'), null);
      for (const text of ['{"a":1}', '{}']) {
        await putOver(store.results, 'r/manifest.json', Buffer.from(text));
        assert.equal(await result('r/manifest.json'), text);
      }
    });

    conditionalTests(() => store, put, conditions);

    test('keys are taken literally, without decoding or resolving', async () => {
      for (const key of oddKeys) {
        const bytes = sample(11 * MIB, key.length);
        const { made, expected } = around(bytes);
        const image = `${key}/image.tar`;
        await store.results.assemble(image, made, await put(key, bytes), over(store.results, image));
        assert.ok(expected.equals((await store.results.get(`${key}/image.tar`))?.bytes ?? NOTHING), key);
      }
      const keys = await store.resultKeys();
      for (const key of oddKeys) assert.ok(keys.includes(`${key}/image.tar`), key);
    });

    test('an image archive is stored byte for byte, for uploads of every size', async () => {
      for (const size of [0, 1, 5 * MIB, 5 * MIB + 1, 10 * MIB - 4500, 10 * MIB - 4499, 10 * MIB + 1, 15 * MIB]) {
        const bytes = sample(size);
        const { made, expected } = around(bytes);
        const commit = over(store.results, 'a/image.tar');
        const stored = await store.results.assemble('a/image.tar', made, await put('a', bytes), commit);
        assert.ok(expected.equals((await store.results.get('a/image.tar'))?.bytes ?? NOTHING), `${size} bytes`);
        assert.ok(stored !== null && stored.bytesSent > 0 && stored.bytesSent <= made.size);
      }
    });

    const split = async (key: string, pieces: Uint8Array[]): Promise<UploadIdentity> => {
      const found: UploadPiece[] = [];
      let last = await put(key, NOTHING);
      for (const [i, bytes] of pieces.entries()) {
        last = await put(`${key}.${i}`, bytes);
        const { versionId, etag, size } = last;
        found.push({ key: last.key, versionId, etag, size });
      }
      return { ...last, size: found.reduce((sum, { size }) => sum + size, 0), pieces: found };
    };

    test('a split upload is read and stored as its pieces together, whatever the sizes of the pieces', async () => {
      const cases = [
        [3, 0, 5],
        [5 * MIB, 5 * MIB, 1],
        [6 * MIB, 100, 5 * MIB + 1, 0, 12 * MIB, 7],
        [1, 13 * MIB, MIB, MIB, 2 * MIB, 6 * MIB],
      ];
      for (const sizes of cases) {
        const bytes = sample(sizes.reduce((sum, size) => sum + size, 0));
        let at = 0;
        const identity = await split(
          's.tar',
          sizes.map((size) => bytes.subarray(at, (at += size))),
        );
        const source = store.uploads.source(identity);
        assert.ok((await collect(source.open())).equals(bytes), String(sizes));
        assert.ok((await collect(source.open(2, bytes.length - 1))).equals(bytes.subarray(2, -1)), String(sizes));
        const { made, expected } = around(bytes);
        await store.results.assemble('s/image.tar', made, identity, over(store.results, 's/image.tar'));
        assert.ok(expected.equals((await store.results.get('s/image.tar'))?.bytes ?? NOTHING), String(sizes));
      }
    });

    test('when a piece of a split upload is replaced, it is not read, and nothing is stored', async () => {
      const pieces = [sample(6 * MIB), sample(7 * MIB, 2), sample(100, 3)];
      const { made } = around(Buffer.concat(pieces));
      for (const replaced of [0, 1]) {
        const identity = await split('t.tar', pieces);
        await store.upload(`t.tar.${replaced}`, sample(7 * MIB, 9));
        await assert.rejects(collect(store.uploads.source(identity).open()), breaks('source-changed'));
        const storing = store.results.assemble('t/image.tar', made, identity, over(store.results, 't/image.tar'));
        await assert.rejects(storing, breaks('source-changed'));
        assert.equal(await store.results.stat('t/image.tar'), null);
      }
    });

    test('a compressed upload is expanded while it is stored', async () => {
      const content = sample(11 * MIB);
      const made = plan([
        { kind: 'bytes', bytes: sample(512) },
        { kind: 'recoded', outer: 'gzip', start: 0, end: content.length, inner: 'none', size: content.length },
      ]);
      const identity = await put('e', gzipSync(content, { level: 1 }));
      await store.results.assemble('e/image.tar', made, identity, over(store.results, 'e/image.tar'));
      const expected = Buffer.concat([sample(512), content]);
      assert.ok(expected.equals((await store.results.get('e/image.tar'))?.bytes ?? NOTHING));
    });

    test('an upload that has changed gives no image archive', async () => {
      for (const size of [1 * MIB, 12 * MIB]) {
        const identity = await put(`changed-${size}`, sample(size));
        await store.upload(`changed-${size}`, sample(size, 2));
        const { made } = around(sample(size));
        const image = `changed-${size}/image.tar`;
        const assembled = store.results.assemble(image, made, identity, over(store.results, image));
        await assert.rejects(assembled, breaks('source-changed'));
        assert.equal(await store.results.stat(image), null);
      }
    });

    test('a plan that cannot be carried out leaves the result as it was', async () => {
      const identity = await put('short', gzipSync(sample(11 * MIB), { level: 1 }));
      await putOver(store.results, 'short/image.tar', Buffer.from('before'));
      const made = plan([
        { kind: 'recoded', outer: 'gzip', start: 0, end: 11 * MIB + 1, inner: 'none', size: 11 * MIB + 1 },
      ]);
      await assert.rejects(
        store.results.assemble('short/image.tar', made, identity, over(store.results, 'short/image.tar')),
        breaks('wrong-size'),
      );
      assert.equal(await result('short/image.tar'), 'before');
    });
  });
}
