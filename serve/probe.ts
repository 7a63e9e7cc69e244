import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { endedBy, isConflict, onlyIf, type S3Access } from '../s3/client.ts';
import { LEASES } from './leases.ts';

/**
 * True when the store obeys the condition `If-None-Match: *`, and so refuses to replace an object; false when it
 * ignores the condition. Only in a store that obeys it do leases, the locks on uploads, work. To find out, writes an
 * object into the folder of leases, and deletes it. If this process dies meanwhile, other processes delete it like an
 * expired lease.
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
