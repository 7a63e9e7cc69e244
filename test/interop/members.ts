import { fileURLToPath } from 'node:url';
import { run } from '../support/engines.ts';

/** The facts of every member of a tar archive, by printable name. */
export type Members = Map<string, string>;

const SCRIPT = fileURLToPath(new URL('members.py', import.meta.url));

/** Lists a tar archive, plain or compressed, with Python's reader, which is independent of Lading's. */
export async function listMembers(archive: string): Promise<Members> {
  const lines = (await run('python3', [SCRIPT, archive])).trimEnd().split('\n');
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}

/** The members that Docker writes anew into every container, whatever the image has there. */
export const DOCKERS_OWN: RegExp = /^'(\.dockerenv|dev\/console|etc\/(hostname|hosts|mtab|resolv\.conf))'$/;

/** The members of `before` that are missing or different in `after`, as lines; `besides` matches the allowed ones. */
export function lost(before: Members, after: Members, besides: RegExp = /^$/): string[] {
  const changed = [...before].filter(([name, facts]) => !besides.test(name) && after.get(name) !== facts);
  return changed.map(([name, facts]) => `${name}: ${facts} became ${after.get(name) ?? 'nothing'}`);
}
