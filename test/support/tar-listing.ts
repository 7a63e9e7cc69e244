import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Finding } from '../../core/catalogue/findings.ts';
import { LadingError } from '../../core/model/errors.ts';
import type { Member } from '../../core/tar/member.ts';
import { type TarEnd, TarScanner } from '../../core/tar/tar.ts';
import { oracle } from './oracles.ts';

/** A member as both readers list it; names are in hex, as they are bytes. */
interface Listed {
  Name: string;
  Link: string;
  Type: string;
  Size: number;
  Sha256: string;
}

/** The members that a reader finds in an archive. */
export interface Listing {
  members: Listed[];
  error: string | null;
}

/** In bytes. For a larger sparse file the oracle gives a digest of its holes instead of its content. */
const HUGE_BYTES = 4 * 2 ** 20;

/** Go's archive/tar, in a process of its own. */
export class GoTar {
  readonly #folder: string;
  readonly #process = spawn(oracle('tar'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<GoTar> {
    return new GoTar(await mkdtemp(join(tmpdir(), 'lading-tar-')));
  }

  async list(archives: Uint8Array[]): Promise<Listing[]> {
    const paths = archives.map((_, i) => join(this.#folder, `${i}.tar`));
    await Promise.all(archives.map((bytes, i) => writeFile(paths[i] ?? '', bytes)));
    this.#process.stdin.write(paths.map((path) => `${path}\n`).join(''));
    const listings: Listing[] = [];
    for (const path of paths) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error(`the oracle ended before ${path}`);
      const { Members, Error: error } = JSON.parse(line.value) as { Members: Listed[] | null; Error?: string };
      listings.push({ members: Members ?? [], error: error ?? null });
    }
    return listings;
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    await new Promise((resolve) => this.#process.once('close', resolve));
    await rm(this.#folder, { recursive: true });
  }
}

/** The listing of Lading's scanner, and the reason when it refuses the archive. */
export interface OurListing extends Listing {
  fault: Finding | null;
  end: TarEnd | null;
}

/** Lists an archive with Lading's scanner, in chunks of these sizes, in turn. */
export function ourListing(bytes: Uint8Array, sizes = [bytes.length || 1]): OurListing {
  const members: Listed[] = [];
  let sum = createHash('sha256');
  const scanner = new TarScanner({
    member(member) {
      sum = createHash('sha256');
      const Sha256 = isHuge(member) ? holesOf(member) : '';
      const Type = hex(member.type);
      members.push({ Name: hex(member.name), Link: hex(member.linkname), Type, Size: member.size, Sha256 });
      return 0;
    },
    body() {},
    streams: (member) => !isHuge(member),
  });
  const result = { members, error: null, fault: null, end: null };
  try {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      for (const piece of scanner.walk(bytes.subarray(at, at + size))) {
        sum.update(piece.bytes);
        const listed = members.at(-1);
        if (piece.last && listed !== undefined) listed.Sha256 = sum.digest('hex');
      }
      at += size;
    }
    return { ...result, end: scanner.finish() };
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return { ...result, error: error.finding.message, fault: error.finding };
  }
}

function isHuge({ sparse, size }: Member): boolean {
  return sparse !== null && size > HUGE_BYTES;
}

/** The digest of the holes, as the oracle computes it: offset and length of each, but no length for the last one. */
function holesOf({ sparse }: Member): string {
  const sum = createHash('sha256');
  let at = 0;
  for (const { offset, length } of sparse?.extents ?? []) {
    if (offset > at) sum.update(`${at}\n${offset - at}\n`);
    at = offset + length;
  }
  return sum.update(`${at}\n`).digest('hex');
}

function hex(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('hex');
}
