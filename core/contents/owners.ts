import { byteString } from '../model/byte-string.ts';

/**
 * Returns the numbers (uid) of the users in an `/etc/passwd` file (passwd(5)). Comments, and lines that have no number,
 * are ignored.
 */
export function usersOf(passwd: Uint8Array): Set<number> {
  const users = new Set<number>();
  for (const line of byteString(passwd).split('\n')) {
    const [, uid] = /^[^:#]+:[^:]*:(\d{1,10})(?::|$)/.exec(line) ?? [];
    if (uid !== undefined) users.add(Number(uid));
  }
  return users;
}
