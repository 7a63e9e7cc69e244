import { openEngine, withoutEngine } from '../support/s3-engine.ts';
import { engineHarness, standInHarness } from '../support/s3-harness.ts';
import { ODD_KEYS } from './store-kit.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('the S3 store on the stand-in', () => standInHarness(false));

storeSuite('the S3 store on a real engine', async () => engineHarness(await openEngine(), false), {
  skip: withoutEngine,
  // Ceph decodes the source of a copy twice, and ends when what comes out is no encoding.
  keys: ODD_KEYS.filter((key) => !key.includes('%')),
  // It removes whatever is there, and ignores conditions when it completes a multipart upload.
  conditions: { refusesRemovals: false, sizes: [2 ** 20] },
});
