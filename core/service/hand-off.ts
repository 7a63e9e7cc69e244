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
 * What was found of `inspection.json`, the document by which the inspect function hands an upload on to the convert
 * function. `handed-on`: it was there, and was written again. `superseded`: the `inspection.json` of a newer upload is
 * there. `open`: it must still be made.
 */
type HandOffState = 'handed-on' | 'superseded' | 'open';

/**
 * If the store has the `inspection.json` of this job (an upload with its options), writes it again, so that the convert
 * function gets a new event. By this document the inspect function hands an upload on. Returns what was found.
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
 * Writes `inspection.json`, the document by which the inspect function hands an upload on to the convert function. If
 * the store has that of this upload or of a newer upload already, leaves it as it is. Returns `superseded` for a newer
 * upload, else `handed-on`. Throws `contended` when other functions keep writing the document.
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
