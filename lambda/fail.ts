import { failConversion, failInspection } from '../core/service/failure.ts';
import { resultKeys, SIDECAR_SUFFIX } from '../core/service/keys.ts';
import type { Outcome } from '../core/service/service.ts';
import type { UploadNotice } from '../core/service/stores.ts';
import { failureHandler } from './handler/failures.ts';
import { passagesIn, surroundings } from './handler/wiring.ts';

const { uploadsBucket, resultsBucket, using } = surroundings(process.env);

/**
 * The Lambda handler of the function of failures. It gets the events that the inspect or convert function gave up. For
 * each upload it writes the archive manifest with outcome `failed`, and moves the event to the dead-letter queue.
 */
export const handler = failureHandler({
  name: 'fail',
  converter: resultsBucket,
  passages: passagesIn(process.env),
  fail: (notice, reason, signal) =>
    using(signal, async (deps): Promise<Outcome> => {
      if (isUpload(notice)) return await failInspection(notice, reason, deps);
      if (isHandOff(notice)) return await failConversion(notice.key, uploadsBucket, reason, deps);
      return { kind: 'gone', key: notice.key }; // an event that the functions would not have taken either
    }),
});

function isUpload({ bucket, key }: UploadNotice): boolean {
  return bucket === uploadsBucket && !key.endsWith(SIDECAR_SUFFIX);
}

function isHandOff({ bucket, key }: UploadNotice): boolean {
  return bucket === resultsBucket && key.endsWith(resultKeys('').inspection);
}
