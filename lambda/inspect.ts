import { isSidecar } from '../core/service/keys.ts';
import { inspectUpload } from '../core/service/service.ts';
import { handlerFor } from './handler/handler.ts';
import { contextFrom } from './handler/wiring.ts';

const { uploadsBucket, resultsBucket, retry, using } = contextFrom(process.env);

/**
 * The Lambda handler of the inspect function. It reads each new upload once. Then it writes `inspection.json`, which
 * says what the upload is and starts the convert function. When there is nothing to convert, it writes the archive
 * manifest instead, the JSON document that says what became of the upload.
 */
export const handler = handlerFor({
  name: 'inspect',
  converter: resultsBucket,
  bucket: uploadsBucket,
  retry,
  concerns: (key) => !isSidecar(key),
  work: (notice, signal, timeLeft) => using(signal, (deps) => inspectUpload(notice, { ...deps, timeLeft })),
});
