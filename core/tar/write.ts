import { pack } from 'tar-stream';
import { concat } from '../model/byte-arrays.ts';
import { BLOCK } from './header.ts';

/** A small member of an image archive to be written, held in memory: a file, or a directory without bytes. */
export interface SmallMember {
  /** The name of the member; the name of a directory ends with a slash. */
  name: string;
  bytes: Uint8Array;
}

/**
 * The tar header fields that all files in a written image archive share. Programs that load the image ignore the times,
 * owners and modes of these files.
 */
const PLAIN = { type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) } as const;

const DIRECTORY = { type: 'directory', mode: 0o755 } as const;

/** The end mark of a tar archive: two zero blocks of 512 bytes. */
export const END_OF_ARCHIVE = new Uint8Array(2 * BLOCK);

/**
 * Returns small members as tar bytes, without the two zero blocks that end an archive. A body is followed by its
 * padding.
 */
export async function writeMembers(members: readonly SmallMember[]): Promise<Uint8Array> {
  const groups: Uint8Array[] = [];
  for (let at = 0; at < members.length; at += AT_ONCE) groups.push(await packed(members.slice(at, at + AT_ONCE)));
  return concat(groups);
}

/**
 * The number of members that are given to one packer. It keeps all that wait in a list, and takes the first one out of
 * the list again and again, so that tens of thousands would take seconds.
 */
const AT_ONCE = 256;

async function packed(members: readonly SmallMember[]): Promise<Uint8Array> {
  const archive = pack();
  for (const { name, bytes } of members) {
    if (name.endsWith('/')) archive.entry({ ...PLAIN, ...DIRECTORY, name });
    else archive.entry({ ...PLAIN, name, size: bytes.length }, bytes);
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const whole = concat(chunks);
  return whole.subarray(0, whole.length - END_OF_ARCHIVE.length);
}

/**
 * Returns the tar header of a file whose body of `size` bytes is written separately. Sizes from 8 GiB on are stored in
 * base-256.
 */
export async function writeHeader(name: string, size: number): Promise<Uint8Array> {
  const archive = pack();
  archive.entry({ ...PLAIN, name, size });
  // Not `for await`, which would end the stream early: streams make two errors for that, and there can be thousands of
  // layers. This stream holds nothing but memory.
  const first = await (archive as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().next();
  if (first.done === true) throw new RangeError('Cannot write a tar header: the packer gave none');
  return first.value;
}
