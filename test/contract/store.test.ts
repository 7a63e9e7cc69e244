import { differences } from '../support/s3-differences.ts';
import { openEngine, withoutEngine } from '../support/s3-engine.ts';
import { engineHarness, standInHarness } from '../support/s3-harness.ts';
import { ODD_KEYS } from './store-kit.ts';
import { storeSuite } from './store-suite.ts';

const MIB = 2 ** 20;
const { refusesRemovals, completesConditionally, copies } = differences;

storeSuite('the S3 store on the stand-in', () => standInHarness(false));

storeSuite('the S3 store on a real engine', async () => engineHarness(await openEngine(), false), {
  skip: withoutEngine,
  keys: ODD_KEYS.filter(copies),
  conditions: { refusesRemovals, ...(!completesConditionally && { sizes: [MIB] }) },
});
