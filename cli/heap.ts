import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's space for new objects at its first size of 1 MiB. V8 would let it grow to some 50 MB, and would let far more
 * garbage pile up (docs/decisions/0075). It works only when it is called before the space has grown.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
