import { fc } from './properties.ts';
import { ModelTree } from './rewrite.ts';
import type { Entry } from './tar-builder.ts';

const file = (name: string, body = ''): Entry => ({ name, body });
const dir = (name: string): Entry => ({ name: `${name}/`, type: '5' });
const hard = (name: string, linkname: string): Entry => ({ name, type: '1', linkname });
const soft = (name: string, linkname: string): Entry => ({ name, type: '2', linkname });
const listed = (...layers: Entry[][]): Record<string, string> => new ModelTree(layers).listed();

/** The capability `cap_net_bind_service` in the form of Linux's attribute `security.capability`, version 2. */
const CAPABILITY = '\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0';

/** A step in making a layer; `to` is a link's target if it is there. */
interface Step {
  kind: 'file' | 'dir' | 'soft' | 'hard' | 'device' | 'hide' | 'opaque';
  attributes: Partial<Entry>;
  path: string;
  to: string;
  mode: number;
}

const PATH = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const STEP: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('file', 'file', 'dir', 'dir', 'soft', 'hard', 'hard', 'device', 'hide', 'opaque'),
  path: PATH,
  to: PATH,
  mode: fc.constantFrom(0o755, 0o700, 0o4711),
  attributes: fc.constantFrom(
    {},
    { uid: 1000, gid: 50, mtime: 1_600_000_000 },
    { pax: { mtime: '1650000000.123456789' } },
    { pax: { 'SCHILY.xattr.security.capability': CAPABILITY } },
  ),
});
/** The steps in making the layers of an image, to be given to `layersOf`. */
export const LAYERS = fc.array(fc.array(STEP, { maxLength: 8 }), { minLength: 1, maxLength: 4 });

/**
 * The members of layers that engines agree on: each path once in a layer, no member below a file or link of its own
 * layer, and hard links only to what is there.
 */
export function layersOf(drawn: Step[][]): Entry[][] {
  const layers: Entry[][] = [];
  for (const steps of drawn) {
    const entries: Entry[] = [];
    layers.push(entries);
    const taken = new Map<string, string>();
    const hidden: string[] = [];
    const below = listed(...layers.slice(0, -1));
    const isSound = (made: Entry): boolean => {
      try {
        new ModelTree([...layers.slice(0, -1), [...entries, made]]);
        return true;
      } catch {
        return false;
      }
    };
    for (const [i, { kind, path, to, mode, attributes }] of steps.entries()) {
      if (kind === 'hide' || kind === 'opaque') {
        const name = kind === 'opaque' ? `${path}/.wh..wh..opq` : path.replace(/[^/]+$/, '.wh.$&');
        const above = name.slice(0, Math.max(0, name.lastIndexOf('/')));
        const isApart = hidden.every((each) => !isWithin(path, each) && !isWithin(each, path));
        const isThere = above === '' || (below[above]?.startsWith('5') === true && isFree(taken, `${above}/x`));
        if (!isApart || !isThere || !isSound(file(name))) continue;
        entries.push(file(name));
        hidden.push(path);
        continue;
      }
      if (taken.has(path) || !isFree(taken, path) || [...taken.keys()].some((each) => isWithin(each, path))) continue;
      const body = `${layers.length}.${i}`;
      const made: Entry = { ...entryOf(kind, path, to, body), mode, ...(kind === 'hard' ? {} : attributes) };
      if (kind !== 'file' && made.pax?.['mtime'] === undefined) delete made.pax;
      if (!isSound(made)) continue;
      if (kind === 'hard' && listed(...layers)[to]?.startsWith('5')) continue;
      if (kind === 'hard' && (isWithin(to, path) || isWithin(path, to))) continue;
      entries.push(made);
      taken.set(path, kind);
    }
  }
  return layers;
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`);
}

/** True when everything above a path is a directory as far as its own layer says. */
function isFree(taken: ReadonlyMap<string, string>, path: string): boolean {
  return [...taken].every(([above, kind]) => kind === 'dir' || !path.startsWith(`${above}/`));
}

function entryOf(kind: Step['kind'], path: string, to: string, body: string): Entry {
  if (kind === 'dir') return dir(path);
  if (kind === 'soft') return soft(path, to);
  if (kind === 'device') return { name: path, type: '3', devmajor: 1, devminor: 3 };
  return kind === 'hard' ? hard(path, to) : file(path, body);
}

/**
 * The same layers as tools write them, so that all engines unpack them alike: whiteouts first, and a member for each
 * directory in which something changes.
 */
export function asToolsWrite(layers: readonly Entry[][]): Entry[][] {
  const isMark = ({ name }: Entry): boolean => /(?:^|\/)\.wh\.[^/]*$/.test(name);
  return layers.map((entries) => {
    const written = new Map<string, Entry>();
    const write = (entry: Entry): void => {
      for (const above of directoriesAbove(entry.name)) {
        const own = entries.find(({ name }) => name === `${above}/`) ?? dir(above);
        if (!written.has(own.name)) written.set(own.name, own);
      }
      if (!written.has(entry.name)) written.set(entry.name, entry);
    };
    entries.filter(isMark).forEach(write);
    entries.filter((each) => !isMark(each)).forEach(write);
    return [...written.values()];
  });
}

function directoriesAbove(name: string): string[] {
  const parts = name.replace(/\/$/, '').split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}
