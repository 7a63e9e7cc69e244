import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inspectQuickly } from '../../core/inspect/quick.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import { counting, hugeImage } from '../support/huge.ts';
import { dockerArchive, type ImageSpec, legacyArchive, ociArchive } from '../support/image-builder.ts';
import { inspectBytes } from '../support/inspect.ts';
import { agrees, quickly } from '../support/quick.ts';
import { archive, exportEntries, header } from '../support/tar-builder.ts';
import { plainTools } from '../support/tools.ts';
import { fc } from '../support/properties.ts';

const codes = ({ findings }: Inspection) => findings.map((each) => each.code);

const layer = fc
  .record({ files: fc.integer({ min: 0, max: 3 }), bytes: fc.integer({ min: 0, max: 90_000 }), gzip: fc.boolean() })
  .map(({ files, bytes, gzip }) => {
    const entries = Array.from({ length: files }, (_, i) => ({ name: `f${i}-${bytes}`, body: noise(bytes + i) }));
    const tar = archive([{ name: `d${bytes}/`, type: '5' }, ...entries]);
    return gzip ? gzipSync(tar) : tar;
  });

/** Bytes that do not compress, always the same for the same size. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0, state = size + 1; i < size; i++) bytes[i] = state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
  return bytes;
}

const image = (name: string): fc.Arbitrary<ImageSpec> =>
  fc.record({
    names: fc.constantFrom([], [`${name}:1`], [`${name}:1`, `${name}:2`]),
    layers: fc.array(layer, { minLength: 1, maxLength: 5 }),
    config: fc.constantFrom({ Cmd: ['sh'] }, { Labels: { long: 'x'.repeat(60_000) } }),
  });

test('on sound image archives of every format a quick look agrees with a whole one in everything that it says', async () => {
  const specs = fc.tuple(image('web'), image('db'));
  await fc.assert(
    fc.asyncProperty(specs, async ([web, db]) => {
      const named = { ...web, names: ['web:1'] };
      for (const bytes of [
        dockerArchive([web]),
        dockerArchive([web, db]),
        ociArchive([named]),
        ociArchive([named, { ...db, names: ['db:1'] }], './'),
        legacyArchive([named]),
        ociArchive([named], 'saved/'),
      ])
        await agrees(bytes);
    }),
    { numRuns: 25 },
  );
});

test('a quick look at an image archive of 10 GB reads at most 2 MiB in at most 60 reads, however its layers are cut', async () => {
  for (const [layers, bytes] of [
    [1, 10e9],
    [10, 1e9],
    [50, 2e8],
  ] as const) {
    const huge = hugeImage(layers, Math.ceil(bytes / 512) * 512);
    const source = counting(huge);
    const { images, quick } = await inspectQuickly(source, huge.size, plainTools);
    assert.deepEqual(quick, { toEnd: true, bytesRead: source.bytes, requests: source.requests });
    assert.ok(source.requests <= 60 && source.bytes <= 2 * 2 ** 20, `${source.requests} reads, ${source.bytes} bytes`);
    assert.deepEqual(images[0]?.layers.map(({ size, createdBy }) => [size, createdBy]).at(-1), [
      Math.ceil(bytes / 512) * 512,
      `RUN step ${layers - 1}`,
    ]);
  }
});

test('faults that the documents themselves show are found by a quick look too', async () => {
  const layers = [archive([{ name: 'a', body: 'a' }]), archive([{ name: 'b', body: 'b' }])];
  const spec = { names: ['web:1'], layers };
  for (const [bytes, code] of [
    [dockerArchive([{ ...spec, diffIDs: ['sha256:0'] }]), 'layers-length'],
    [dockerArchive([{ ...spec, platform: false }]), 'config-without-platform'],
    [dockerArchive([{ ...spec, layers: [...layers, Buffer.alloc(0)] }]), 'layer-empty'],
    [dockerArchive([spec]).subarray(0, -1024), 'no-end-marker'],
  ] as const) {
    const found = codes(await quickly(bytes));
    assert.ok(found.includes(code) && found.includes('not-verified'), `${code}: ${found.join()}`);
  }
});

test('an archive that ends early, or whose sizes are wrong, gets a finding and does not count as whole', async () => {
  const body = Buffer.alloc(100_000);
  const saved = dockerArchive([{ names: ['web:1'], layers: [archive([{ name: 'large', body }])] }]);
  const beyond = Buffer.concat([header({ name: 'blobs/sha256/x', size: 2 ** 40 }), saved]);
  const negative = Buffer.from(saved);
  negative.write('77777777777\0', 124, 'latin1');
  for (const bytes of [saved.subarray(0, 50_000), saved.subarray(0, 3000), saved.subarray(0, 40), beyond, negative]) {
    const whole = await inspectBytes(bytes);
    const quick = await quickly(bytes);
    assert.equal(quick.quick?.toEnd, false);
    assert.deepEqual([quick.kind, quick.findings.slice(1)], [whole.kind, whole.findings]);
  }
});

test('a quick look ends whatever is cut off or changed, and reads no byte twice', async () => {
  const layers = [
    archive([{ name: 'a', body: noise(70_000) }]),
    gzipSync(archive([{ name: 'b', body: noise(40_000) }])),
  ];
  const saved = dockerArchive([{ names: ['web:1'], layers }]);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: saved.length - 1 }), fc.nat({ max: 255 }), async (at, byte) => {
      const changed = Buffer.from(saved);
      changed[at] = byte;
      for (const bytes of [saved.subarray(0, at), changed]) {
        const { quick } = await quickly(bytes);
        assert.ok((quick?.bytesRead ?? Infinity) <= bytes.length, `${quick?.bytesRead} of ${bytes.length}`);
      }
    }),
    { numRuns: 200 },
  );
});

test('a quick look refuses compression, root file systems and endless small members, and says why', async () => {
  const small = Array.from({ length: 40_000 }, (_, i) => ({ name: `small/${i}` }));
  const directories = 'usr var opt'.split(' ').map((name) => ({ name: `${name}/`, type: '5' }));
  for (const [bytes, reason] of [
    [gzipSync(archive([{ name: 'a' }])), /compressed \(gzip\)/],
    [archive([...exportEntries(), ...directories, { name: 'var/large', body: noise(300_000) }]), /root file system/],
    [archive(small), /small ones/],
  ] as const) {
    const { findings, quick } = await quickly(bytes);
    assert.deepEqual([findings.length, findings[0]?.code, quick?.toEnd], [1, 'not-quick', false]);
    assert.match(findings[0]?.message ?? '', reason);
    assert.ok((quick?.bytesRead ?? 0) <= LIMITS.quickBytes + 2 ** 20);
  }
});

test('input that is not an archive is described by a quick look as by a whole one', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('dear diary'), noise(9000)]) {
    assert.deepEqual((await quickly(bytes)).findings.slice(1), (await inspectBytes(bytes)).findings);
  }
});

test('a quick look recognises a disc image by its bytes at 32 KiB, whatever boot sector it begins with', async () => {
  for (const boot of ['', '\xeb\x63\x90']) {
    const disc = Buffer.alloc(120_000);
    disc.write(boot, 'latin1');
    if (boot !== '') disc.write('\x55\xaa', 510, 'latin1');
    disc.write('\x01CD001\x01', 32_768, 'latin1');
    const { findings } = await quickly(disc);
    assert.deepEqual(findings.slice(1), (await inspectBytes(disc)).findings);
    assert.match(findings[1]?.message ?? '', /ISO 9660/);
  }
});
