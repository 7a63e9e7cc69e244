import { truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Source } from '../../core/model/ports.ts';
import { header, member } from './tar-builder.ts';
import { sha256 } from './tools.ts';

/** An archive that is never whole in memory: some stretches of bytes at their offsets, and zeros between them. */
export interface Huge {
  size: number;
  stretches: { at: number; bytes: Buffer }[];
}

const OCI = 'application/vnd.oci.image';

/** An image archive as Docker 25 saves it, whose layers are zeros, which only a look into them would show. */
export function hugeImage(layers: number, layerBytes: number): Huge {
  const stretches: Huge['stretches'] = [];
  let at = 0;
  const add = (bytes: Buffer, body = 0): void => {
    stretches.push({ at, bytes });
    at += bytes.length + body;
  };
  const path = (digest: string): string => `blobs/sha256/${digest.slice(7)}`;
  const document = (value: object) => {
    const body = Buffer.from(JSON.stringify(value));
    const digest = sha256(body);
    add(member({ name: path(digest), body }));
    return { digest, size: body.length };
  };
  const digests = Array.from({ length: layers }, (_, i) => sha256(Buffer.from(`layer ${i}`)));
  for (const name of ['blobs/', 'blobs/sha256/']) add(member({ name, type: '5' }));
  for (const [i, digest] of digests.entries()) {
    add(header({ name: path(digest), size: layerBytes, base256: true }), layerBytes);
    document({ id: i, created: '1970-01-01T00:00:00Z', os: 'linux' }); // one for each layer, for Docker before 1.10
  }
  const config = document({
    architecture: 'arm64',
    os: 'linux',
    config: { Cmd: ['serve'] },
    rootfs: { type: 'layers', diff_ids: digests },
    history: digests.map((_, i) => ({ created_by: `RUN step ${i}` })),
  });
  const manifest = document({
    schemaVersion: 2,
    config: { mediaType: `${OCI}.config.v1+json`, ...config },
    layers: digests.map((digest) => ({ mediaType: `${OCI}.layer.v1.tar`, digest, size: layerBytes })),
  });
  const annotations = { 'io.containerd.image.name': 'docker.io/team/huge:1', 'org.opencontainers.image.ref.name': '1' };
  const named = { mediaType: `${OCI}.manifest.v1+json`, ...manifest, annotations };
  add(member({ name: 'index.json', body: JSON.stringify({ schemaVersion: 2, manifests: [named] }) }));
  const item = { Config: path(config.digest), RepoTags: ['team/huge:1'], Layers: digests.map(path) };
  add(member({ name: 'manifest.json', body: JSON.stringify([item]) }));
  add(member({ name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' }));
  add(Buffer.alloc(1024));
  return { size: at, stretches };
}

/** The bytes `[start, end)` of the archive. */
export function pieceOf({ stretches }: Huge, start: number, end: number): Buffer {
  const piece = Buffer.alloc(end - start);
  for (const { at, bytes } of stretches) {
    const from = Math.max(0, start - at);
    if (at < end && from < bytes.length) piece.set(bytes.subarray(from, Math.max(from, end - at)), at + from - start);
  }
  return piece;
}

/** A stand-in for a Buffer that the stand-in for S3 accepts as the bytes of an object. */
export function asObject(huge: Huge): Buffer {
  const { size: length } = huge;
  const subarray = (start = 0, end = length): Buffer => pieceOf(huge, start, end);
  return { length, subarray } as unknown as Buffer;
}

/** Writes the archive as a file with holes, which takes almost no disk space. */
export async function writeHuge(path: string, { size, stretches }: Huge): Promise<void> {
  writeFileSync(path, '');
  truncateSync(path, size);
  const file = await open(path, 'r+');
  for (const { at, bytes } of stretches) await file.write(bytes, 0, bytes.length, at);
  await file.close();
}

/** A source that counts the requests to it and the bytes that it gives. */
export function counting(huge: Huge): Source & { requests: number; bytes: number } {
  return {
    requests: 0,
    bytes: 0,
    async *open(start = 0, end = huge.size) {
      this.requests += 1;
      this.bytes += end - start;
      yield pieceOf(huge, start, end);
    },
  };
}
