import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { resultKeys } from '../../core/service/keys.ts';
import { World } from '../faults/world.ts';
import type { SeenRequest } from '../support/s3-standin.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';

/** A right that a request needs: an action of IAM, and its resource (`bucket/key`, a bucket, or the event bus). */
export interface Need {
  action: string;
  on: string;
}

export type Caller = 'inspect' | 'convert' | 'fail';

const KEY = 'team/app.tar';
const small = archive(exportEntries());
const large = archive([...exportEntries(), { name: 'var/large', body: Buffer.alloc(11 * 2 ** 20, 'layer ') }]);
const expanded = Buffer.concat([gzipSync(large), Buffer.from('junk')]);
const text = Buffer.from('dear diary');

/**
 * The rights that the functions need, recorded from their requests while they do all that they may have to do: each
 * kind of upload, new, replacing, without marks of order, overtaken, deleted and failing, and again after a crash.
 */
export async function recordNeeds(reports: boolean): Promise<Record<Caller, Need[]>> {
  const world = new World({ reports });
  const needs: Record<Caller, Need[]> = { inspect: [], convert: [], fail: [] };
  await world.start(true);
  try {
    const { model } = world.standIn;
    const there = (bucket: string, key: string): boolean => model.list(bucket, key).some((each) => each.key === key);
    const record = (request: SeenRequest): undefined => {
      if (request.caller in needs) needs[request.caller as Caller].push(...needsOf(request, there));
    };
    world.standIn.disturb = record;
    await everything(world, record);
  } finally {
    await world.stop();
  }
  return needs;
}

async function everything(world: World, record: (request: SeenRequest) => undefined): Promise<void> {
  const { standIn } = world;
  const put = (bytes: Buffer) => world.upload(KEY, bytes, { name: 'app:1' });
  const inspect = (notice: ReturnType<typeof put>) => world.inspect(notice, 'inspect');
  const convert = () => world.convert(KEY, 'convert');
  for (const bytes of [small, large, expanded, small, text, archive([{ name: 'README' }]), large]) {
    const notice = put(bytes);
    if ((await inspect(notice)).kind === 'handed-on') await convert();
    assert.equal((await inspect(notice)).kind, 'already-done');
  }
  // A root file system, which goes when a newer upload is no archive, becomes an image, or is given up.
  const asRootfs = (bytes: Buffer) => world.upload(KEY, bytes, { name: 'app:1', as: 'rootfs' });
  for (const next of [
    () => inspect(put(text)),
    () => inspect(put(small)).then(convert),
    () => world.fail(put(small), 'fail'),
  ]) {
    await inspect(asRootfs(small));
    await convert();
    await next();
  }
  // A report from a time when reports were wanted.
  const { reports } = world;
  for (const next of [
    () => inspect(put(text)),
    () => inspect(put(small)).then(convert),
    () => world.fail(put(small), 'fail'),
  ]) {
    world.reports = true;
    await world.run(put(large), 'earlier');
    world.reports = reports;
    await next();
  }
  await inspect(put(small));
  await convert();
  // Given up, beside the image archive of an older upload, and after it was handed on.
  await world.fail(put(small), 'fail');
  const given = put(large);
  await inspect(given);
  await world.fail(given, 'fail');
  await world.failConversion(KEY, 'fail');
  // Overtaken while its image archive appears for the first time: the image archive is removed again.
  await inspect(put(text));
  const overtaken = put(small);
  await inspect(overtaken);
  let late = false;
  standIn.disturb = async (request) => {
    record(request);
    if (late || request.operation !== 'PutObject' || request.key !== resultKeys(KEY).image) return undefined;
    late = true;
    await inspect(put(text));
    return undefined;
  };
  assert.equal((await convert()).kind, 'superseded');
  // Without a sequencer and with the upload gone, the function looks up the current object.
  standIn.disturb = record;
  const unmarked = { ...put(small), sequencer: null };
  await inspect(unmarked);
  standIn.model.remove('uploads', KEY);
  await convert();
  // Refused in the middle: the multipart upload is aborted.
  await inspect(put(large));
  standIn.disturb = (request) => {
    record(request);
    return request.operation === 'UploadPartCopy' ? { status: 403, code: 'AccessDenied' } : undefined;
  };
  await assert.rejects(convert());
  await inspect(asRootfs(large));
  await assert.rejects(convert());
}

/** The rights of a request (Service Authorization Reference, "Actions … for Amazon S3", and the S3 API Reference). */
function needsOf(
  { operation, bucket, key, query, headers }: SeenRequest,
  there: (bucket: string, key: string) => boolean,
) {
  const object = (action: string): Need => ({ action, on: `${bucket}/${key}` });
  // A caller without the right to list gets 403 instead of 404.
  const listed = bucket === '' || key === '' || there(bucket, key) ? [] : [{ action: 's3:ListBucket', on: bucket }];
  switch (operation) {
    case 'GetObject':
    case 'HeadObject':
      return [object(query.has('versionId') ? 's3:GetObjectVersion' : 's3:GetObject'), ...listed];
    case 'PutObject':
    case 'CreateMultipartUpload':
    case 'UploadPart':
    case 'CompleteMultipartUpload':
      return [object('s3:PutObject')];
    case 'UploadPartCopy': {
      const [path = '', version] = decodeURIComponent(String(headers['x-amz-copy-source'])).split('?versionId=');
      const action = version === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
      return [object('s3:PutObject'), { action, on: path }];
    }
    case 'DeleteObject':
      // A condition on the ETag needs the right to read it.
      return [object('s3:DeleteObject'), ...('if-match' in headers ? [object('s3:GetObject')] : [])];
    case 'AbortMultipartUpload':
      return [object('s3:AbortMultipartUpload')];
    case 'ListMultipartUploads':
      return [{ action: 's3:ListBucketMultipartUploads', on: bucket }];
    case 'PutEvents':
      return [{ action: 'events:PutEvents', on: 'bus' }];
    default:
      throw new Error(`which right does ${operation} need?`);
  }
}
