import { pack } from 'tar-stream';
import { BLOCK } from './header.ts';

/** One small member of the outer archive. */
export interface SmallMember {
  name: string;
  bytes: Uint8Array;
}

/** Everything that the outer archive does not need: times, owners and modes of its members say nothing. */
const PLAIN = { type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) } as const;

/** Two zero blocks: the end of a tar archive. */
export const END_OF_ARCHIVE = new Uint8Array(2 * BLOCK);

/** How many zero bytes follow a member's body of `size` bytes. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The members as a tar archive without its end. */
export async function writeMembers(members: SmallMember[]): Promise<Uint8Array> {
  const archive = pack();
  for (const { name, bytes } of members) archive.entry({ ...PLAIN, name, size: bytes.length }, Buffer.from(bytes));
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  return whole.subarray(0, whole.length - END_OF_ARCHIVE.length);
}

/** The header of a member whose body of `size` bytes is written by somebody else; base-256 from 8 GiB on. */
export async function writeHeader(name: string, size: number): Promise<Uint8Array> {
  const archive = pack();
  archive.entry({ ...PLAIN, name, size });
  for await (const header of archive as AsyncIterable<Uint8Array>) return header;
  throw new RangeError('Cannot write a tar header: the packer gave none');
}
