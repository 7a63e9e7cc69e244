import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { dockerArchive } from '../../support/image-builder.ts';
import { TarScanner } from '../../../core/tar/tar.ts';
import { inspectCost } from '../../support/cost.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';

const MiB = 2 ** 20;
const first = archive(exportEntries());
const second = archive([{ name: 'b', body: 'second' }]);
/** Text in which no block is a tar header. */
const data = Buffer.from('content of a file that was not lost, '.repeat(60));
const zeros = (bytes: number) => Buffer.alloc(bytes);
/** Zeros up to the next multiple of 10,240 bytes, the size of a record of tar. */
const padding = zeros((-first.length % 10_240) + 10_240);

async function said(...parts: Buffer[]): Promise<string[]> {
  const { findings } = await inspectBytes(Buffer.concat(parts), 70_001);
  const codes = new Set(['hole', 'zeros-at-end', 'cut-block', 'trailing-data', 'second-archive']);
  return findings
    .filter(({ code }) => codes.has(code))
    .map(({ code, severity, offset }) => `${severity} ${code} ${offset ?? ''}`.trim());
}

test('another archive or other bytes behind the end are a warning, behind padding as well', async () => {
  const end = first.length;
  assert.deepEqual(await said(first, second), [`warning second-archive ${end}`]);
  assert.deepEqual(await said(first, zeros(9 * 512), second), [`warning second-archive ${end + 9 * 512}`]);
  assert.deepEqual(await said(first, zeros(MiB), second), [`warning second-archive ${end + MiB}`]);
  assert.deepEqual(await said(first, data), [`warning trailing-data ${end}`]);
  assert.deepEqual(await said(first, padding, data), [`warning trailing-data ${end + padding.length}`]);
});

test('any other bytes behind zeros are an error, with the offset of the zeros', async () => {
  const hole = `error hole ${first.length - 1024}`;
  for (const [name, parts] of Object.entries<Buffer[]>({
    'a header after more than padding': [zeros(MiB + 512), second],
    'data after a small hole': [zeros(4096), data],
    'data after a large hole': [zeros(2 * MiB), data],
    'data at no multiple of 512': [zeros(4096 + 77), data],
    'the last byte only': [zeros(5000), Buffer.from('x')],
    'data, and then members': [data, zeros(-data.length & 511), second],
    'a header out of step': [zeros(513), second],
  }))
    assert.deepEqual(await said(first, ...parts), [hole], name);
});

test('more than 1 MiB of zeros at the end is a warning, and so is a block that is cut', async () => {
  assert.deepEqual(await said(first, zeros(MiB)), []);
  assert.deepEqual(await said(first, zeros(MiB + 512)), [`warning zeros-at-end ${first.length}`]);
  assert.deepEqual(await said(first, zeros(99)), ['warning cut-block']);
  assert.deepEqual(await said(first.subarray(0, -1)), []);
});

test('a hole is found at the beginning, in the middle, in gzip and in a layer', async () => {
  const holed = Buffer.from(archive([...exportEntries(), { name: 'big', body: data }, { name: 'last', body: data }]));
  holed.fill(0, holed.indexOf('big\0'), holed.indexOf('last\0') + 700);
  const codes = async (bytes: Uint8Array) => (await inspectBytes(bytes)).findings.map(({ code }) => code);
  assert.ok((await codes(holed)).includes('hole'));
  assert.ok((await codes(gzipSync(holed))).includes('hole'));
  assert.ok((await codes(Buffer.concat([zeros(8192), first]))).includes('hole'));
  const image = await inspectBytes(dockerArchive([{ names: ['a:1'], layers: [holed] }]));
  const damaged = image.findings.find(({ code }) => code === 'layer-damaged');
  assert.match(damaged?.message ?? '', /zero bytes/);
});

test('bytes behind the end mark are looked at quickly, and count more than their size', async () => {
  const block = Buffer.alloc(512);
  block[0] = block[511] = 1;
  const scanner = new TarScanner({ member: () => 0, body() {} });
  scanner.push(Buffer.concat([first, ...Array.from({ length: 1000 }, () => block), zeros(MiB)]));
  assert.ok(scanner.entries >= 2000, `${scanner.entries}`);
  const { seconds } = await inspectCost(Buffer.concat([first, block, zeros(256 * MiB)]), 1);
  assert.ok(seconds < 1, `${seconds} s`);
});
