import { parentPort, workerData } from 'node:worker_threads';
import { inspect } from '../../core/inspect/inspect.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked } from './bytes.ts';

// Inspects the bytes that it is given, and tells how many seconds of CPU that took. The test runner follows each promise on
// its own thread, which takes five times as long as what the promises stand for.

const began = process.cpuUsage();
await inspect(chunked(workerData as Uint8Array, 65_536), nativeTools({ threads: false }));
const { user, system } = process.cpuUsage(began);
parentPort?.postMessage((user + system) / 1e6);
