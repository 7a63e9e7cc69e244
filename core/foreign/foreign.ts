import { diskFormat, partitionedDisk } from './disks.ts';
import type { Foreign } from './format.ts';
import { packedFormat } from './packed.ts';
import { programFormat } from './programs.ts';
import { secretFormat } from './secrets.ts';
import { textFormat } from './texts.ts';

/**
 * Recognises a file that no container engine reads, such as a disk image or a program, by its first bytes (`head`).
 * Returns what the file is, and what the user can do with it; null when its format is unknown.
 */
export function foreignFormat(head: Uint8Array): Foreign | null {
  return (
    secretFormat(head) ??
    packedFormat(head) ??
    diskFormat(head) ??
    textFormat(head) ??
    programFormat(head) ??
    partitionedDisk(head)
  );
}
