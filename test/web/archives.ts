import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { dockerArchive, ociArchive } from '../support/image-builder.ts';
import { xzSample } from '../support/packed.ts';
import { archive } from '../support/tar-builder.ts';

// The archives that the page and the command line must describe in the same words.

const demo = readFileSync(new URL('../../examples/web.tar.gz', import.meta.url));
const plain = gunzipSync(demo);
const layers = ['bin/sh', 'app'].map((name) => archive([{ name, body: name.repeat(9000) }]));
const image = {
  names: ['web:1'],
  layers: [layers[0]!, gzipSync(layers[1]!)],
  config: { Cmd: ['sh'], Env: ['A=b'] },
  history: [{ created_by: '/bin/sh -c #(nop) ADD file:1 in /' }, { created_by: 'RUN make # buildkit' }],
};

export const ARCHIVES: Record<string, Uint8Array> = {
  'export.tar': plain,
  'export.tar.gz': demo,
  'saved.tar': dockerArchive([image]),
  'oci.tar': ociArchive([image]),
  // Browsers disagree about a day that there is not.
  'wrong-day.tar': dockerArchive([{ ...image, more: { created: '2024-02-30T10:00:00Z' } }]),
  'members.tar.gz': Buffer.concat([
    gzipSync(plain.subarray(0, 700_000)),
    gzipSync(''),
    gzipSync(plain.subarray(700_000)),
  ]),
  'behind.tar.gz': Buffer.concat([demo, Buffer.from('bytes behind it')]),
  'files.tar.xz': xzSample,
  'export.tar.zst': zstdCompressSync(plain),
  'truncated.tar': plain.subarray(0, 1_000_000),
  'truncated.tar.gz': demo.subarray(0, 500_000),
  'text.tar': Buffer.from('FROM debian\nCMD 字\n'),
};
