import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's memory for new objects at its initial size of 1 MiB. Otherwise that memory would grow to some 50 MB and
 * hold far more garbage (docs/decisions/0075). Must be called before an archive is read, because a call has no effect
 * after the memory has grown. Commands that read no archive do not call this function, because it takes 3 ms.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
