import { isHandOffKey } from '../core/service/keys.ts';
import { convertUpload } from '../core/service/service.ts';
import { handlerFor } from './handler/handler.ts';
import { contextFrom } from './handler/wiring.ts';

const { resultsBucket, retry, using } = contextFrom(process.env);

/**
 * The Lambda handler of the convert function. For each new `inspection.json`, in which the inspect function says what
 * an upload is, it makes the image archive. Then it writes the archive manifest, the JSON document that says what
 * became of the upload.
 */
export const handler = handlerFor({
  name: 'convert',
  converter: resultsBucket,
  bucket: resultsBucket,
  retry,
  concerns: isHandOffKey,
  work: ({ key }, signal, timeLeft) => using(signal, (deps) => convertUpload(key, { ...deps, timeLeft })),
});
