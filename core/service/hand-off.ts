import { LadingError } from '../model/errors.ts';
import type { Tools } from '../model/ports.ts';
import { type Errand, type Job, soundJob, writtenJob } from './job.ts';
import { resultKeys } from './keys.ts';
import { isNewer } from './scene.ts';
import type { Stores } from './stores.ts';
import { JSON_TYPE } from './write-results.ts';

const MOST_TRIES = 6;

/** The stores for uploads and results, and the tools for the checksum of a hand-off. */
type Places = Stores & { tools: Tools };

/** The state of a job's hand-off: written again (`handed-on`), a newer upload's (`superseded`) or missing (`open`). */
type HandOffState = 'handed-on' | 'superseded' | 'open';

/** Writes this job's hand-off to the convert function again, if it exists. That function then gets a new event. */
export async function handOnAgain(errand: Errand, stores: Places): Promise<HandOffState> {
  const current = await currentHandOff(errand, stores);
  if (current.kind !== 'ours') return current.kind;
  const { inspection } = resultKeys(errand.identity.key);
  // The result is ignored: when another function was faster, it has written the same job or a newer one.
  await stores.results.put(inspection, current.bytes, JSON_TYPE, current.etag);
  return 'handed-on';
}

/**
 * Writes the hand-off that starts the convert function, unless that of a newer upload is there. Throws `contended` when
 * other functions keep writing it.
 */
export async function handOn(job: Job, stores: Places): Promise<'handed-on' | 'superseded'> {
  const { inspection } = resultKeys(job.identity.key);
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const current = await currentHandOff(job, stores);
    if (current.kind === 'superseded') return 'superseded';
    if (current.kind === 'ours') return 'handed-on';
    if (await stores.results.put(inspection, writtenJob(job, stores.tools), JSON_TYPE, current.etag))
      return 'handed-on';
  }
  const { key } = job.identity;
  throw new LadingError('contended', `Cannot hand ${key} on: its inspection is being written by others all the time`);
}

type CurrentHandOff =
  | { kind: 'superseded' }
  | { kind: 'open'; etag: string | null }
  | { kind: 'ours'; etag: string; bytes: Uint8Array };

async function currentHandOff(errand: Errand, stores: Places): Promise<CurrentHandOff> {
  const there = await stores.results.get(resultKeys(errand.identity.key).inspection);
  if (there === null) return { kind: 'open', etag: null };
  const { bytes, etag } = there;
  const theirs = soundJob(bytes, stores.tools);
  if (theirs?.id === errand.id) return { kind: 'ours', etag, bytes };
  const newer = theirs !== null && (await isNewer({ job: theirs.id, upload: theirs.identity }, errand, stores));
  return newer ? { kind: 'superseded' } : { kind: 'open', etag };
}
