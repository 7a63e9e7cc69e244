import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { dockerArchive, legacyArchive, ociArchive } from '../support/image-builder.ts';
import { inspectBytes } from '../support/inspect.ts';
import { archive, exportEntries, longName } from '../support/tar-builder.ts';
import { fc } from '../support/properties.ts';

const tar = archive([
  ...exportEntries(),
  longName('L', `etc/${'n'.repeat(150)}`),
  { name: 'etc/long' },
  { name: 'etc/pax', pax: { path: 'etc/from-pax' }, body: 'p'.repeat(777) },
]);
const image = { names: ['web:1'], layers: [tar, gzipSync(archive([{ name: 'app', body: 'x'.repeat(999) }]))] };
const images = [
  dockerArchive([image]),
  ociArchive([image], './'),
  legacyArchive([image]),
  gzipSync(dockerArchive([image])),
  archive([{ name: 'image.tar', body: dockerArchive([image]) }]),
];
const inputs = [
  tar,
  gzipSync(tar),
  Buffer.concat([gzipSync(tar), Buffer.alloc(99)]),
  tar.subarray(0, 6100),
  gzipSync(tar).subarray(0, 400),
];

test('the inspection is the same however an upload is cut into chunks', async () => {
  for (const input of [...inputs, ...images]) {
    const expected = await inspectBytes(input);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 }), async (sizes) => {
        assert.deepEqual(await inspectBytes(input, ...sizes), expected);
      }),
      { numRuns: 60 },
    );
  }
});

test('a changed byte never makes the inspection throw, and is never taken for the same content', async () => {
  for (const input of inputs.slice(0, 2)) {
    const expected = await inspectBytes(input);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: input.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(input);
        changed[at] = (changed[at] ?? 0) ^ mask;
        const found = await inspectBytes(changed, 1000);
        assert.notDeepEqual(found.upload, expected.upload);
      }),
      { numRuns: 400 },
    );
  }
});

test('an upload that is cut off never makes the inspection throw, and a cut that loses bytes of a member is an error', async () => {
  for (const input of inputs.slice(0, 2)) {
    const whole = await inspectBytes(input);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: input.length - 1 }), async (length) => {
        const found = await inspectBytes(input.subarray(0, length));
        const lost = found.members < whole.members || found.fileBytes < whole.fileBytes;
        const said = found.findings.some((each) => each.severity === 'error' || each.code === 'no-end-marker');
        assert.ok(!lost || said, `cut at ${length}`);
      }),
      { numRuns: 400 },
    );
  }
});
