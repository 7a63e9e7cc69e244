import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inspectBytes } from '../support/inspect.ts';
import { archive, type Entry, exportEntries } from '../support/tar-builder.ts';
import { zipOf } from '../support/zip-builder.ts';
import { fc } from '../support/properties.ts';

const entries: Entry[] = [
  ...exportEntries(),
  { name: 'etc/profile', body: 'umask 022\n'.repeat(90) },
  { name: 'etc/motd' },
];
const tar = archive(entries);
const inText = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
const line = Buffer.from('some progress\n');
const spoilt = {
  'text mode': inText(tar),
  'text mode, compressed': inText(gzipSync(tar, { level: 0 })),
  'text before it': Buffer.concat([line, tar]),
  'text in it': Buffer.concat([tar.subarray(0, 2560), line, tar.subarray(2560)]),
  'text at its end': Buffer.concat([tar.subarray(0, 2560), line]),
  zip: zipOf([{ name: 'a.tar', body: tar }]),
  'zip, streamed': zipOf([{ name: 'a.tar', body: tar }], { streamed: true }),
};

for (const [name, bytes] of Object.entries(spoilt)) {
  test(`${name}: the verdict is the same however the input is cut into chunks`, async () => {
    const expected = await inspectBytes(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 }), async (sizes) => {
        assert.deepEqual(await inspectBytes(bytes, ...sizes), expected);
      }),
      { numRuns: 60 },
    );
  });
}

test('a zip with a changed byte or a missing end never throws, and its tar is never taken for another one', async () => {
  for (const zip of [spoilt.zip, spoilt['zip, streamed']]) {
    const whole = await inspectBytes(zip);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: zip.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(zip);
        changed[at] = (changed[at] ?? 0) ^ mask;
        const found = await inspectBytes(changed, 500);
        const isSame = found.content !== null && found.content.digest === whole.content?.digest;
        assert.ok(isSame || found.findings.some((each) => each.severity === 'error'), `changed at ${at}`);
        await inspectBytes(zip.subarray(0, at), 500);
      }),
      { numRuns: 400 },
    );
  }
});
