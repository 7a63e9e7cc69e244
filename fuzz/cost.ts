import assert from 'node:assert/strict';
import type { Target } from './target.ts';

/**
 * CPU seconds that one input may cost, whatever is in it. A target reads its input several times, the fuzzer's counters make each
 * step some ten times as long, and the garbage collection may come at any time.
 */
const LEAST_SECONDS = 1;
/** CPU seconds for a MiB of the input, and for a GiB of what comes of it: ten times what an upload may cost. */
const SECONDS_PER_MEBIBYTE = 20;
const SECONDS_PER_GIBIBYTE = 50;

/** By how many bytes the memory of the process may grow for one input: the windows of two decoders, and garbage. */
const MOST_MEMORY = 512 * 2 ** 20;

/** Gives one input to a reader. Throws when that costs more than the bytes of the input allow. */
export async function readWithinBounds(target: Target, bytes: Uint8Array): Promise<void> {
  const before = process.resourceUsage().maxRSS;
  const first = await excessSeconds(target, bytes);
  const grown = (process.resourceUsage().maxRSS - before) * 1024;
  assert.ok(grown <= MOST_MEMORY, `${bytes.length} bytes took ${Math.round(grown / 2 ** 20)} MiB of memory`);
  // The first time may have paid for the garbage of other inputs, and for the compilation of code.
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
