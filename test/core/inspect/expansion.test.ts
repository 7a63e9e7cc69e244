import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { Expansion } from '../../../core/inspect/expansion.ts';
import { LIMITS } from '../../../core/limits.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, exportEntries, header } from '../../support/tar-builder.ts';
import { END, paxSparse } from '../../support/tar-seeds.ts';
import { sequencesInZstd, zerosInZstd } from '../../support/zstd-builder.ts';

const MiB = 2 ** 20;

/** A compressed layer with one file of `size` zero bytes; it takes about 30 bytes for each MiB. */
function packedLayer(size: number): Buffer {
  return zerosInZstd(header({ name: 'srv/zeros', size }), Math.ceil((size + 1024) / 512) * 512);
}

const codesOf = async (bytes: Uint8Array) => (await inspectBytes(bytes, 65_536)).findings.map(({ code }) => code);

test('the expanded sizes of the layers of an image are added up, and beyond the limit the upload is refused', async () => {
  const [one, two] = [packedLayer(700 * MiB), packedLayer(699 * MiB)];
  const half = await codesOf(dockerArchive([{ names: ['a:1'], layers: [one] }]));
  assert.ok(!half.includes('limit-exceeded'), half.join());
  const both = await codesOf(dockerArchive([{ names: ['a:1'], layers: [one, two] }]));
  assert.equal(both[0], 'limit-exceeded');
});

test('an image archive that is the only file in an upload counts towards the limit of the upload', async () => {
  const inner = dockerArchive([{ names: ['a:1'], layers: [packedLayer(700 * MiB), packedLayer(699 * MiB)] }]);
  assert.equal((await codesOf(archive([{ name: 'export.tar', body: inner }])))[0], 'limit-exceeded');
});

test('an archive that is the only file in an upload counts once more, because it is read twice', async () => {
  const only = (name: string, size: number) => {
    const inner = header({ name: 'zeros', size });
    const padding = Math.ceil(size / 512) * 512 + 1024;
    return zerosInZstd(Buffer.concat([header({ name, size: inner.length + padding }), inner]), padding + 1024);
  };
  assert.ok(!(await codesOf(only('a.tar', 300 * MiB))).includes('limit-exceeded'));
  assert.ok(!(await codesOf(only('a.txt', 700 * MiB))).includes('limit-exceeded'));
  assert.equal((await codesOf(only('a.tar', 700 * MiB)))[0], 'limit-exceeded');
});

test('the holes of a sparse file that may be a layer count towards the limit of the upload', async () => {
  const zeros = (holes: number) => Buffer.concat([paxSparse('1.0', [], holes, '', 'a/layer.tar'), END]);
  assert.ok(!(await codesOf(zeros(64 * MiB))).includes('limit-exceeded'));
  assert.equal((await codesOf(zeros(1100 * MiB)))[0], 'limit-exceeded');
  const behind = zerosInZstd(header({ name: 'zeros', size: 100 * MiB }), 100 * MiB);
  assert.equal((await codesOf(Buffer.concat([behind, zstdCompressSync(zeros(1100 * MiB))])))[0], 'limit-exceeded');
});

test('compressed blocks of zstd count for half their most content, because they may be of very many sequences', async () => {
  const file = header({ name: 'f', size: 2 ** 33 - 512 });
  // 852 MB of content, and then less than half as much.
  assert.equal((await codesOf(sequencesInZstd(file, 6500 * 15)))[0], 'limit-exceeded');
  assert.notEqual((await codesOf(sequencesInZstd(file, 2800 * 15)))[0], 'limit-exceeded');
});

test('the holes of sparse files that are not read count nothing', async () => {
  const disk = paxSparse('1.0', [], 100_000 * MiB, '', 'var/disk');
  const codes = await codesOf(Buffer.concat([archive(exportEntries()).subarray(0, -1024), disk, END]));
  assert.ok(codes.includes('sparse-huge') && !codes.includes('limit-exceeded'), codes.join());
});

test('any upload may expand to a GiB, and a larger one to 1,100 times its stored size beyond that', () => {
  let stored = 0;
  const expansion = new Expansion(() => stored);
  expansion.add(LIMITS.expandedBytes);
  assert.throws(() => expansion.add(1), /expansion ratio/);
  stored = MiB;
  expansion.check();
  expansion.add(LIMITS.expansionRatio * MiB - 1);
  assert.throws(() => expansion.add(1), /expansion ratio/);
});

test('work that a large upload needs is no reason to refuse it, however much it is', () => {
  const stored = 100 * 2 ** 30;
  const expansion = new Expansion(() => stored);
  expansion.addWork(stored * LIMITS.packedByteBytes, 'recompressed');
  expansion.addPacked(new Uint8Array(MiB), 'gzip');
  assert.throws(() => expansion.addWork(stored * LIMITS.expansionRatio, 'headers'), /expansion ratio/);
});

test('a refusal names the option compress only when the upload would not be refused without it', () => {
  const tooMuch = (expand: (expansion: Expansion) => void) => {
    const expansion = new Expansion(() => 0);
    expansion.addPacked(new Uint8Array(MiB), 'gzip');
    return () => expand(expansion);
  };
  assert.throws(
    tooMuch((expansion) => expansion.add(LIMITS.expandedBytes)),
    /asks to compress it \(leave compress out/,
  );
  assert.throws(
    tooMuch((expansion) => expansion.add(LIMITS.expandedBytes + 1)),
    /expansion ratio of the upload and its layers together, beyond the first GiB, the most/,
  );
});

test('a refusal names the work that counted most, when it counted more than what was expanded', () => {
  const expansion = new Expansion(() => 0);
  expansion.add(LIMITS.expandedBytes / 4);
  expansion.addWork(LIMITS.expandedBytes / 3, 'headers');
  assert.throws(
    () => expansion.addWork(LIMITS.expandedBytes, 'layers'),
    /mostly that for the layers that its images list\), the most/,
  );
});
