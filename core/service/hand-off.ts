import { LadingError } from '../model/errors.ts';
import type { Tools } from '../model/ports.ts';
import { type Job, type HandOff, soundHandOff, writtenHandOff } from './job.ts';
import { resultKeys } from './keys.ts';
import { isNewer } from './results-state.ts';
import type { Stores } from './stores.ts';
import { JSON_TYPE } from './write-results.ts';

const MOST_TRIES = 6;

/** The stores of uploads and results, and the tools that compute checksums. */
type Places = Stores & { tools: Tools };

/**
 * The state of the stored `inspection.json`, the document by which the inspect function hands an upload on to the
 * convert function. `handed-on`: the document of this job (an upload with its options) was already stored, and has been
 * written again. `superseded`: the stored document is that of a newer upload. `open`: the document of this job is not
 * stored, and must be written.
 */
type HandOffState = 'handed-on' | 'superseded' | 'open';

/**
 * Writes the stored `inspection.json` of this job (an upload with its options) again, so that the convert function gets
 * a new event. The inspect function uses this document to hand an upload on to the convert function. If another
 * `inspection.json` or none is stored, nothing is written. Returns which of these cases was found.
 */
export async function handOnAgain(job: Job, stores: Places): Promise<HandOffState> {
  const current = await currentHandOff(job, stores);
  if (current.kind !== 'ours') return current.kind;
  const { inspection } = resultKeys(job.identity.key);
  // The result is ignored: when another function was faster, it has written the same job or a newer one.
  await stores.results.put(inspection, current.bytes, JSON_TYPE, current.etag);
  return 'handed-on';
}

/**
 * Writes `inspection.json`, the document by which the inspect function hands an upload on to the convert function.
 * Nothing is written if the stored document is that of the same job (this upload with the same options) or that of a
 * newer upload. Returns `superseded` if it is that of a newer upload, else `handed-on`. Throws `contended` when other
 * functions keep writing the document.
 */
export async function handOn(handOff: HandOff, stores: Places): Promise<'handed-on' | 'superseded'> {
  const { inspection } = resultKeys(handOff.identity.key);
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const current = await currentHandOff(handOff, stores);
    if (current.kind === 'superseded') return 'superseded';
    if (current.kind === 'ours') return 'handed-on';
    if (await stores.results.put(inspection, writtenHandOff(handOff, stores.tools), JSON_TYPE, current.etag))
      return 'handed-on';
  }
  const { key } = handOff.identity;
  throw new LadingError('contended', `Cannot hand ${key} on: its inspection is being written by others all the time`);
}

type CurrentHandOff =
  | { kind: 'superseded' }
  | { kind: 'open'; etag: string | null }
  | { kind: 'ours'; etag: string; bytes: Uint8Array };

async function currentHandOff(job: Job, stores: Places): Promise<CurrentHandOff> {
  const there = await stores.results.get(resultKeys(job.identity.key).inspection);
  if (there === null) return { kind: 'open', etag: null };
  const { bytes, etag } = there;
  const theirs = soundHandOff(bytes, stores.tools);
  if (theirs?.id === job.id) return { kind: 'ours', etag, bytes };
  const newer = theirs !== null && (await isNewer({ job: theirs.id, upload: theirs.identity }, job, stores));
  return newer ? { kind: 'superseded' } : { kind: 'open', etag };
}
