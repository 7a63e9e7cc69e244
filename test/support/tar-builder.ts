/** A member to be written; everything but the name has a default. Names are byte strings (latin1). */
export interface Entry {
  name: string;
  type?: string;
  body?: string | Uint8Array;
  /** The size field, where it differs from the length of the body. */
  size?: number;
  mode?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  linkname?: string;
  devmajor?: number;
  devminor?: number;
  pax?: Record<string, string>;
  magic?: 'posix' | 'gnu' | 'v7';
  /** True to write the numbers in base-256. */
  base256?: boolean;
}

const BLOCK = 512;

/** A header block of POSIX, GNU or v7 tar, made by hand because tests need headers that no library writes. */
export function header(entry: Entry): Buffer {
  const block = Buffer.alloc(BLOCK);
  const size = entry.size ?? bodyOf(entry).length;
  const number = entry.base256 === true ? base256 : octal;
  block.write(entry.name.slice(0, 100), 0, 'latin1');
  octal(block, 100, 8, entry.mode ?? (entry.type === '5' ? 0o755 : 0o644));
  number(block, 108, 8, entry.uid ?? 0);
  number(block, 116, 8, entry.gid ?? 0);
  number(block, 124, 12, size);
  number(block, 136, 12, entry.mtime ?? 1_700_000_000);
  block.write(entry.type ?? '0', 156, 'latin1');
  block.write((entry.linkname ?? '').slice(0, 100), 157, 'latin1');
  if (entry.magic !== 'v7') {
    block.write(entry.magic === 'gnu' ? 'ustar  \0' : 'ustar\x0000', 257, 'latin1');
    octal(block, 329, 8, entry.devmajor ?? 0);
    octal(block, 337, 8, entry.devminor ?? 0);
  }
  return sealed(block);
}

/** The block with a checksum that fits its bytes. */
export function sealed(block: Buffer): Buffer {
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (let at = 0; at < block.length; at++) sum += block[at] ?? 0;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** A member: PAX header where needed, header, body, padding. */
export function member(entry: Entry): Buffer {
  const body = bodyOf(entry);
  const pax = entry.pax === undefined ? [] : [member({ name: 'PaxHeader', type: 'x', body: paxBody(entry.pax) })];
  return Buffer.concat([...pax, header(entry), body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]);
}

/** A whole archive, ended by two zero blocks. */
export function archive(entries: Entry[]): Buffer {
  return Buffer.concat([...entries.map(member), Buffer.alloc(2 * BLOCK)]);
}

/** An archive, and in front of its members a file of `bytes` zeros that makes the upload larger. */
export function behindZeros(bytes: number, tar: Buffer): Buffer {
  return Buffer.concat([member({ name: 'large', body: Buffer.alloc(bytes) }), tar]);
}

/** A GNU long name (`L`) or long link (`K`) record. */
export function longName(type: 'L' | 'K', name: string): Entry {
  return { name: '././@LongLink', type, body: Buffer.from(`${name}\0`, 'latin1'), magic: 'gnu' };
}

/** PAX records with their length prefixes; values are byte strings. */
export function paxBody(records: Record<string, string>): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length;
    while (length !== `${length}`.length + rest.length) length = `${length}`.length + rest.length;
    return `${length}${rest}`;
  });
  return Buffer.from(lines.join(''), 'latin1');
}

/** A small but complete root file system as `docker export` writes it. */
export function exportEntries(): Entry[] {
  const directory = (name: string): Entry => ({ name: `${name}/`, type: '5' });
  const empty = (name: string): Entry => ({ name, mode: 0o755 });
  return [
    empty('.dockerenv'),
    directory('bin'),
    { name: 'bin/sh', body: elf(), mode: 0o755 },
    directory('dev'),
    empty('dev/console'),
    directory('dev/pts'),
    directory('dev/shm'),
    directory('etc'),
    empty('etc/hostname'),
    empty('etc/hosts'),
    { name: 'etc/mtab', type: '2', linkname: '/proc/mounts' },
    { name: 'etc/os-release', body: 'PRETTY_NAME="Tiny 1"\nID=tiny\nVERSION_ID="1"\n' },
    empty('etc/resolv.conf'),
    directory('proc'),
    directory('sys'),
  ];
}

/** The first bytes of an ELF file for a machine (e_machine, 62 is amd64), of a type (e_type, 2 is an executable). */
export function elf(machine = 62, { big = false, type = 2 } = {}): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, big ? 2 : 1, 1]);
  if (big) {
    bytes.writeUInt16BE(type, 16);
    bytes.writeUInt16BE(machine, 18);
  } else {
    bytes.writeUInt16LE(type, 16);
    bytes.writeUInt16LE(machine, 18);
  }
  return bytes;
}

function bodyOf(entry: Entry): Buffer {
  return Buffer.from(entry.body ?? '');
}

function octal(block: Buffer, start: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, start, 'latin1');
}

function base256(block: Buffer, start: number, length: number, value: number): void {
  let rest = BigInt.asUintN(length * 8, BigInt(value));
  for (let i = start + length - 1; i >= start; i--) {
    block[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  block[start] = (block[start] ?? 0) | 0x80;
}

/** A sparse file (GNU format 0.1) of `size` bytes that stores one byte; the rest is a hole. */
export function hole(name: string, size: number): Entry {
  const map = { 'GNU.sparse.map': '0,1', 'GNU.sparse.numblocks': '1', 'GNU.sparse.size': String(size) };
  return { name, body: 'x', pax: { 'GNU.sparse.major': '0', 'GNU.sparse.minor': '1', ...map } };
}
