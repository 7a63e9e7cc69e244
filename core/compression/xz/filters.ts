import { concat } from '../../model/byte-arrays.ts';
import type { Bytes } from '../../model/ports.ts';
import { littleEndian } from '../compressed-reader.ts';
import { BRANCHES, type Undo } from './branches.ts';

/** A filter of an xz block, as the block header names it: its ID and properties. */
export interface FilterFlags {
  id: number;
  properties: Uint8Array;
}

/**
 * A function that reverses an xz filter: it gets the filtered bytes of a block, and yields the original bytes. Each
 * chunk that it yields is valid until the next one is requested.
 */
export type Filter = (bytes: Bytes) => Bytes;

const DELTA = 3;

/**
 * Returns a function that reverses the xz filter with this ID and these properties, which the block header states.
 * Returns null for an unknown filter and for invalid properties.
 */
export function newFilter({ id, properties }: FilterFlags): Filter | null {
  if (id === DELTA) return properties.length === 1 ? (bytes) => undoDelta(bytes, properties[0]! + 1) : null;
  const branches = BRANCHES[id];
  if (branches === undefined || (properties.length !== 0 && properties.length !== 4)) return null;
  const start = littleEndian(properties);
  return start % branches.alignment === 0 ? (bytes) => undoBranches(bytes, branches.newUndo(), start) : null;
}

async function* undoBranches(bytes: Bytes, undo: Undo, start: number): Bytes {
  let position = start;
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    // The decoder still reads the bytes that it has returned, so this changes a copy.
    const copy = concat([rest, chunk]);
    const done = undo(copy, position);
    position += done;
    rest = copy.subarray(done);
    yield copy.subarray(0, done);
  }
  yield rest;
}

/** Reverses xz's delta filter, which stores each byte as its difference from the byte `distance` bytes before it. */
async function* undoDelta(bytes: Bytes, distance: number): Bytes {
  let before: Uint8Array = new Uint8Array(distance);
  for await (const chunk of bytes) {
    // The decoder still reads the bytes that it has returned, so this changes a copy.
    const copy = concat([before, chunk]);
    for (let at = distance; at < copy.length; at++) copy[at] = copy[at]! + copy[at - distance]!;
    before = copy.subarray(chunk.length);
    yield copy.subarray(distance);
  }
}
