import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's memory for new objects at its first size of 1 MiB. Otherwise it would grow to some 50 MB and hold far more
 * garbage (docs/decisions/0075). This works only before it has grown. To be called before an archive is read, and not by
 * commands that read none, because it takes 3 ms.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
