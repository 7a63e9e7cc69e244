import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading');

/** The folder of the programs that `scripts/install-pinned.sh` installs under this name. */
export function pinnedPrograms(name: string): string {
  return join(CACHE, name, 'venv/bin');
}

/**
 * The reason why a test that needs the programs of this name is skipped, or false when they are installed in the pinned
 * version. With `LADING_ENGINES=required` missing programs are an error.
 */
export function withoutPinned(name: string): string | false {
  const pins = join(import.meta.dirname, '../../scripts', `${name}.txt`);
  const installed = join(CACHE, name, 'installed');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(pins, 'utf8')) return false;
  const reason = `needs scripts/install-pinned.sh ${name}`;
  if (process.env['LADING_ENGINES'] === 'required') throw new Error(`Cannot run the tests of ${name}: ${reason}`);
  return reason;
}
