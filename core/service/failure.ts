import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { excerpt } from '../catalogue/brief.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { unread } from '../inspect/unread.ts';
import type { Inspection } from '../model/inspection.ts';
import { requestFor } from './asked.ts';
import { finish } from './finish.ts';
import { uploadOf } from './hand-back.ts';
import { jobFor, type Job, soundHandOff } from './job.ts';
import { resultKeys } from './keys.ts';
import { gathered } from './pieces.ts';
import type { Outcome, ServiceDeps } from './outcome.ts';
import type { UploadNotice } from './stores.ts';

/** Why the service stopped trying to work on an upload: an error, an event that was not delivered, or a crash. */
export type Reason =
  // The function threw an error at each try. `code` names the last one.
  | { kind: 'error'; code: string }
  // EventBridge could not put the event into the function's queue.
  | { kind: 'undelivered'; code: string }
  // Nobody could say: the function crashed, ran out of time or memory, or did not start.
  | { kind: 'crash' };

/**
 * Writes the archive manifest, the JSON document that says what became of an upload, with outcome `failed`. This is
 * for an upload that the inspect function could not handle: its S3 event could not be delivered, or the last try
 * failed. The upload is not read, because reading may be what failed. Nothing is written if the upload has results
 * already, or was deleted or replaced. The same holds if the inspect function has passed it on to the convert
 * function. Returns the outcome to log.
 */
export async function failInspection(notice: UploadNotice, reason: Reason, deps: ServiceDeps): Promise<Outcome> {
  const upload = await deps.uploads.find(notice);
  if (upload === null) return { kind: 'gone', key: notice.key };
  const asked = await requestFor(upload, deps);
  const all = asked.ok ? await gathered(upload.identity, asked.value, deps.uploads) : null;
  const identity = all?.kind === 'whole' ? all.identity : upload.identity;
  const task = jobFor(identity, asked, deps.version);
  const { inspection: inspectionKey } = resultKeys(notice.key);
  const handOff = await deps.results.get(inspectionKey);
  if (handOff !== null && soundHandOff(handOff.bytes, deps.tools)?.id === task.id)
    return { kind: 'handed-on', key: notice.key, inspectionKey };
  const known = all?.kind === 'missing' ? [finding('piece-missing', { piece: all.piece })] : [];
  return await fail(task, null, reason, deps, known);
}

/**
 * Writes the archive manifest, the JSON document that says what became of an upload, with outcome `failed`. This is
 * for an upload that the convert function could not handle: the S3 event about its `inspection.json` could not be
 * delivered, or the last try failed. `inspectionKey` is the key of this document. If it is missing or unusable, does
 * what `failInspection` does for the upload. Returns the outcome to log.
 */
export async function failConversion(
  inspectionKey: string,
  uploadsBucket: string,
  reason: Reason,
  deps: ServiceDeps,
): Promise<Outcome> {
  const there = await deps.results.get(inspectionKey);
  const found = there === null ? null : soundHandOff(there.bytes, deps.tools);
  if (found !== null) return await fail(found, found.inspection, reason, deps);
  const upload = uploadOf(inspectionKey, there?.bytes ?? null);
  if (upload === null) return { kind: 'gone', key: inspectionKey };
  return await failInspection({ bucket: uploadsBucket, ...upload }, reason, deps);
}

/**
 * Writes the archive manifest, the JSON document about an upload, with outcome `failed`. `seen` is all that was found
 * out about the upload; null if it was not read. `known` has further messages on why the service gave up. Nothing is
 * written if the upload has results already. Returns the outcome to log.
 */
async function fail(
  task: Job,
  seen: Inspection | null,
  reason: Reason,
  deps: ServiceDeps,
  known: Finding[] = [],
): Promise<Outcome> {
  const gaveUp = finding('gave-up', { reason: inWords(reason) });
  const inspection = { ...unread(gaveUp), ...seen, findings: [...known, gaveUp, ...(seen?.findings ?? [])] };
  const cost = () => ({ bytesRead: 0, bytesSent: 0, seconds: 0 });
  return await finish({ ...task, inspection }, { converted: null, plan: null, cost }, deps);
}

function inWords(reason: Reason): Bilingual {
  if (reason.kind === 'crash')
    return both(
      'its function has crashed or run out of time at each try, or could not start',
      '处理函数每次都崩溃、超时，或者无法启动',
    );
  const code = excerpt(reason.code);
  return reason.kind === 'error'
    ? both(`its last try has ended with the error ${code}`, `最后一次尝试以错误 ${code} 结束`)
    : both(`EventBridge could not deliver its event (${code})`, `EventBridge 无法投递它的事件（${code}）`);
}
