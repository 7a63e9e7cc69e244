import type { Stores } from '../core/service/stores.ts';
import type { S3Access } from '../s3/client.ts';

/** The names of the service's uploads bucket and results bucket. */
export interface Buckets {
  uploads: string;
  results: string;
}

/** The service in AWS as its users reach it: its two buckets, and the access to them. */
export interface Remote extends Stores {
  access: S3Access;
  buckets: Buckets;
  /** The version of Lading that this client has. */
  version: string;
}
