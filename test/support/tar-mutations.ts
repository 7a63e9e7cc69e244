import { randomFrom } from './corpus-damage.ts';
import { longName, member, paxBody, sealed } from './tar-builder.ts';

const BLOCK = 512;

/** Number fields of a header, each as offset and length. */
const NUMBERS: [number, number][] = [
  [100, 8],
  [108, 8],
  [116, 8],
  [124, 12],
  [136, 12],
  [329, 8],
  [337, 8],
  [345, 12],
  [357, 12],
  [386, 12],
  [398, 12],
  [410, 12],
  [422, 12],
  [476, 12],
  [483, 12],
  [488, 12],
];
const NUMBER_VALUES = [
  '',
  '0',
  '00000000006\0',
  '\0\0\x000000\0',
  '   6\0',
  '6   ',
  ' 6 \x006',
  '8',
  '-1',
  '+6',
  '0x6',
  '1 1',
  '77777777777',
  '00000001000\0',
  '\x80\0\0\0\0\0\0\0\0\0\0\x06',
  '\x80\0\0\0\0\0\0\x06',
  '\xff'.repeat(12),
  '\x80' + '\0'.repeat(3) + '\x7f' + '\xff'.repeat(7),
  '\xbf' + '\xff'.repeat(11),
  '\xc0' + '\0'.repeat(11),
  '\xff\xff\xff\xff\xff\xff\xff\xfe',
];
const TYPES = '01234567SxgLKVMDNZ\0 '.split('');
const MAGICS = [
  'ustar\x0000',
  'ustar  \0',
  'ustar \0\0',
  'ustar\0\0\0',
  '\0\0\0\0\0\0\0\0',
  'ustar0 \0',
  'USTAR\x0000',
];
const NAMES = ['', 'a', 'd/', '/', './', '../up', 'n'.repeat(100), '\xe4\xff', 'x\0y', 'etc/passwd'];
const KEYS = [
  'a\0b',
  ...'path linkpath size uid gid mtime atime ctime uname gname comment hdrcharset SCHILY.fflags'.split(' '),
  ...'major minor name realsize size map numblocks offset numbytes'.split(' ').map((key) => `GNU.sparse.${key}`),
];
const VALUES = [
  ' 6',
  '6 ',
  'a\nb',
  'a\0b',
  ...'0 1 6 12 512 600 1024 5000 8192 +6 -6 06 0x6 6e0 6. .6 6.5 -0.5 1_0 a/b d/ = x=y'.split(' '),
  ...'0,6 0,3,512,3 0,6, , 512,6 0,0 6,0 -1,7'.split(' '),
  ...'9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808'.split(' '),
  ...'99999999999999999999 000000000000000000000000006'.split(' '),
  '',
];

/** Changes archives at random, by a seed: their blocks, the fields of their headers, their records. */
export class Mutator {
  readonly #random: () => number;
  readonly #seeds: readonly Buffer[];

  constructor(seed: number, seeds: readonly Buffer[]) {
    this.#random = randomFrom(seed);
    this.#seeds = seeds;
  }

  next(): Buffer {
    let bytes: Buffer = Buffer.from(this.#pick(this.#seeds));
    for (let left = 1 + this.#below(3); left > 0; left--) bytes = this.#pick(this.#mutations)(bytes);
    return bytes;
  }

  readonly #mutations: ((bytes: Buffer) => Buffer)[] = [
    (bytes) => this.#withHeader(bytes, (block) => this.#number(block)),
    (bytes) => this.#withHeader(bytes, (block) => this.#number(block)),
    (bytes) => this.#withHeader(bytes, (block) => void block.write(this.#pick(TYPES), 156, 'latin1')),
    (bytes) => this.#withHeader(bytes, (block) => void block.write(this.#pick(MAGICS), 257, 'latin1')),
    (bytes) => this.#withHeader(bytes, (block) => this.#text(block)),
    (bytes) => this.#withHeader(bytes, (block) => this.#flip(block, 0, BLOCK)),
    (bytes) => this.#flip(bytes, 0, bytes.length),
    (bytes) => this.#insideBody(bytes),
    (bytes) => this.#insideBody(bytes),
    (bytes) => this.#insert(bytes, this.#records()),
    (bytes) => this.#insert(bytes, this.#records()),
    (bytes) => this.#insert(bytes, member(longName(this.#pick(['L', 'K']), this.#pick(NAMES)))),
    (bytes) => this.#insert(bytes, Buffer.alloc(BLOCK * this.#pick([1, 1, 2, 3, 40]))),
    (bytes) => this.#splice(bytes),
    (bytes) => this.#splice(bytes),
    (bytes) => this.#cut(bytes),
    (bytes) => this.#checksum(bytes),
  ];

  #withHeader(bytes: Buffer, change: (block: Buffer) => unknown): Buffer {
    const at = this.#pick(headers(bytes));
    const block = bytes.subarray(at, at + BLOCK);
    if (block.length < BLOCK) return bytes;
    change(block);
    sealed(block);
    return bytes;
  }

  #number(block: Buffer): void {
    const [at, length] = this.#pick(NUMBERS);
    const value =
      this.#below(3) === 0
        ? `${this.#below(2000)
            .toString(8)
            .padStart(length - 1, '0')}\0`
        : this.#pick(NUMBER_VALUES);
    if (this.#below(2) === 0) block.fill(0, at, at + length);
    block.write(value.slice(0, length), at, 'latin1');
  }

  #text(block: Buffer): void {
    const [at, length] = this.#pick<[number, number]>([
      [0, 100],
      [157, 100],
      [345, 155],
      [508, 4],
      [265, 32],
    ]);
    block.write(at === 508 ? 'tar\0' : this.#pick(NAMES).padEnd(length, '\0'), at, 'latin1');
  }

  #flip(bytes: Buffer, from: number, to: number): Buffer {
    const at = from + this.#below(Math.max(1, to - from));
    if (at < bytes.length)
      bytes[at] = this.#below(2) === 0 ? this.#below(256) : (bytes[at] ?? 0) ^ (1 << this.#below(8));
    return bytes;
  }

  /** Changes the text of records and sparse maps, which are right behind headers. */
  #insideBody(bytes: Buffer): Buffer {
    const at = this.#pick(headers(bytes)) + BLOCK;
    const end = Math.min(bytes.length, at + BLOCK);
    if (this.#below(2) === 0) return this.#flip(bytes, at, Math.min(end, at + 120));
    const digits = Array.from({ length: end - at }, (_, i) => at + i).filter((i) =>
      /[0-9]/.test(String.fromCharCode(bytes[i] ?? 0)),
    );
    if (digits.length > 0) bytes.write(this.#pick('0123456789-+ ,\n='.split('')), this.#pick(digits), 'latin1');
    return bytes;
  }

  #records(): Buffer {
    const records = Array.from({ length: 1 + this.#below(4) }, () =>
      paxBody({ [this.#pick(KEYS)]: this.#pick(VALUES) }),
    );
    if (this.#below(8) === 0)
      records.push(Buffer.from(this.#pick(['\0', '\n', '5', '5 ', '0 a=\n', '7 a=bc\n', '+6 a=\n', '06 a=\n'])));
    return member({ name: 'PaxHeader', type: this.#below(5) === 0 ? 'g' : 'x', body: Buffer.concat(records) });
  }

  /** Inserts bytes before a random header. */
  #insert(bytes: Buffer, more: Buffer): Buffer {
    const at = this.#pick(headers(bytes));
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  }

  /** Repeats or removes some blocks, or takes them from another archive. */
  #splice(bytes: Buffer): Buffer {
    const blocks = Math.floor(bytes.length / BLOCK);
    if (blocks === 0) return bytes;
    const [at, count] = [this.#below(blocks) * BLOCK, (1 + this.#below(4)) * BLOCK];
    const other = this.#pick(this.#seeds);
    const from = this.#below(Math.floor(other.length / BLOCK)) * BLOCK;
    const kind = this.#below(4);
    if (kind === 0) return Buffer.concat([bytes.subarray(0, at + count), bytes.subarray(at)]);
    if (kind === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);
    if (kind === 2) return Buffer.concat([bytes.subarray(0, at), other.subarray(from)]);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + count), bytes.subarray(at)]);
  }

  #cut(bytes: Buffer): Buffer {
    const at = this.#below(bytes.length + 1);
    const [onBlock, nearHeader] = [at - (at % BLOCK), this.#pick(headers(bytes)) + this.#below(3) * BLOCK];
    return bytes.subarray(0, this.#pick([at, onBlock, nearHeader]));
  }

  #checksum(bytes: Buffer): Buffer {
    const at = this.#pick(headers(bytes)) + 148;
    if (at + 8 > bytes.length) return bytes;
    const sum = Number.parseInt(bytes.toString('latin1', at, at + 6), 8);
    const octal = Number.isNaN(sum) ? '0' : sum.toString(8);
    bytes.write(
      this.#pick([`${octal}\0       `, `  ${octal} `, `\0${octal}\0 `, `${octal}\0x `, `${octal} x `]).slice(0, 8),
      at,
      'latin1',
    );
    return bytes;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #pick<T>(list: readonly T[]): T {
    const picked = list[this.#below(list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }
}

/** The offsets of blocks that look like headers by their checksum field. Never empty. */
function headers(bytes: Buffer): number[] {
  const found = [0];
  for (let at = BLOCK; at + BLOCK <= bytes.length; at += BLOCK) {
    if (/^[ 0-7]{6}\0? ?/.test(bytes.toString('latin1', at + 148, at + 156))) found.push(at);
  }
  return found;
}
