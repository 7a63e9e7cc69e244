import { randomFrom } from './corpus-damage.ts';
import type { Entry } from './tar-builder.ts';

/** The layers of a small image with much that engines may fail on: broken links, members below files, odd whiteouts. */
export function nastyImage(seed: number): Entry[][] {
  return nastyLayers(randomFrom(seed));
}

/** The layers of an image as `nastyImage` makes it, from a source of random numbers from 0 to below 1. */
export function nastyLayers(random: () => number): Entry[][] {
  const grammar = new Grammar(random);
  return Array.from({ length: 1 + grammar.below(3) }, () => grammar.layer());
}

const PARTS = ['a', 'b', 'c', 'd'];
const ODD_NAMES = ['.', './', '/', '', '..', '../a', 'a/..', 'a/../b', 'a/.', 'a//b', './/a', '../../b/a'];
const ODD_TARGETS = [
  '',
  '.',
  '/',
  '..',
  '../..',
  '../../..',
  'a/..',
  '/..',
  '../a',
  'a/',
  './b',
  '//c',
  `x${'/x'.repeat(2047)}y`,
];
const ODD_HIDDEN = ['', '.', '..', '.wh..opq', '.wh.plnk', '.wh.plnk/a', '.wh.aufs'];
const ATTRIBUTES = [
  'com.apple.provenance',
  'user.mime',
  'security.capability',
  'security.selinux',
  'trusted.lading',
  'odd',
];
/** The file capability cap_net_raw, effective and permitted, in revision 2 of the format. */
const CAPABILITY = `\x01\0\0\x02\0\x20${'\0'.repeat(14)}`;

class Grammar {
  readonly #random: () => number;
  /** Names of earlier members: most faults need two members with one path. */
  readonly #known = ['a'];

  constructor(random: () => number) {
    this.#random = random;
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  layer(): Entry[] {
    return Array.from({ length: 1 + this.below(6) }, () => this.#member());
  }

  #member(): Entry {
    if (this.below(40) === 0) return this.#attributed();
    const roll = this.below(100);
    if (roll < 28) return this.#file();
    if (roll < 52) return { name: `${this.#name()}/`, type: '5' };
    if (roll < 72) return { name: this.#name(), type: '2', ...linkTo(this.#target()) };
    if (roll < 84) return { name: this.#name(), type: '1', ...linkTo(this.#hardTarget()) };
    if (roll < 95) return { name: this.#whiteout() };
    if (roll < 97) return { name: this.#name(), type: '3', devmajor: 1, devminor: 3 };
    // Its name is used by no other member, as Docker 20.10 hangs when it opens a FIFO in place of a directory.
    if (roll < 98) return { name: 'fifo', type: '6' };
    if (roll < 99) return this.#odd();
    return this.#long();
  }

  #file(): Entry {
    return { name: this.#name(), body: 'x' };
  }

  #odd(): Entry {
    const name = this.#pick(ODD_NAMES);
    return { name, type: this.#pick(['0', '5', '2', '1']), linkname: 'a' };
  }

  #attributed(): Entry {
    const name = this.#name();
    const type = this.#pick(['0', '2', '5']);
    const pax = { [`SCHILY.xattr.${this.#pick(ATTRIBUTES)}`]: this.#pick(['1', CAPABILITY]) };
    return { name, type, linkname: this.#pick(this.#known), pax };
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  #path(): string {
    return Array.from({ length: 1 + this.below(3) }, () => this.#pick(PARTS)).join('/');
  }

  #name(): string {
    const known = this.#pick(this.#known);
    const roll = this.below(20);
    if (roll === 0) return this.#pick(ODD_NAMES);
    const name = roll < 6 ? known : roll < 12 ? `${known}/${this.#pick(PARTS)}` : this.#path();
    this.#known.push(name);
    return this.below(12) === 0 ? `${this.#pick(['/', './', '//'])}${name}` : name;
  }

  #target(): string {
    const roll = this.below(20);
    if (roll < 3) return this.#pick(ODD_TARGETS);
    if (roll < 6) return `/${this.#path()}`;
    if (roll < 9) return `../${this.#path()}`;
    return roll < 14 ? this.#pick(this.#known) : this.#path();
  }

  #hardTarget(): string {
    const roll = this.below(12);
    if (roll === 0) return this.#pick(ODD_TARGETS);
    if (roll === 1) return `/${this.#pick(this.#known)}`;
    if (roll === 2) return this.#path();
    return this.#pick(this.#known);
  }

  #whiteout(): string {
    const hidden = this.below(3) === 0 ? this.#pick(ODD_HIDDEN) : this.#pick(PARTS);
    const above = this.#pick(['', `${this.#pick(this.#known)}/`, `${this.#pick(PARTS)}/`]);
    return `${above}.wh.${hidden}`;
  }

  #long(): Entry {
    const long = 'n'.repeat(this.#pick([254, 255, 256]));
    const deep = `${'n'.repeat(250)}/`.repeat(17);
    const path = this.#pick([long, `a/${long}`, deep.slice(0, 4094), deep.slice(0, 4200)]);
    return { name: 'long', pax: { path }, body: 'x' };
  }
}

/** The link fields for a target; one that is too long for the header's field is written as a PAX record. */
function linkTo(linkname: string): Pick<Entry, 'linkname' | 'pax'> {
  return linkname.length <= 100 ? { linkname } : { linkname: 'long', pax: { linkpath: linkname } };
}
