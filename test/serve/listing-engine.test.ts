import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listUploads } from '../../serve/listing.ts';
import { ODD_KEYS } from '../contract/store-kit.ts';
import { differences } from '../support/s3-differences.ts';
import { withoutEngine } from '../support/s3-engine.ts';
import { engineFor, makeBuckets } from '../support/s3-harness.ts';
import { put } from './kit.ts';

test(
  'a listing shows every upload once, also odd keys and more than one page, and no sidecar',
  { skip: withoutEngine },
  async (t) => {
    const { client } = await engineFor(t);
    const bucket = 'listed-uploads';
    await makeBuckets(client, [bucket]);
    const many = Array.from({ length: 1010 }, (_, at) => `many/${at}.tar`);
    const keys = [...ODD_KEYS.filter(differences.keeps), ...many];
    for (let at = 0; at < keys.length; at += 20)
      await Promise.all(keys.slice(at, at + 20).map(async (key) => await put(client, bucket, key, 'x')));
    await put(client, bucket, 'many/1.tar.lading.json', '{}');
    const listed = await Array.fromAsync(listUploads({ client }, bucket));
    assert.deepEqual(listed.map(({ key }) => key).toSorted(), keys.toSorted());
    assert.equal(new Set(listed.map(({ mark }) => mark)).size, keys.length);
    await put(client, bucket, 'many/1.tar', 'y');
    const again = await Array.fromAsync(listUploads({ client }, bucket));
    const marks = new Set(listed.map(({ mark }) => mark));
    assert.deepEqual(
      again.filter(({ mark }) => !marks.has(mark)).map(({ key }) => key),
      ['many/1.tar'],
    );
  },
);
