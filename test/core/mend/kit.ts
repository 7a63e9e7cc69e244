import { mended } from '../../../core/mend/mended.ts';
import { decideLayer } from '../../../core/mend/decide-layer.ts';
import type { Changes } from '../../../core/model/mending.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { archive, type Entry } from '../../support/tar-builder.ts';

/** A layer after mending: its bytes and the changes; null when nothing was to change. */
export async function mend(
  layer: Buffer,
  { folder = '', alone = true, chunks = [] as number[] } = {},
): Promise<{ bytes: Buffer; changes: Changes } | null> {
  const found = await decideLayer(chunked(layer, ...chunks), { folder, alone }, {});
  if (found === null) return null;
  return { bytes: await collect(mended(chunked(layer, ...chunks), found.recipe, {})), changes: found.changes };
}

/** Mends an archive of these members. Throws when nothing was to change. */
export async function mendEntries(entries: Entry[], options: Parameters<typeof mend>[1] = {}) {
  const done = await mend(archive(entries), options);
  if (done === null) throw new Error('nothing was mended');
  return done;
}

/** The changes as short texts. */
export function changesOf({ listed }: Changes): string[] {
  return listed.map(({ change, member, detail }) =>
    [change, member, ...(detail === undefined ? [] : [detail])].join(' '),
  );
}

/** An archive with the header blocks of all PAX headers made alike, so that only their records count. */
export function withoutPaxNames(bytes: Buffer): Buffer {
  const plain = Buffer.from(bytes);
  for (let at = 0; at + 512 <= plain.length; at += 512)
    if (
      plain.toString('latin1', at + 156, at + 157) === 'x' &&
      plain.toString('latin1', at + 257, at + 262) === 'ustar'
    )
      plain.fill(0, at, at + 512);
  return plain;
}
