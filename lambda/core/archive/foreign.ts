import { diskFormat, partitionedDisk } from './foreign/disks.ts';
import type { Foreign } from './foreign/format.ts';
import { packedFormat } from './foreign/packed.ts';
import { programFormat } from './foreign/programs.ts';
import { secretFormat } from './foreign/secrets.ts';
import { textFormat } from './foreign/texts.ts';

/** The format of a file that begins like this and is no archive that a container engine reads; null where it is not known. */
export function foreignFormat(head: Buffer): Foreign | null {
  return (
    secretFormat(head) ??
    packedFormat(head) ??
    diskFormat(head) ??
    textFormat(head) ??
    programFormat(head) ??
    partitionedDisk(head)
  );
}
