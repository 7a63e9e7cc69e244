import { BUCKETS } from '../support/functions.ts';
import { openEngine, withoutEngine } from '../support/s3-engine.ts';
import { emptyBuckets } from '../support/s3-harness.ts';
import { keysSuite } from './keys-suite.ts';

keysSuite(
  'keys, over a real engine',
  openEngine,
  async (client) => await emptyBuckets(client, Object.values(BUCKETS)),
  withoutEngine,
);
