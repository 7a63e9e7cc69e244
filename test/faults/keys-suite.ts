import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { resultKeys } from '../../core/service/keys.ts';
import { ODD_KEYS } from '../contract/store-kit.ts';
import { BUCKETS, type Functions, lambdaContext, loadFunctions, objectCreated, queued } from '../support/functions.ts';
import type { S3Engine } from '../support/s3-engine.ts';
import { emptyBucket, localClient } from '../support/s3-harness.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';

const MAX_KEY_BYTES = 1024;

/** Keys that are legal in S3, by what makes them odd. */
export const KEYS: Record<string, string[]> = {
  'odd characters': ODD_KEYS,
  spaces: [' ', ' a  b ', 'a /b', 'a%20b', 'a+b c'],
  'percent signs': ['%', '%%', '%zz', '%2B', '%252F', 'a%2Fb', '100% sure+.tar'],
  unicode: ['é', 'e\u0301', 'Ünïcode/文件/🐳.tar', '\u202Ertl', '\u00a0'],
  'quotes and brackets': [`'`, `"`, '`', '<a&b>', '{"a":1}', '[a]|^\\~'],
  dots: ['a..b', '...', 'a/.../b'],
  'dots that would be a way up in a path': ['..', '../up', 'a/../b', './a', 'a/.', '../../results/manifest.json'],
  slashes: ['/leading', '//two', 'trailing/', 'a//b', '/'],
  'the names of results': ['manifest.json', 'a/image.tar', 'a/inspection.json', 'inspection.json'],
  'great length': [
    'k'.repeat(MAX_KEY_BYTES),
    `${'k'.repeat(MAX_KEY_BYTES - 1)}l`,
    '文'.repeat(341),
    `x${'文'.repeat(341)}`,
    'f'.repeat(MAX_KEY_BYTES - '/inspection.json'.length),
    'f'.repeat(MAX_KEY_BYTES - '/inspection.json'.length + 1),
    // The prefix of the results of the first key, used as the key of an upload of its own.
    resultKeys('k'.repeat(MAX_KEY_BYTES)).manifest.replace('/manifest.json', ''),
  ],
};

/** The two forms of an event for a new object. */
const SHAPES: Record<string, (bucket: string, key: string) => object> = {
  EventBridge: objectCreated,
  'an S3 notification': (bucket, key) => {
    const form = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
    const object = { key: form, size: 1, sequencer: '0A' };
    return {
      Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object } }],
    };
  },
};

/** Tests that every key which the engine `keeps` gets its results at the right keys, with both forms of events. */
export function keysSuite(
  name: string,
  open: () => Promise<S3Engine>,
  { skip = false, keeps = () => true }: { skip?: string | false; keeps?: (key: string) => boolean } = {},
): void {
  describe(name, { skip }, () => {
    let engine: S3Engine;
    let client: ReturnType<typeof localClient>;
    let functions: Functions;
    before(async () => {
      engine = await open();
      client = localClient(engine);
      functions = await loadFunctions(engine, { REPORTS: 'true' });
    });
    // Objects left by a key that fails must not make the next test fail.
    beforeEach(async () => {
      for (const bucket of Object.values(BUCKETS)) await emptyBucket(client, bucket);
    });
    after(async () => {
      client.destroy();
      await engine.stop();
    });

    const keysIn = async (bucket: string): Promise<string[]> => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key = '' }) => Key).toSorted();
    };

    for (const [what, keys] of Object.entries(KEYS)) {
      for (const [shape, event] of Object.entries(SHAPES)) {
        test(`${what} gets its results at the right keys, with an event from ${shape}`, async (t) => {
          const words: string[] = [];
          const write = process.stdout.write.bind(process.stdout);
          t.mock.method(process.stdout, 'write', (chunk: string | Uint8Array): boolean => {
            return typeof chunk === 'string' && chunk.startsWith('{') ? words.push(chunk) > 0 : write(chunk);
          });
          for (const key of keys.filter(keeps)) {
            // Different bytes for each key, so that the results of one key cannot pass for those of another.
            const mark = randomUUID();
            const body = archive([...exportEntries(), { name: 'etc/issue', body: mark }]);
            const Metadata = { name: `key:${mark}` };
            await client.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key: key, Body: body, Metadata }));
            await functions.inspect(queued(event(BUCKETS.uploads, key)), lambdaContext());
            const { rootfs, ...expected } = resultKeys(key);
            await functions.convert(queued(event(BUCKETS.results, expected.inspection)), lambdaContext());
            assert.deepEqual(await keysIn(BUCKETS.results), Object.values(expected).toSorted(), words.join(''));
            const found = await client.send(new GetObjectCommand({ Bucket: BUCKETS.results, Key: expected.manifest }));
            const manifest: ArchiveManifest = JSON.parse((await found.Body?.transformToString()) ?? '');
            assert.deepEqual([manifest.outcome, manifest.source.key], ['converted', key]);
            assert.deepEqual(manifest.result?.images[0]?.names, [`docker.io/library/key:${mark}`]);
            assert.equal(manifest.result?.key, expected.image);
            assert.equal(rootfs.replace(/rootfs\.tar$/u, 'image.tar'), expected.image);
            assert.deepEqual(await keysIn(BUCKETS.uploads), [key]);
            for (const Key of Object.values(expected)) {
              await client.send(new DeleteObjectCommand({ Bucket: BUCKETS.results, Key }));
            }
            await client.send(new DeleteObjectCommand({ Bucket: BUCKETS.uploads, Key: key }));
          }
        });
      }
    }
  });
}
