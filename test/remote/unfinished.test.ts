import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findUnfinished } from '../../remote/unfinished.ts';
import { standInHarness } from '../support/s3-harness.ts';

test('among the unfinished uploads to a key, the one whose parts all fit is found, with all pages of its parts', async (t) => {
  const harness = await standInHarness(false);
  t.after(async () => await harness.close());
  const { client, standIn } = harness;
  const { model } = standIn;
  const begin = (key: string, parts: number, size: number): string => {
    const id = model.createUpload('uploads', key, { contentType: '', metadata: {} }, null);
    for (let number = 1; number <= parts; number += 1) model.putPart(id, number, Buffer.alloc(size));
    return id;
  };
  const find = async () => {
    const target = { bucket: 'uploads', key: 'a.tar' };
    return await findUnfinished({ client }, target, (part) => part.Size === 3);
  };
  begin('a.tar', 0, 0);
  begin('a.tar', 5, 4);
  begin('a.tar.more', 5, 3);
  assert.equal(await find(), null);
  const id = begin('a.tar', 2500, 3);
  const found = await find();
  assert.equal(found?.id, id);
  assert.equal(found.parts.size, 2500);
});

test('no upload is continued when a store cannot list unfinished uploads or somebody ends the upload meanwhile', async (t) => {
  const harness = await standInHarness(false);
  t.after(async () => await harness.close());
  const { client, standIn } = harness;
  const find = async () => await findUnfinished({ client }, { bucket: 'uploads', key: 'a.tar' }, () => true);
  const id = standIn.model.createUpload('uploads', 'a.tar', { contentType: '', metadata: {} }, null);
  standIn.model.putPart(id, 1, Buffer.alloc(3));
  assert.equal((await find())?.id, id);
  for (const operation of ['ListMultipartUploads', 'ListParts']) {
    for (const answer of [
      { status: 501, code: 'NotImplemented' },
      { status: 405, code: 'MethodNotAllowed' },
    ]) {
      standIn.disturb = (request) => (request.operation === operation ? answer : undefined);
      assert.equal(await find(), null, `${operation}: ${answer.status}`);
    }
  }
  standIn.disturb = ({ operation }) => {
    if (operation === 'ListParts') standIn.model.abort(id);
    return undefined;
  };
  assert.equal(await find(), null);
  standIn.disturb = () => ({ status: 404, code: 'NoSuchBucket' });
  await assert.rejects(find(), { name: 'NoSuchBucket' });
});
