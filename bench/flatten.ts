// Measures `lading convert --flatten` and `lading rootfs` against `lading inspect`, with an image of twenty layers:
// node bench/flatten.ts [SIZE IN MB]. Prints seconds, multiples of the inspection, and the peak of memory.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { header } from '../test/support/tar-builder.ts';

const LAYERS = 20;
const FILE_BYTES = 64 * 1024;
const LADING = join(import.meta.dirname, '../cli/lading.js');
const megabytes = Number(process.argv[2] ?? 4000);

/**
 * The content of one file in a test layer: 64 KiB, which differ for each `seed`. gzip shrinks them to about a third, as
 * it does with programs.
 */
function body(seed: number): Buffer {
  const bytes = Buffer.alloc(FILE_BYTES);
  let state = seed * 2_654_435_761 + 1;
  for (let at = 0; at + 12 <= FILE_BYTES; at += 12) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return bytes;
}

/**
 * The tar archive of a test layer, in chunks. `index` counts the layers from 0. The layer adds files, and replaces a
 * tenth of those of the layer below.
 */
function* layer(index: number): Generator<Buffer> {
  const files = Math.floor((megabytes * 1e6) / LAYERS / FILE_BYTES);
  for (let i = 0; i < files; i++) {
    const owner = i < files / 10 && index > 0 ? index - 1 : index;
    const bytes = body(index * files + i);
    yield header({ name: `usr/lib/layer-${owner}/folder-${i % 50}/file-${i}`, size: FILE_BYTES });
    yield bytes;
  }
  yield Buffer.alloc(1024);
}

function writeImage(path: string, packed: boolean): void {
  const file = openSync(path, 'w');
  const diffIDs: string[] = [];
  const write = (name: string, bytes: Uint8Array): void => {
    writeSync(file, header({ name, size: bytes.length }));
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    writeSync(file, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  };
  const paths = Array.from({ length: LAYERS }, (_, i) => `${i}/layer.tar`);
  for (const [i, name] of paths.entries()) {
    const bytes = Buffer.concat([...layer(i)]);
    diffIDs.push(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    write(name, packed ? gzipSync(bytes, { level: 1 }) : bytes);
  }
  const rootfs = { type: 'layers', diff_ids: diffIDs };
  write('config.json', Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs })));
  write(
    'manifest.json',
    Buffer.from(JSON.stringify([{ Config: 'config.json', RepoTags: ['bench:1'], Layers: paths }])),
  );
  writeSync(file, Buffer.alloc(1024));
  closeSync(file);
}

/**
 * Writes all pending data to the disk, then runs `lading` with these arguments. Returns the seconds that this command
 * takes, and its peak memory in MB. Throws an Error when a command other than `inspect` fails.
 */
function run(...args: string[]): { seconds: number; memory: number } {
  execFileSync('sync');
  const started = performance.now();
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%M', process.execPath, LADING, ...args, '-q'], {
    encoding: 'utf8',
  });
  if (status !== 0 && args[0] !== 'inspect') throw new Error(stderr);
  return { seconds: (performance.now() - started) / 1000, memory: Number(stderr.trim().split('\n').at(-1)) * 1.024e-3 };
}

const dir = mkdtempSync(join(tmpdir(), 'lading-flatten-'));
try {
  for (const packed of [false, true]) {
    const [image, output] = [join(dir, 'image.tar'), join(dir, 'out.tar')];
    writeImage(image, packed);
    const least = Math.min(...[1, 2].map(() => run('inspect', image).seconds));
    console.log(`${packed ? 'gzip' : 'plain'} layers, ${megabytes} MB: inspect ${least.toFixed(1)} s`);
    for (const args of [
      ['convert', image, '--flatten', '-o', output],
      ['rootfs', image, '-o', output],
    ]) {
      for (const made of [output, join(dir, 'out.json')]) rmSync(made, { force: true });
      const { seconds, memory } = run(...args);
      const times = (seconds / least).toFixed(2);
      console.log(`  ${args[0]}: ${seconds.toFixed(1)} s, ${times} times as long, ${memory.toFixed(0)} MB`);
    }
  }
} finally {
  rmSync(dir, { recursive: true });
}
