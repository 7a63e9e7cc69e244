import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { endedBy, isConflict, onlyIf, type S3Access } from '../s3/client.ts';
import { LEASES } from './leases.ts';

/**
 * True when the store refuses to put an object with `If-None-Match: *` in place of another one. Leases need this. The
 * object that it tries this with lies among the leases, so it is removed like an expired one if this process dies here.
 */
export async function keepsConditions({ client, signal }: S3Access, bucket: string): Promise<boolean> {
  const object = { Bucket: bucket, Key: `${LEASES}probe-${randomUUID()}` };
  await client.send(new PutObjectCommand({ ...object, Body: '{}' }), endedBy(signal));
  try {
    await client.send(new PutObjectCommand({ ...object, Body: '{ }', ...onlyIf(null) }), endedBy(signal));
    return false;
  } catch (error) {
    if (isConflict(error)) return true;
    throw error;
  } finally {
    await client.send(new DeleteObjectCommand(object), endedBy(signal));
  }
}
