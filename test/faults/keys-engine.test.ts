import { BUCKETS } from '../support/functions.ts';
import { differences } from '../support/s3-differences.ts';
import { openEngine, withoutEngine } from '../support/s3-engine.ts';
import { localClient, makeBuckets } from '../support/s3-harness.ts';
import { keysSuite } from './keys-suite.ts';

keysSuite(
  'keys, over a real engine',
  async () => {
    const engine = await openEngine();
    const client = localClient(engine);
    await makeBuckets(client, Object.values(BUCKETS));
    client.destroy();
    return engine;
  },
  { skip: withoutEngine, keeps: differences.keeps },
);
