import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { inspectCost } from '../../support/cost.ts';
import { DOCUMENTS } from '../../support/expensive/documents.ts';
import { INDEXES_AND_MANIFESTS } from '../../support/expensive/indexes.ts';
import { behindZeros } from '../../support/tar-builder.ts';

/** For each kind of archive in which a few large documents or descriptors are used often: words of a finding. */
const REPEATED: Record<string, RegExp> = {
  'legacy layers: tags of a chain of large layers': /before Docker 1\.10/,
  'manifest.json: wrong names of many short parts': /faults of its images/,
  'indexes: wrong names of many short parts for all platforms': /"code":"name-refused"/,
  'indexes: digests that are links to large documents': /values in its documents/,
  'indexes: artifacts with large configs in turn': /holds no image but an artifact/,
  'indexes: an entry of many fields, again and again': /"code":"platform-absent"/,
  'indexes: an artifact of many layer types, again and again': /"code":"oci-only"/,
  'indexes: a long platform, again and again': /characters in the names of a platform/,
};

for (const [name, words] of Object.entries(REPEATED)) {
  test(`a document that is used often is not read as often: ${name}`, async () => {
    const family = [...DOCUMENTS, ...INDEXES_AND_MANIFESTS].find((each) => each.name === name);
    assert.ok(family !== undefined);
    // A smaller upload may not list as much (`LIMITS.listedLayerBytes`).
    const upload = behindZeros(2 ** 21, gunzipSync(family.make(family.most).archive));
    const { seconds, findings } = await inspectCost(upload, 2);
    assert.ok(seconds < 2, `${seconds} s`);
    assert.match(findings, words);
  });
}
