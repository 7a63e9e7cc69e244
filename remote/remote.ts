import type { Stores } from '../core/service/stores.ts';
import type { S3Access } from '../s3/client.ts';

/** The names of the service's uploads bucket and results bucket. */
export interface Buckets {
  uploads: string;
  results: string;
}

/**
 * What a client needs to use the service in AWS: the names of its two buckets, the access to S3, and the stores of
 * uploads and results.
 */
export interface Remote extends Stores {
  access: S3Access;
  buckets: Buckets;
  /** The version of Lading that this client has. */
  version: string;
}
