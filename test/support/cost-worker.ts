import { parentPort, workerData } from 'node:worker_threads';
import { inspect } from '../../core/inspect/inspect.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked } from './bytes.ts';
import { cpuSeconds } from './cpu.ts';

// The worker of `inspectCost`: it inspects the given bytes, and reports what this cost. It is a thread of its own because
// the test runner follows each promise on its own thread, which would take five times as long as the work itself.

const seconds = cpuSeconds();
const { findings } = await inspect(chunked(workerData as Uint8Array, 65_536), nativeTools({ threads: false }));
parentPort?.postMessage({ seconds: seconds(), findings: JSON.stringify(findings) });
