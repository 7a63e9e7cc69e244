import { dockerArchive } from '../image-builder.ts';
import { archive, type Entry, exportEntries } from '../tar-builder.ts';
import { archives, entries, type Family, type Makers } from './family.ts';

const symlink = (name: string, linkname: string): Entry => ({ name, type: '2', ...target(linkname) });
const hardLink = (name: string, linkname: string): Entry => ({ name, type: '1', ...target(linkname) });
/** The fields for a link's target; one that is too long for a header goes into a PAX record. */
const target = (linkname: string) => (linkname.length > 99 ? { pax: { linkpath: linkname } } : { linkname });

/** An image archive with the given layers above a root file system. */
const image = (...layers: Entry[][]): Buffer =>
  dockerArchive([{ names: ['app:1'], layers: [exportEntries(), ...layers].map(archive) }]);
/** A root file system with the given members added. */
const root = (...more: Entry[]): Buffer => archive([...exportEntries(), ...more]);
const atMost = (bytes: number, most: number) => Math.min(bytes, most);
/** The size of a large header record in bytes, a little below the limit of 1 MiB. */
const RECORD = 2 ** 20 - 1024;

const LINKS: Makers = {
  'a symlink with a long target, and a link through it': (bytes) =>
    root({ name: 'd/', type: '5' }, symlink('s', `${'./'.repeat(atMost(bytes, RECORD) / 2)}d`), hardLink('h', 's/x'), {
      name: 's/y',
    }),
  'hard links with long targets': (bytes) =>
    root({ name: 'f' }, ...entries(bytes, (i) => hardLink(`h${i}`, `${'a/../'.repeat(8000)}f`))),
  'hard links with long targets that are missing': (bytes) =>
    image(entries(bytes, (i) => hardLink(`h${i}`, `${'a/'.repeat(2000)}${i}`))),
  'symlinks one through the other': (bytes) =>
    root({ name: 's0/', type: '5' }, ...entries(bytes, (i) => symlink(`s${i + 1}`, `s${i}`))),
  'symlinks in a circle, and members below': (bytes) =>
    image(entries(bytes, (i) => (i === 0 ? symlink('a', 'b') : i === 1 ? symlink('b', 'a') : { name: `a/${i}` }))),
  'members below a chain of symlinks': (bytes) =>
    image([
      ...Array.from({ length: 39 }, (_, i) => symlink(`s${i + 1}`, `s${i}`)),
      { name: 's0/', type: '5' },
      ...entries(bytes, (i) => ({ name: `s39/${i}` })),
    ]),
  'symlinks that lead to themselves, one a step': (bytes) =>
    image([
      { name: 'd/', type: '5' },
      symlink('d/l', '.'),
      ...entries(bytes, (i) => ({ name: 'f', pax: { path: `d/${'l/'.repeat(1900)}${i}` } })),
    ]),
  'symlinks that double their path': (bytes) =>
    image([symlink('a0', '.'), ...entries(bytes, (i) => symlink(`a${i + 1}`, `a${i}/a${i}`)), { name: 'a30/x' }]),
  'hard links one to the other': (bytes) =>
    root({ name: 'h0' }, ...entries(bytes, (i) => hardLink(`h${i + 1}`, `h${i}`))),
  'hard links to what comes later': (bytes) => image(entries(bytes, (i) => hardLink(`h${i}`, `h${i + 1}`))),
  'links that lead out': (bytes) => image(entries(bytes, (i) => symlink(`s${i}`, `${'../'.repeat(30)}etc`))),
};

const WHITEOUTS: Makers = {
  whiteouts: (bytes) => image(entries(bytes, (i) => ({ name: `.wh.${i}` }))),
  'whiteouts of what is there': (bytes) =>
    image(
      entries(bytes / 2, (i) => ({ name: `d/${i}` })),
      entries(bytes / 2, (i) => ({ name: `d/.wh.${i}` })),
    ),
  'opaque folders': (bytes) => image(entries(bytes, (i) => ({ name: `d${i}/.wh..wh..opq` }))),
  'one folder, made opaque again and again': (bytes) =>
    image(
      entries(bytes / 2, (i) => ({ name: `d/${i}` })),
      entries(bytes / 2, () => ({ name: 'd/.wh..wh..opq' })),
    ),
  'a folder and a file in turn': (bytes) =>
    image(entries(bytes, (i) => (i % 2 === 0 ? { name: 'd/', type: '5' } : { name: 'd', body: '' }))),
  'a full folder that a file replaces, in many layers': (bytes) => {
    const full = entries(bytes / 100, (i) => ({ name: `d/${i}` }));
    return image(...Array.from({ length: 50 }, () => full).flatMap((each) => [each, [{ name: 'd' }]]));
  },
  'odd whiteouts': (bytes) => image(entries(bytes, (i) => ({ name: `.wh..wh.${i}` }))),
  'members below a file': (bytes) => image([{ name: 'f' }, ...entries(bytes, (i) => ({ name: `f/${i}` }))]),
  'deep folders, tried': (bytes) =>
    image(entries(bytes, (i) => ({ name: 'f', pax: { path: `../${i}/${'d/'.repeat(2000)}` } }))),
  '127 layers': (bytes) =>
    image(...Array.from({ length: 126 }, (_, n) => entries(bytes / 126, (i) => ({ name: `${n}/${i}` })))),
  'faults in 127 layers': (bytes) =>
    image(
      ...Array.from({ length: 126 }, () =>
        entries(bytes / 126, (i) => (i === 0 ? { name: 'd' } : { name: `d/../../${i}` })),
      ),
    ),
  'layers of an image, empty': (bytes) => image(...Array.from({ length: bytes / 4096 }, (_, i) => [{ name: `${i}` }])),
};

const ESCAPES = '\x1b'.repeat(97);
/** A layer with faults of many kinds, each of them in a member with a name of control characters. */
const MANY_FAULTS = archive([
  { name: `../${ESCAPES}`, type: '1', linkname: ESCAPES },
  { name: ESCAPES, type: '\x01' },
  { name: ESCAPES, type: '3', uid: 2 ** 21 },
  { name: '' },
  { name: 'f' },
  { name: `f/${ESCAPES}` },
  { name: `${ESCAPES.slice(9)}/.wh.` },
  { name: '/', type: '0' },
]);

/** Archives with more faults of one kind than a user can read as single findings. */
const FINDINGS: Makers = {
  'a fault in each member': (bytes) => root(...entries(bytes, (i) => ({ name: `../${i}` }))),
  'a long name in each finding': (bytes) =>
    root(...entries(bytes, (i) => ({ name: 'f', pax: { path: `../${i}${'\x1b'.repeat(250)}/x` } }))),
  'faults of many kinds in each layer, none of an image': (bytes) =>
    archive([
      ...entries(bytes, (i) => ({ name: `${i}.tar`, body: MANY_FAULTS })),
      { name: 'manifest.json', body: '[{"Config":"c.json","Layers":["1.tar"]}]' },
      { name: 'c.json', body: '{}' },
    ]),
  'attributes that an engine refuses': (bytes) =>
    image(entries(bytes, (i) => ({ name: `f${i}`, pax: { [`SCHILY.xattr.trusted.${i}`]: 'x' } }))),
  'names that are too long': (bytes) =>
    root(...entries(bytes, (i) => ({ name: 'f', pax: { path: `${i}${'n'.repeat(300)}` } }))),
  'executables of every machine': (bytes) =>
    root(
      ...entries(bytes, (i) => ({
        name: `bin/${i}`,
        mode: 0o755,
        body: Buffer.from([
          0x7f,
          0x45,
          0x4c,
          0x46,
          2,
          1,
          1,
          ...Array.from({ length: 9 }, () => 0),
          2,
          0,
          i & 255,
          (i >> 8) & 255,
        ]),
      })),
    ),
  'script interpreters': (bytes) =>
    root(...entries(bytes, (i) => ({ name: `bin/${i}`, mode: 0o755, body: `#!/${'i'.repeat(400)}${i}\n` }))),
};

export const LAYERS: Family[] = [
  ...archives('links', LINKS),
  ...archives('layers', WHITEOUTS),
  ...archives('findings', FINDINGS),
];
