import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading');

/** The programs in `test/oracles`, each of which runs the real code of Go or of engines on thousands of inputs. */
export type Oracle = 'tar' | 'unpack' | 'unpack-old' | 'documents' | 'contents';

/** The path of a built oracle (`scripts/install-oracles.sh`). */
export function oracle(name: Oracle): string {
  return join(CACHE, 'oracles', name);
}

/**
 * The reason why a test that needs the oracle is skipped, or false when it is built. With `LADING_ENGINES=required` a
 * missing oracle is an error.
 */
export function withoutOracle(name: Oracle): string | false {
  if (existsSync(oracle(name))) return false;
  const reason = 'needs scripts/install-oracles.sh';
  if (process.env['LADING_ENGINES'] === 'required')
    throw new Error(`Cannot run the tests with the ${name} oracle: ${reason}`);
  return reason;
}
