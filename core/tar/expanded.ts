import type { Bytes } from '../model/ports.ts';
import { TarScanner } from './tar.ts';

/** The content of a sparse file, holes included, from all that an archive stores for it: headers, map and extents. */
export async function* expanded(member: Bytes): Bytes {
  const scanner = new TarScanner({ member: () => 0, body() {}, streams: () => true });
  for await (const chunk of member) for (const { bytes } of scanner.walk(chunk)) yield bytes;
}
