import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { stream } from '../../lambda/core/execute.ts';
import type { Inspection } from '../../lambda/core/inspection.ts';
import { manifestOf } from '../../lambda/core/manifest.ts';
import { convert, inspect, inspectQuickly } from '../../lambda/core/pipeline.ts';
import type { Bytes, Source } from '../../lambda/core/ports.ts';
import { NO_OPTIONS, parseOptions } from '../../lambda/core/request/options.ts';
import { dockerArchive, legacyArchive, ociArchive } from '../../test/support/image-builder.ts';
import { assertManifest } from '../../test/support/manifest-schema.ts';
import { archive, exportEntries } from '../../test/support/tar-builder.ts';
import { plainTools } from '../../test/support/tools.ts';
import type { Target } from '../target.ts';

/** Whole uploads: sniffed, expanded, scanned, classified, converted, and described by a manifest. */
export const ARCHIVE: Target = { seeds: archiveSeeds, run: readArchive };

/** Image archives whose first document is the input: `manifest.json`, `index.json`, an OCI manifest, and a config in turn. */
export const DOCUMENTS: Target = { seeds: documentSeeds, run: readDocuments };

const layer = archive([
  { name: 'bin/', type: '5' },
  { name: 'bin/sh', body: 'x' },
]);
const IMAGE = { names: ['web:1'], layers: [layer, gzipSync(layer)], config: { Cmd: ['sh'], Env: ['A=b'] } };

function archiveSeeds(): Uint8Array[] {
  const plain = [archive(exportEntries()), dockerArchive([IMAGE]), ociArchive([IMAGE]), legacyArchive([IMAGE])];
  return [...plain, ...plain.map((each) => gzipSync(each))];
}

async function readArchive(bytes: Uint8Array): Promise<void> {
  const source = sourceOf(bytes);
  const inspection = await inspect(source.open(), plainTools);
  await convertAndDescribe(inspection, source);
  await inspectQuickly(source, bytes.length, plainTools);
}

/** The image archive has the size that its plan says, and the manifest can be read again. */
async function convertAndDescribe(inspection: Inspection, source: Source): Promise<void> {
  const request = parseOptions({ ...NO_OPTIONS, name: ['fuzz/image:1'] }, 'upload.tar');
  assert.ok(request.ok);
  const converted = await convert(inspection, request.value, plainTools, { always: true });
  if (converted.kind === 'converted') {
    const { plan } = converted.conversion;
    let size = 0;
    for await (const chunk of stream(plan, source, plainTools)) size += chunk.length;
    assert.equal(size, plan.size);
  }
  const manifest = manifestOf({
    source: { bucket: null, key: 'upload.tar', versionId: null, etag: null, sequencer: null, size: null, digest: null },
    inspection,
    converted,
    result: { key: 'image.tar', uri: 'image.tar' },
    cost: { bytesRead: 0, bytesSent: 0, seconds: 0 },
    version: '0',
  });
  assertManifest(manifest);
  const { length } = JSON.stringify(manifest);
  assert.ok(length < LARGEST_MANIFEST, `a manifest of ${length} characters`);
  if (converted.kind === 'converted') assert.equal(manifest.outcome, 'converted');
}

/** The inputs of a fuzzer are small, and so must be what is said about them. */
const LARGEST_MANIFEST = 1_000_000;

function documentSeeds(): Uint8Array[] {
  const digest = `sha256:${'0'.repeat(64)}`;
  const descriptor = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 2 };
  const documents = [
    [{ Config: 'config.json', RepoTags: ['web:1'], Layers: ['layer.tar'] }],
    { schemaVersion: 2, manifests: [{ ...descriptor, platform: { os: 'linux', architecture: 'amd64' } }] },
    { schemaVersion: 2, config: descriptor, layers: [descriptor] },
    {
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['A=b'], Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [digest] },
    },
    { web: { latest: '0'.repeat(64) } },
  ];
  return documents.map((each) => Buffer.from(JSON.stringify(each)));
}

async function readDocuments(bytes: Uint8Array): Promise<void> {
  for (const wrapped of archivesAround(Buffer.from(bytes))) await readArchive(wrapped);
}

function archivesAround(document: Buffer): Uint8Array[] {
  const blob = { name: 'layer.tar', body: layer };
  const version = { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' };
  return [
    archive([{ name: 'config.json', body: '{}' }, blob, { name: 'manifest.json', body: document }]),
    archive([version, blob, { name: 'index.json', body: document }]),
    dockerArchive([{ ...IMAGE, more: { fuzzed: document.toString('latin1') } }]),
    archive([
      { name: 'config.json', body: document },
      blob,
      {
        name: 'manifest.json',
        body: JSON.stringify([{ Config: 'config.json', RepoTags: null, Layers: ['layer.tar'] }]),
      },
    ]),
    archive([
      { name: 'repositories', body: document },
      { name: `${'0'.repeat(64)}/json`, body: document },
    ]),
  ];
}

function sourceOf(bytes: Uint8Array): Source {
  return {
    async *open(start = 0, end = bytes.length): Bytes {
      yield bytes.subarray(start, end);
    },
  };
}
