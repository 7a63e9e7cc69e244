import { gzipSync } from 'node:zlib';
import { changedArchive, type Document, FORMATS } from '../../test/support/document-archive.ts';
import { dockerArchive, legacyArchive, ociArchive } from '../../test/support/image-builder.ts';
import { indexArchive } from '../../test/support/index-builder.ts';
import { bzip2Image, xzImage } from '../../test/support/packed.ts';
import { archive, exportEntries } from '../../test/support/tar-builder.ts';
import { withChecksums } from '../inputs.ts';
import type { Target } from '../target.ts';
import { readEveryWay } from '../whole.ts';

const LAYERS = ['bin/sh', 'app'].map((name) => archive([{ name, body: name }]));

/** The fuzz target that takes an input for an uploaded archive, reads it in several ways, and converts it. */
export const ARCHIVE: Target = { seeds: uploads, run: (bytes) => readEveryWay(withChecksums(bytes)) };

/** Sound archives of every kind that users upload, each of some KiB. */
export function uploads(): Uint8Array[] {
  const [base, top] = LAYERS as [Buffer, Buffer];
  const image = { names: ['web:1'], layers: [base, gzipSync(top)], config: { Cmd: ['sh'], Env: ['A=b'] } };
  const platforms = ['amd64', 'arm64'].map((architecture) => ({ architecture, layers: [base] }));
  const plain = [
    archive(exportEntries()),
    dockerArchive([image]),
    ociArchive([image]),
    legacyArchive([image]),
    indexArchive([{ names: ['web:1'], platforms }], { docker: true, attested: true }),
    archive([{ name: 'image.tar', body: dockerArchive([image]) }]),
  ];
  return [...plain, ...plain.map((each) => gzipSync(each)), bzip2Image, xzImage];
}

/**
 * The documents that the input can replace: pairs of an image archive format, such as `oci`, and a document in such an
 * archive, such as `config`.
 */
const PLACES = Object.entries(FORMATS).flatMap(([format, documents]) =>
  documents.map((document) => [format as keyof typeof FORMATS, document] as const),
);

const EXECUTION = {
  User: '1000',
  Env: ['PATH=/bin', 'A=b'],
  Cmd: ['/bin/sh'],
  ExposedPorts: { '80/tcp': {} },
  Labels: { a: 'b' },
  Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000 },
};

/**
 * The fuzz target that reads image archives in which the fuzzer's input replaces one JSON document. The first byte of
 * the input chooses the document. The digests of the document in the archive are made to fit, so that Lading reads it.
 */
export const DOCUMENTS: Target = {
  seeds: () => PLACES.map((_, place) => Buffer.concat([Buffer.of(place), soundDocument(place)])),
  run: ([place = 0, ...bytes]) => readEveryWay(archiveAround(place % PLACES.length, () => Buffer.from(bytes))),
};

function soundDocument(place: number): Uint8Array {
  let sound: Buffer = Buffer.alloc(0);
  archiveAround(place, (bytes) => (sound = bytes));
  return sound;
}

function archiveAround(place: number, change: (sound: Buffer) => Buffer): Buffer {
  const [format, changed] = PLACES[place] ?? (['docker', 'config'] as const);
  return changedArchive(format, LAYERS, ['web:1', 'web:2'], EXECUTION, (document: Document, sound) =>
    document === changed ? change(sound) : sound,
  );
}
