import type { ImageContents, LayerContents } from '../contents/facts.ts';
import type { Row, Voice } from './rows.ts';
import { count, roughly } from './text.ts';

/**
 * The most files that a page shows from each list of files of an image. The lists in the archive manifest, the JSON
 * about an upload, may be longer.
 */
const SHOWN = 5;

/**
 * The lines about the files inside an image: their number and size, bytes wasted on files that a later layer replaced
 * or deleted, changes of each layer, largest files, set-user-ID files, files without an owner's name, and duplicates.
 * If `image` is null, one line says that nothing is known.
 */
export function contentsRows(image: ImageContents | null, voice: Voice): Row[] {
  const { words } = voice;
  if (image === null) return [['files', words.unsaid]];
  const { files, bytes, wasted, layers, largest, setuid, ownerless, duplicates } = image;
  return [
    ['files', words.filesOf(files, roughly(bytes))],
    ...(wasted.files === 0 ? [] : [['wasted', wastedText(image)] satisfies Row]),
    ...(layers.length > 1 ? layers.map((layer, at): Row => [at === 0 ? 'layers' : '', changes(at, layer, voice)]) : []),
    ...paths(
      'largest',
      largest.map((each) => `${each.path} (${roughly(each.bytes)})`),
    ),
    ...paths(
      'lost',
      image.lost.map((each) => `${each.path} (${roughly(each.bytes)})`),
    ),
    ...some(
      'setuid',
      setuid.files,
      setuid.first.map(({ path, mode }) => `${path} (${mode})`),
    ),
    ...some('ownerless', ownerless?.files ?? 0, ownerless?.first.map(({ path, uid }) => `${path} (${uid})`) ?? []),
    ...paths(
      'duplicates',
      duplicates.groups.map((each) => `${firstOf(each.paths)} (${roughly(each.bytes)})`),
    ),
  ];
}

/**
 * The bytes of files in the layers that later layers replaced or deleted, and their share of the bytes of all files:
 * `1.2 MB (3.4%)`.
 */
export function wastedText({ bytes, wasted }: ImageContents): string {
  const all = bytes + wasted.bytes;
  return `${roughly(wasted.bytes)} (${all === 0 ? '0' : ((100 * wasted.bytes) / all).toFixed(1)}%)`;
}

function changes(at: number, { added, changed, deleted, bytes, wasted }: LayerContents, { words }: Voice): string {
  const lost = wasted === 0 ? '' : `, ${words.ofThemWasted(roughly(wasted))}`;
  return `${at + 1}: +${count(added.files)} ~${count(changed.files)} -${count(deleted.files)}, ${roughly(bytes)}${lost}`;
}

/**
 * Makes lines from the first `SHOWN` entries of a list, one for each entry. Only the first line has the label. No lines
 * when the list is empty.
 */
function paths(label: Row[0], all: readonly string[]): Row[] {
  return all.slice(0, SHOWN).map((text, at) => [at === 0 ? label : '', text]);
}

/** Returns the first `SHOWN` of several paths in one text. If there are more, their number comes before them. */
function firstOf(all: readonly string[]): string {
  const shown = all.slice(0, SHOWN).join(', ');
  return all.length > SHOWN ? `${count(all.length)}: ${shown}, …` : shown;
}

/**
 * Makes one line from a list of files: the number of all files, and the first `SHOWN` of them. No line when there are
 * none.
 */
function some(label: Row[0], files: number, first: readonly string[]): Row[] {
  if (files === 0) return [];
  const shown = first.slice(0, SHOWN).join(', ');
  return [[label, `${count(files)}: ${shown}${files > SHOWN ? ', …' : ''}`]];
}
