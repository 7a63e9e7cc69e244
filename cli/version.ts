import { readFileSync } from 'node:fs';

/** The version of Lading from package.json, which is also written into every archive manifest. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
