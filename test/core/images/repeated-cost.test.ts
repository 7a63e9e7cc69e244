import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectCost } from '../../support/cost.ts';
import { DOCUMENTS } from '../../support/expensive/documents.ts';
import { INDEXES_AND_MANIFESTS } from '../../support/expensive/indexes.ts';

/** For each kind of archive in which a few large documents or descriptors are used often: words of a finding. */
const REPEATED: Record<string, RegExp> = {
  'legacy layers: tags of a chain of large layers': /expansion ratio/,
  'manifest.json: wrong names of many short parts': /faults of its images/,
  'indexes: wrong names of many short parts for all platforms': /expansion ratio/,
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
    const { seconds, findings } = await inspectCost(family.make(family.most).archive, 2);
    assert.ok(seconds < 2, `${seconds} s`);
    assert.match(findings, words);
  });
}
