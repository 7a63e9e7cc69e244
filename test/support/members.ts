import type { Member } from '../../core/tar/member.ts';
import { TarScanner } from '../../core/tar/tar.ts';
import type { Entry } from './tar-builder.ts';

/** The members of an archive without header records, to be written again. */
export function membersOf(bytes: Buffer): Entry[] {
  const entries: Entry[] = [];
  new TarScanner({
    member({ name, type, mode, linkname, start, size }: Member) {
      entries.push({ name, type, mode, linkname, body: bytes.subarray(start, start + size) });
      return 0;
    },
    body() {},
  }).push(bytes);
  return entries;
}
