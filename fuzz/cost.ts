import assert from 'node:assert/strict';
import type { Target } from './target.ts';

/**
 * The CPU seconds that every input of the fuzzer may cost, whatever its size. A fuzz target reads its input several
 * times, and the fuzzer's counters make the code some ten times slower. Garbage collection may run at any time.
 */
const LEAST_SECONDS = 1;
/**
 * The CPU seconds that an input of the fuzzer may cost for each MiB of it, in addition to `LEAST_SECONDS`. They are ten
 * times what uploads may cost.
 */
const SECONDS_PER_MEBIBYTE = 20;
/**
 * The CPU seconds that an input of the fuzzer may cost for each GiB to which it expands, in addition to
 * `LEAST_SECONDS`. They are ten times what uploads may cost.
 */
const SECONDS_PER_GIBIBYTE = 50;

/**
 * The most bytes by which the memory of the process may grow for one input of the fuzzer: enough for the windows of two
 * decoders, and for garbage. More counts as a failure.
 */
const MOST_MEMORY = 512 * 2 ** 20;

/**
 * Runs a fuzz target with one input. If that takes too much CPU time, runs the fuzz target again. Throws an
 * AssertionError when both runs take more CPU time than an input of this size may, or when the first takes too much
 * memory.
 */
export async function readWithinBounds(target: Target, bytes: Uint8Array): Promise<void> {
  const before = process.resourceUsage().maxRSS;
  const first = await excessSeconds(target, bytes);
  const grown = (process.resourceUsage().maxRSS - before) * 1024;
  assert.ok(grown <= MOST_MEMORY, `${bytes.length} bytes took ${Math.round(grown / 2 ** 20)} MiB of memory`);
  // The first run may include garbage collection for other inputs, and compilation. So only the better run counts.
  const excess = first <= 0 ? first : Math.min(first, await excessSeconds(target, bytes));
  assert.ok(excess <= 0, `${bytes.length} bytes took ${excess.toFixed(1)} CPU seconds more than they may`);
}

async function excessSeconds(target: Target, bytes: Uint8Array): Promise<number> {
  const start = process.cpuUsage();
  const expanded = (await target.run(bytes)) ?? 0;
  const { user, system } = process.cpuUsage(start);
  const allowed =
    LEAST_SECONDS + (SECONDS_PER_MEBIBYTE * bytes.length) / 2 ** 20 + (SECONDS_PER_GIBIBYTE * expanded) / 2 ** 30;
  return (user + system) / 1e6 - allowed;
}
