import { BUCKETS } from '../support/functions.ts';
import { differences } from '../support/s3-differences.ts';
import { withoutEngine } from '../support/s3-engine.ts';
import { engineWith } from '../support/s3-harness.ts';
import { keysSuite } from './keys-suite.ts';

const open = async () => await engineWith(Object.values(BUCKETS));

keysSuite('keys, over a real engine', open, { skip: withoutEngine, keeps: differences.keeps });
