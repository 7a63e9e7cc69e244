import { parentPort, workerData } from 'node:worker_threads';
import type { Finding } from '../../core/catalogue/findings.ts';
import { convert } from '../../core/convert/convert.ts';
import { withNewLayers } from '../../core/convert/new-layers.ts';
import { inspect } from '../../core/inspect/inspect.ts';
import { parseOptions } from '../../core/options/options.ts';
import { NO_OPTIONS } from '../../core/options/table.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked } from './bytes.ts';
import type { CostlyWork } from './cost.ts';
import { cpuSeconds } from './cpu.ts';
import { sourceOf } from './memory-store.ts';

// The worker of `inspectCost` and `convertCost`: it inspects or converts the given bytes, and reports what this cost. It
// is a thread of its own because the test runner follows each promise on its own thread, which would take five times as
// long as the work itself.

async function findingsOf({ bytes, options }: CostlyWork): Promise<readonly Finding[]> {
  const tools = nativeTools({ threads: false });
  const request = parseOptions(options ?? NO_OPTIONS, 'upload.tar');
  if (!request.ok) throw new Error('the options are not valid');
  const inspection = await inspect(chunked(bytes, 65_536), tools, { compress: request.value.compress });
  if (options === null) return inspection.findings;
  const made = await withNewLayers(inspection, request.value, sourceOf(bytes), tools);
  return (await convert(made.inspection, request.value, tools)).findings;
}

const seconds = cpuSeconds();
const findings = await findingsOf(workerData as CostlyWork);
parentPort?.postMessage({ seconds: seconds(), findings: JSON.stringify(findings) });
