import { readdirSync, readFileSync } from 'node:fs';

/** The fields of /proc/PID/stat behind the name of the program, which may have spaces. */
export function statFields(path: string): string[] {
  const stat = readFileSync(path, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The numbers of the processes of Chromium that run pages, among the browsers that this process has started. */
export function renderers(): string[] {
  const parents = new Map<string, string>();
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(id, statFields(`/proc/${id}/stat`)[1] ?? '');
    } catch {
      // It has ended.
    }
  }
  const isMine = (id: string | undefined): boolean =>
    id === String(process.pid) || (id !== undefined && isMine(parents.get(id)));
  return [...parents.keys()].filter((id) => isMine(id) && commandOf(id).includes('--type=renderer'));
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
