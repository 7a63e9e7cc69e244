import { fileURLToPath } from 'node:url';
import { run } from '../support/engines.ts';

/** The facts of every member of a tar archive, by printable name. */
export type Members = Map<string, string>;

const SCRIPT = fileURLToPath(new URL('members.py', import.meta.url));

/** Lists a tar archive, plain or compressed, with a reader that is not ours: Python's. */
export async function listMembers(archive: string): Promise<Members> {
  const lines = (await run('python3', [SCRIPT, archive])).trimEnd().split('\n');
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}

/** What Docker puts into every container anew, whatever the image has there. */
export const DOCKERS_OWN: RegExp = /^'(\.dockerenv|dev\/console|etc\/(hostname|hosts|mtab|resolv\.conf))'$/;

/** The members of `before` that are gone or different in `after`, as lines to read; those that match `besides` may be. */
export function lost(before: Members, after: Members, besides: RegExp = /^$/): string[] {
  const changed = [...before].filter(([name, facts]) => !besides.test(name) && after.get(name) !== facts);
  return changed.map(([name, facts]) => `${name}: ${facts} became ${after.get(name) ?? 'nothing'}`);
}
