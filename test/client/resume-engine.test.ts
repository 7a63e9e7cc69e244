import { openEngine, withoutEngine } from '../support/s3-engine.ts';
import { resumeSuite } from './resume-suite.ts';

const GB = 1e9;

resumeSuite('interrupted uploads, over a real engine', openEngine, 1 * GB, withoutEngine);
