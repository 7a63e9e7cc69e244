import { isHandOffKey } from '../core/service/keys.ts';
import { convertUpload } from '../core/service/service.ts';
import { handlerFor } from './handler/handler.ts';
import { contextFrom } from './handler/wiring.ts';

const { resultsBucket, retry, using } = contextFrom(process.env);

/**
 * The Lambda handler of the convert function. It makes the image archive for each new hand-off, then writes the archive
 * manifest.
 */
export const handler = handlerFor({
  name: 'convert',
  converter: resultsBucket,
  bucket: resultsBucket,
  retry,
  concerns: isHandOffKey,
  work: ({ key }, signal, timeLeft) => using(signal, (deps) => convertUpload(key, { ...deps, timeLeft })),
});
