import { SIDECAR_SUFFIX } from './core/service/keys.ts';
import { inspectUpload } from './core/service.ts';
import { handlerFor } from './shell/handler.ts';
import { surroundings } from './shell/wiring.ts';

const { uploadsBucket, postpone, using } = surroundings(process.env);

/** Reads each new upload once and says what it is: an inspection for `convert`, or the archive manifest itself. */
export const handler = handlerFor({
  name: 'inspect',
  bucket: uploadsBucket,
  postpone,
  concerns: (key) => !key.endsWith(SIDECAR_SUFFIX),
  work: (notice, signal, timeLeft) => using(signal, (deps) => inspectUpload(notice, { ...deps, timeLeft })),
});
