import { failConversion, failInspection } from '../core/service/failure.ts';
import { isHandOffKey, isSidecar } from '../core/service/keys.ts';
import type { Outcome } from '../core/service/outcome.ts';
import { failureHandler } from './handler/failures.ts';
import { passagesIn, contextFrom } from './handler/wiring.ts';

const { uploadsBucket, resultsBucket, using } = contextFrom(process.env);

/**
 * The Lambda handler of the fail function. Its events are those that EventBridge could not deliver to the inspect or
 * convert function, and those for which the last try of that function has failed. For each upload it writes the archive
 * manifest, the JSON document about the upload, with outcome `failed`. Then it moves the event to the dead-letter
 * queue.
 */
export const handler = failureHandler({
  name: 'fail',
  converter: resultsBucket,
  passages: passagesIn(process.env),
  fail: (notice, reason, signal) =>
    using(signal, async (deps): Promise<Outcome> => {
      const { bucket, key } = notice;
      if (bucket === uploadsBucket && !isSidecar(key)) return await failInspection(notice, reason, deps);
      if (bucket === resultsBucket && isHandOffKey(key)) return await failConversion(key, uploadsBucket, reason, deps);
      return { kind: 'gone', key }; // an event that the functions would not have taken either
    }),
});
