import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { BUCKETS } from '../support/functions.ts';
import { openEngine, withoutEngine } from '../support/rgw.ts';
import { keysSuite } from './keys-suite.ts';

keysSuite(
  'keys, over a real engine',
  openEngine,
  async (client) => {
    for (const Bucket of Object.values(BUCKETS)) await client.send(new CreateBucketCommand({ Bucket }));
  },
  withoutEngine,
);
