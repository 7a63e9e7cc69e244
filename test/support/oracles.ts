import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading');

/** The programs of `test/oracles`: each answers as the real thing does, thousands of times. */
export type Oracle = 'tar' | 'unpack' | 'unpack-old' | 'documents';

/** The path of a built oracle (`scripts/install-oracles.sh`). */
export function oracle(name: Oracle): string {
  return join(CACHE, 'oracles', name);
}

/**
 * False when the oracle is built, else why a test that needs it is skipped. With `LADING_ENGINES=required` an absent
 * oracle is an error.
 */
export function withoutOracle(name: Oracle): string | false {
  if (existsSync(oracle(name))) return false;
  const reason = 'needs scripts/install-oracles.sh';
  if (process.env['LADING_ENGINES'] === 'required')
    throw new Error(`Cannot run the tests with the ${name} oracle: ${reason}`);
  return reason;
}
