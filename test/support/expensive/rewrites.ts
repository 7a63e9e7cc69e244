import { configOf, dockerArchive } from '../image-builder.ts';
import { archive, type Entry, exportEntries, header, hole } from '../tar-builder.ts';
import { archives, entries, type Family, type Makers, squeezed } from './family.ts';

const DEEP = 'd/'.repeat(1900);
const RECORD = 2 ** 20 - 4096;

const image = (...layers: Entry[][]): Buffer =>
  dockerArchive([{ names: ['app:1'], layers: [exportEntries(), ...layers].map(archive) }]);
const root = (more: Entry[]): Buffer => archive([...exportEntries(), ...more]);
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
      entries(bytes, (i) => ({
        name: `f${i}`,
        pax: Object.fromEntries(
          Array.from({ length: Math.min(bytes, RECORD) / 64 }, (_, k) => [`SCHILY.xattr.com.apple.${k}`, 'v']),
        ),
      })),
    ),
  'deep folders, and a name that occurs twice': (bytes) =>
    root([{ name: 'x' }, { name: 'x' }, ...entries(bytes, (i) => long(`${i}/${DEEP}f`))]),
  'deep names with steps up': (bytes) => root(entries(bytes, (i) => long(`x/../${DEEP}file number ${i}`))),
  'long names with steps up': (bytes) => root(entries(bytes, (i) => long(`../${i}${'\x1b'.repeat(250)}/x`))),
  'links with large headers before their target': (bytes) =>
    root([...entries(bytes, (i) => ({ name: `h${i}`, type: '1', linkname: 'z', pax: comment(bytes) })), { name: 'z' }]),
  'small layers without an end mark': (bytes) => {
    const layers = entries(bytes / 8, (i) => ({ name: i === 0 ? '../f' : 'f', mtime: i })).map(header);
    const thousands = Array.from({ length: Math.ceil(layers.length / 1000) }, (_, i) => i * 1000);
    return dockerArchive(
      thousands.map((from) => ({ names: [`app:${from}`], layers: layers.slice(from, from + 1000) })),
    );
  },
  'links one to the next': (bytes) =>
    root(entries(bytes, (i) => ({ name: `h${i}`, type: '1', linkname: `h${i + 1}` }))),
};

/** Archives in which very many members are mended. */
const MENDED_BY_MANY: Makers = {
  'names with steps up': (bytes) => root(entries(bytes, (i) => ({ name: `../${i}` }))),
  'members that need no change beside one': (bytes) =>
    root([{ name: '../x' }, ...entries(bytes, (i) => ({ name: `${i}` }))]),
  'names with steps up, a thousand in each layer': (bytes) => {
    const names = Array.from({ length: 1000 }, (_, i) => ({ name: `../${i}${'\x1b'.repeat(90)}` }));
    const layers = Array.from({ length: Math.ceil(bytes / 512_000) }, (_, i) => archive([{ name: `${i}` }, ...names]));
    return dockerArchive([{ names: ['app:1'], layers }]);
  },
  'files and their links, replaced': (bytes) =>
    root(
      entries(bytes, (i) =>
        i % 3 === 1
          ? { name: `link ${(i - 1) / 3}`, type: '1', linkname: `${(i - 1) / 3}` }
          : { name: `${Math.floor(i / 3)}` },
      ),
    ),
  holes: (bytes) => root(entries(bytes / 1024, (i) => hole(`etc/${i}`, 2 ** 26))),
};

/** An image archive with images that share a layer; above it, each has a small layer of its own. */
const sharing = (count: number, layer: Uint8Array): Buffer =>
  dockerArchive(
    Array.from({ length: count }, (_, i) => ({
      names: [`app:${i}`],
      layers: [layer, archive([{ name: `top ${i}` }])],
    })),
  );

/** Archives of images whose layers are merged for each image. */
const SHARED: Makers = {
  'images that share many members': (bytes) => sharing(100, archive(entries(bytes / 64, (i) => ({ name: `${i}` })))),
  'images that share a large file': (bytes) => sharing(10, archive([{ name: 'f', body: new Uint8Array(bytes) }])),
  'members of two layers': (bytes) => image(entries(bytes, (i) => ({ name: `${i}` }))),
};

/** Images of a thousand small layers each. */
const SMALL_LAYERS: Makers = {
  'small layers': (bytes) => {
    const layers = Array.from({ length: Math.ceil(bytes / 2048) }, (_, i) => archive([{ name: 'f', mtime: i }]));
    const thousands = Array.from({ length: Math.ceil(layers.length / 1000) }, (_, i) => i * 1000);
    const configs = thousands.map((from) => ({
      name: `${from}.json`,
      body: configOf({ names: [], layers: layers.slice(from, from + 1000), history: [] }),
    }));
    const list = thousands.map((from) => ({
      Config: `${from}.json`,
      Layers: layers.slice(from, from + 1000).map((_, i) => `${from + i}.tar`),
    }));
    const files = layers.map((body, i) => ({ name: `${i}.tar`, body }));
    return archive([...files, ...configs, { name: 'manifest.json', body: JSON.stringify(list) }]);
  },
};

const zerosOf = (bytes: number): Buffer => root([{ name: 'usr/zeros', body: new Uint8Array(bytes) }]);

const asked = (families: Family[], sidecar: string): Family[] =>
  families.map((family) => ({ ...family, make: (bytes) => ({ ...family.make(bytes), sidecar }) }));

export const REWRITES: Family[] = [
  ...asked(archives('merged layers', MERGED), '{"as": "rootfs"}'),
  ...asked(archives('mended layers', MENDED), '{"mend": true}'),
  ...asked(squeezed('mended layers', MENDED_BY_MANY), '{"mend": true}'),
  ...asked(squeezed('merged layers', SHARED), '{"flatten": true}'),
  ...asked(squeezed('compressed layers', SMALL_LAYERS, 2 ** 24), '{"compress": "gzip"}'),
  ...asked(squeezed('layers', SMALL_LAYERS, 24 * 2 ** 20), '{"layout": "docker"}'),
  ...asked(squeezed('compressed layers', { zeros: zerosOf }), '{"compress": "gzip"}'),
];
