import { isSidecar } from '../core/service/keys.ts';
import { inspectUpload } from '../core/service/service.ts';
import { handlerFor } from './handler/handler.ts';
import { contextFrom } from './handler/wiring.ts';

const { uploadsBucket, resultsBucket, retry, using } = contextFrom(process.env);

/**
 * The Lambda handler of the inspect function. It reads each new upload once. Then it writes the hand-off for the
 * convert function or, when there is nothing to convert, the archive manifest.
 */
export const handler = handlerFor({
  name: 'inspect',
  converter: resultsBucket,
  bucket: uploadsBucket,
  retry,
  concerns: (key) => !isSidecar(key),
  work: (notice, signal, timeLeft) => using(signal, (deps) => inspectUpload(notice, { ...deps, timeLeft })),
});
