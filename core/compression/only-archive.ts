import { isStrayFile } from '../model/stray-files.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import { TarScanner } from '../tar/tar.ts';

/**
 * Yields the content of the only archive inside a tar archive (`bytes`). This is the content of the first file that is
 * not a checksum, a text or a leftover of an operating system, such as `.DS_Store`. The function does not check that
 * this file is an archive, and that no other archive follows. The caller must have found this out before.
 */
export async function* onlyArchive(bytes: Bytes, tools: Tools): Bytes {
  let only: Member | null = null;
  const isOnly = (member: Member): boolean => {
    if (only === null && member.type !== '5' && !isStrayFile(cleanPath(member.name))) only = member;
    return member === only;
  };
  const scanner = new TarScanner({ member: () => 0, body() {}, streams: isOnly }, tools.byteString);
  for await (const chunk of bytes) {
    for (const piece of scanner.walk(chunk)) yield piece.bytes;
    const turn = tools.breathe?.(); // a long text may come before the archive
    if (turn !== undefined) await turn;
  }
}
