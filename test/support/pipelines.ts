import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading');

/** The programs that `scripts/install-pipelines.sh` puts below the user's cache. */
export const PIPELINES: string = join(CACHE, 'pipelines');
export const GITLAB_CI_LOCAL: string = join(PIPELINES, 'node_modules/.bin/gitlab-ci-local');

/**
 * The reason why a test that needs the programs of `scripts/install-pipelines.sh` is skipped, or false when they are
 * installed. With `LADING_ENGINES=required` missing programs are an error.
 */
export function withoutPipelines(): string | false {
  if (existsSync(join(PIPELINES, 'installed'))) return false;
  const reason = 'needs scripts/install-pipelines.sh';
  if (process.env['LADING_ENGINES'] === 'required') throw new Error(`Cannot run the tests of pipelines: ${reason}`);
  return reason;
}

/** The blocks of code in a section of docs/pipelines.md that have this language. */
export function recipes(section: string, language: string): string[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/pipelines.md'), 'utf8');
  const text = page.split(/^## /m).find((each) => each.startsWith(`${section}\n`)) ?? '';
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, word, code = '']) =>
    word === language ? code : [],
  );
}
