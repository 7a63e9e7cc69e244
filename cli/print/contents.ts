import type { ImageContents, LayerContents } from '../../core/contents/facts.ts';
import type { Look } from '../page-style.ts';
import { type Row, table } from './page.ts';
import { count, roughly } from './text.ts';

/** The number of paths of a list that are printed. The archive manifest has more. */
const SHOWN = 5;

/** The printed part about the files inside an image: sizes, wasted bytes, changes of each layer, and what is odd. */
export function contentsSection(image: ImageContents | null, title: string, look: Look): string {
  const { words } = look;
  if (image === null) return `${title}\n${table([['files', words.unsaid]], look)}`;
  const { files, bytes, wasted, layers, largest, setuid, ownerless, duplicates } = image;
  const rows: Row[] = [
    ['files', words.filesOf(files, roughly(bytes))],
    ['wasted', wastedText(image)],
    ...(layers.length > 1 ? layers.map((layer, at): Row => [at === 0 ? 'layers' : '', changes(at, layer, look)]) : []),
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
      duplicates.groups.map((each) => `${each.paths.join(', ')} (${roughly(each.bytes)})`),
    ),
  ];
  // Wasted files are told only where there are any.
  return `${title}\n${table(wasted.files === 0 ? rows.filter(([label]) => label !== 'wasted') : rows, look)}`;
}

/** The wasted bytes, and their share of the bytes of all files in the layers: `1.2 MB (3.4%)`. */
function wastedText({ bytes, wasted }: ImageContents): string {
  const all = bytes + wasted.bytes;
  return `${roughly(wasted.bytes)} (${all === 0 ? '0' : ((100 * wasted.bytes) / all).toFixed(1)}%)`;
}

function changes(at: number, { added, changed, deleted, bytes, wasted }: LayerContents, { words }: Look): string {
  const lost = wasted === 0 ? '' : `, ${words.ofThemWasted(roughly(wasted))}`;
  return `${at + 1}: +${count(added.files)} ~${count(changed.files)} -${count(deleted.files)}, ${roughly(bytes)}${lost}`;
}

/** The first paths of a list, below each other. */
function paths(label: Row[0], all: readonly string[]): Row[] {
  return all.slice(0, SHOWN).map((text, at) => [at === 0 ? label : '', text]);
}

/** The number of all entries of a list, and its first paths. */
function some(label: Row[0], files: number, first: readonly string[]): Row[] {
  if (files === 0) return [];
  const shown = first.slice(0, SHOWN).join(', ');
  return [[label, `${count(files)}: ${shown}${files > SHOWN ? ', …' : ''}`]];
}
