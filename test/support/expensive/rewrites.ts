import { dockerArchive } from '../image-builder.ts';
import { archive, type Entry, exportEntries, header } from '../tar-builder.ts';
import { archives, entries, type Family, type Makers } from './family.ts';

const DEEP = 'd/'.repeat(1900);
const RECORD = 2 ** 20 - 4096;

const image = (...layers: Entry[][]): Buffer =>
  dockerArchive([{ names: ['app:1'], layers: [exportEntries(), ...layers].map(archive) }]);
const root = (...more: Entry[]): Buffer => archive([...exportEntries(), ...more]);
const long = (path: string): Entry => ({ name: 'f', pax: { path } });
const comment = (bytes: number) => ({ comment: 'c'.repeat(Math.min(bytes, RECORD)) });

/** Layers that are expensive to merge. */
const MERGED: Makers = {
  'members behind links at the end of a deep path': (bytes) =>
    image([
      { ...long(DEEP), type: '5' },
      { ...long(`${DEEP}l`), type: '2', linkname: '.' },
      ...entries(bytes, (i) => long(`${DEEP}${'l/'.repeat(39)}${i}`)),
    ]),
  'links behind links, each at the end of a deep path': (bytes) =>
    image([
      { name: 's0', type: '2', linkname: '.' },
      ...entries(Math.min(bytes, 2 ** 16), (i) =>
        i % 2 === 0
          ? long(`s${i / 2}/${DEEP}x`)
          : { name: `s${(i + 1) / 2}`, type: '2', pax: { linkpath: `s${(i - 1) / 2}/${DEEP}` } },
      ),
    ]),
  'deep folders that no member gives': (bytes) => image(entries(bytes, (i) => long(`${i}/${DEEP}f`))),
  'members with long names in one deep folder': (bytes) =>
    image([{ ...long(DEEP), type: '5' }, ...entries(bytes, (i) => long(`${DEEP}file number ${i}`))]),
  'hard links in one deep folder': (bytes) =>
    image([
      long(`${DEEP}f`),
      ...entries(bytes, (i) => ({ name: 'h', type: '1', pax: { path: `${DEEP}link ${i}`, linkpath: `${DEEP}f` } })),
    ]),
  'members through a link to a deep folder': (bytes) =>
    image([
      { ...long(DEEP), type: '5' },
      { name: 's', type: '2', pax: { linkpath: DEEP } },
      ...entries(bytes, (i) => ({ name: `s/${i}` })),
    ]),
  'folders with large headers behind their files': (bytes) =>
    image(
      entries(bytes / 100, (i) => ({ name: `${i}/x` })),
      entries(bytes, (i) => ({ name: `${i}/`, type: '5', pax: comment(bytes) })),
    ),
};

/** Archives that are expensive to mend. */
const MENDED: Makers = {
  'attributes of macOS': (bytes) =>
    root(
      ...entries(bytes, (i) => ({
        name: `f${i}`,
        pax: Object.fromEntries(
          Array.from({ length: Math.min(bytes, RECORD) / 64 }, (_, k) => [`SCHILY.xattr.com.apple.${k}`, 'v']),
        ),
      })),
    ),
  'deep folders, and a name that occurs twice': (bytes) =>
    root({ name: 'x' }, { name: 'x' }, ...entries(bytes, (i) => long(`${i}/${DEEP}f`))),
  'deep names with steps up': (bytes) => root(...entries(bytes, (i) => long(`x/../${DEEP}file number ${i}`))),
  'long names with steps up': (bytes) => root(...entries(bytes, (i) => long(`../${i}${'\x1b'.repeat(250)}/x`))),
  'links with large headers before their target': (bytes) =>
    root(...entries(bytes, (i) => ({ name: `h${i}`, type: '1', linkname: 'z', pax: comment(bytes) })), { name: 'z' }),
  'small layers without an end mark': (bytes) => {
    const layers = entries(bytes / 8, (i) => ({ name: i === 0 ? '../f' : 'f', mtime: i })).map(header);
    const thousands = Array.from({ length: Math.ceil(layers.length / 1000) }, (_, i) => i * 1000);
    return dockerArchive(
      thousands.map((from) => ({ names: [`app:${from}`], layers: layers.slice(from, from + 1000) })),
    );
  },
  'links one to the next': (bytes) =>
    root(...entries(bytes, (i) => ({ name: `h${i}`, type: '1', linkname: `h${i + 1}` }))),
};

const asked = (families: Family[], sidecar: string): Family[] =>
  families.map((family) => ({ ...family, make: (bytes) => ({ ...family.make(bytes), sidecar }) }));

export const REWRITES: Family[] = [
  ...asked(archives('merged layers', MERGED), '{"as": "rootfs"}'),
  ...asked(archives('mended layers', MENDED), '{"mend": true}'),
];
