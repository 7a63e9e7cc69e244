import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import {
  BUCKETS,
  captureLog,
  type Functions,
  lambdaContext,
  loadFunctions,
  objectCreated,
  queued,
} from '../support/functions.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { S3StandIn } from '../support/s3-standin.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { fc } from '../support/properties.ts';

const MIB = 2 ** 20;
const SECOND = 1000;
/** The time in ms that the functions keep for their end: to stop requests and to write small objects. */
const RESERVE = 20 * SECOND;
const FINISH = 15 * SECOND;

const large = archive([
  ...exportEntries(),
  { name: 'var/large', body: Buffer.alloc(34 * MIB, 'what fills a layer, ') },
]);
const UPLOADS = { 'copied.tar': large, 'expanded.tar': zstdCompressSync(large) };

// However much time the convert function has, and however long each part takes, it leaves an image archive, or a
// manifest that says why time was missing. No partial archive stays, and a repeated event does no work.
describe('the time of a conversion, over the stand-in for S3', () => {
  const standIn = new S3StandIn();
  let functions: Functions;
  let fresh: () => void;
  before(async () => {
    const engine = { endpoint: await standIn.start(), credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
    for (const bucket of Object.values(BUCKETS)) standIn.model.createBucket(bucket);
    functions = await loadFunctions(engine);
  });
  after(() => standIn.stop());

  /** Runs the function with `time` ms left; each part takes `msPerPart`. */
  async function convert(key: string, time: number, msPerPart: number) {
    let [now, parts] = [0, 0];
    standIn.requests.length = 0;
    standIn.disturb = ({ operation }) => {
      if (!operation.startsWith('UploadPart')) return;
      now += msPerPart;
      parts += 1;
    };
    const event = queued(objectCreated(BUCKETS.results, `${key}/inspection.json`));
    await functions.convert(
      event,
      lambdaContext(() => RESERVE + time - now),
    );
    const manifest: ArchiveManifest = JSON.parse(
      standIn.model.get(BUCKETS.results, `${key}/manifest.json`).bytes.toString(),
    );
    assertManifest(manifest);
    assert.deepEqual(standIn.model.unfinished(BUCKETS.results), []);
    const keys = standIn.model.list(BUCKETS.results, `${key}/`).map((each) => each.key.slice(key.length + 1));
    return { manifest, parts, keys };
  }

  for (const [key, bytes] of Object.entries(UPLOADS)) {
    test(`${key}: converted when there is time, else refused, and nothing is left over`, async (t) => {
      captureLog(t);
      standIn.disturb = () => undefined;
      standIn.model.put(BUCKETS.uploads, key, bytes, { contentType: '', metadata: {} });
      await functions.inspect(queued(objectCreated(BUCKETS.uploads, key)), lambdaContext());
      fresh = standIn.model.save(BUCKETS.results);
      const ample = await convert(key, 900 * SECOND, 0);
      const [seconds, milliseconds] = [fc.integer({ min: 1, max: 180 }), fc.integer({ min: 0, max: 60_000 })];
      const property = fc.asyncProperty(seconds, milliseconds, async (time, msPerPart) => {
        fresh();
        const { manifest, parts, keys } = await convert(key, time * SECOND, msPerPart);
        const { outcome, findings, cost } = manifest;
        const needed = ample.parts * msPerPart;
        if (needed + FINISH + SECOND <= time * SECOND) assert.equal(outcome, 'converted');
        if (time * SECOND < FINISH) assert.deepEqual([outcome, parts], ['refused', 0]);
        if (key === 'expanded.tar' && needed > 3 * time * SECOND) assert.equal(outcome, 'refused');
        assert.equal(
          standIn.requests.some((each) => each.operation === 'AbortMultipartUpload'),
          outcome === 'refused' && parts > 0,
        );
        if (outcome === 'refused') {
          assert.match(findings[0]?.message ?? '', /^This upload cannot be converted in time: /u);
          assert.deepEqual(keys, ['inspection.json', 'manifest.json']);
          assert.ok(
            cost.bytesSent <= standIn.bytesSent('UploadPart') && cost.bytesRead <= ample.manifest.cost.bytesRead,
          );
        } else assert.deepEqual(keys, ['image.tar', 'inspection.json', 'manifest.json']);
        const again = await convert(key, 900 * SECOND, 0);
        assert.deepEqual([again.manifest, again.parts], [manifest, 0]);
      });
      const examples: [number, number][] = [
        [180, 0],
        [14, 0],
        [60, 30_000],
      ];
      await fc.assert(property, { numRuns: 8, examples });
    });
  }
});
