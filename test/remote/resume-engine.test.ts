import { engineName, withoutEngine } from '../support/s3-engine.ts';
import { engineWith } from '../support/s3-harness.ts';
import { resumeSuite } from './resume-suite.ts';

const GB = 1e9;

// The gigabyte is uploaded once, over Ceph: the number of parts does not depend on the store.
const gigantic = engineName === 'versitygw' ? GB / 4 : GB;

const open = async () => await engineWith(['uploads', 'results']);

resumeSuite('interrupted uploads, over a real engine', open, gigantic, withoutEngine);
