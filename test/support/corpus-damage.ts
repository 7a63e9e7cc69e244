import type { Member } from '../../core/tar/member.ts';
import { TarScanner } from '../../core/tar/tar.ts';
import type { MemberObserver } from '../../core/tar/observer.ts';

/** A damage to an archive: one byte is changed, or all bytes from an offset on are cut off. */
export type Damage = { kind: 'flip'; at: number; mask: number } | { kind: 'cut'; at: number };

/** Random numbers from 0 to below 1 that depend only on the seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random damages to an archive. A fifth are cuts. Half are at `delicateOffsets`, where most can break. */
export function damages(count: number, archive: Uint8Array, random: () => number): Damage[] {
  const delicate = delicateOffsets(archive);
  const offset = (): number => {
    const at = Math.floor(random() * archive.length);
    return random() < 0.5 ? at : (delicate[at % delicate.length] ?? at);
  };
  return Array.from({ length: count }, (): Damage => {
    const at = offset();
    if (random() < 0.2) return { kind: 'cut', at: random() < 0.3 ? at - (at % 512) : at };
    const mask = random() < 0.5 ? 1 << Math.floor(random() * 8) : 1 + Math.floor(random() * 255);
    return { kind: 'flip', at, mask };
  });
}

/** A copy of the archive with the damage. */
export function damaged(archive: Uint8Array, damage: Damage): Buffer {
  if (damage.kind === 'cut') return Buffer.from(archive.subarray(0, damage.at));
  const copy = Buffer.from(archive);
  copy[damage.at] = (copy[damage.at] ?? 0) ^ damage.mask;
  return copy;
}

/** In bytes. Larger bodies hold nearly all bytes of an archive, so only their ends count as delicate. */
const LARGE = 8192;
const ENDS = 32;

/** The offsets outside large bodies; in a file that is not a tar archive, those near both ends. */
export function delicateOffsets(archive: Uint8Array): number[] {
  const large: [number, number][] = [];
  const observer: MemberObserver = {
    member({ start, size }: Member) {
      if (size > LARGE) large.push([start + ENDS, start + size - ENDS]);
      return 0;
    },
    body() {},
  };
  if (archive[0] === 0x1f) large.push([ENDS, archive.length - ENDS]);
  else new TarScanner(observer).push(archive);
  const offsets: number[] = [];
  for (let at = 0; at < archive.length; at++) {
    const [start, end] = large[0] ?? [archive.length, archive.length];
    if (at < start) offsets.push(at);
    else if (at === end - 1) large.shift();
  }
  return offsets;
}
