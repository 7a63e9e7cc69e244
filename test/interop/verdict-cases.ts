import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { lz4Stored } from '../support/lz4-builder.ts';
import { archive, type Entry } from '../support/tar-builder.ts';
import { zipOf } from '../support/zip-builder.ts';
import { BYTE_ORDER_MARK, type Variation } from './verdict-archive.ts';

const NAME = 'docker.io/library/lading-verdict';
const TWO_NAMES = [`${NAME}:1`, `${NAME}:2`];

/** Passes an archive through a program that reads standard input and writes standard output. */
const through =
  (program: string, ...args: string[]) =>
  (bytes: Buffer): Buffer =>
    execFileSync(program, args, { input: bytes, maxBuffer: 1 << 28 });
const gzip = (bytes: Buffer): Buffer => gzipSync(bytes);
const xz = through('xz', '-1');
const zstd = through('zstd');
const lzma = through('xz', '--format=lzma', '-1');
const layers = (change: (layer: Buffer) => Buffer) => ({ stored: (all: Buffer[]) => all.map(change) });
const gzipLayers = (rest = '') => ({
  ...layers((each) => Buffer.concat([gzip(each), Buffer.from(rest)])),
  mediaType: '+gzip',
});

const bodyOf = (entry: Entry): Buffer => Buffer.from(entry.body ?? '');
const isBase = (entry: Entry): boolean => bodyOf(entry).length > 500_000;
const isConfig = (entry: Entry): boolean => bodyOf(entry).length < 10_000 && bodyOf(entry).includes('created_by');
const isManifest = (entry: Entry): boolean => bodyOf(entry).includes('"layers":[');
const changed = (which: (entry: Entry) => boolean, change: (body: Buffer) => Buffer) => ({
  members: (all: Entry[]) => all.map((each) => (which(each) ? { ...each, body: change(bodyOf(each)) } : each)),
});
const dropped = (which: (entry: Entry) => boolean) => ({
  members: (all: Entry[]) => all.filter((each) => !which(each)),
});
const flipped =
  (at: (body: Buffer) => number) =>
  (body: Buffer): Buffer => {
    const copy = Buffer.from(body);
    copy[at(body)] = (copy[at(body)] ?? 0) ^ 1;
    return copy;
  };

/** Replaces the second layer by one with these members. */
const second = (...entries: Entry[]) => ({
  contents: ([base = Buffer.alloc(0)]: Buffer[]) => [base, archive([{ name: 'mark', body: 'one' }, ...entries])],
});
const marked = (which: (entry: Entry) => boolean) => changed(which, (body) => Buffer.concat([BYTE_ORDER_MARK, body]));
const edited = (which: (entry: Entry) => boolean, from: string | RegExp, to: string) =>
  changed(which, (body) => Buffer.from(body.toString().replace(from, to)));
const named =
  (name: string) =>
  (entry: Entry): boolean =>
    entry.name === name;
const ZEROS = `sha256:${'0'.repeat(64)}`;
const wrongDiffID = { diffIDs: ([first = '']: string[]) => [first, ZEROS] };
const docker = { parts: 'docker' } as const;
const oci = { parts: 'oci' } as const;

/** Makes an index whose entries have a tag and no name. */
const refs = (...tags: string[]) => ({
  ...changed(named('index.json'), (body) => {
    const index = JSON.parse(body.toString()) as { manifests: object[] };
    const entry = (tag: string) => ({
      ...index.manifests[0],
      annotations: { 'org.opencontainers.image.ref.name': tag },
    });
    return Buffer.from(JSON.stringify({ ...index, manifests: tags.map(entry) }));
  }),
  ...oci,
});
/** The documents at the top of an archive, whose keys are written in upper case. */
const TOP = new Set(['manifest.json', 'index.json', 'oci-layout']);
const shouted = changed(
  (entry) => TOP.has(entry.name),
  (body) => Buffer.from(body.toString().replace(/"[A-Za-z]+":/g, (key) => key.toUpperCase())),
);

/** Archives with one thing each that clients read differently. */
export const VARIATIONS: Record<string, Variation> = {
  'a hybrid': {},
  'a docker archive': docker,
  'an OCI archive': oci,
  'an archive from before Docker 1.10': { parts: 'legacy' },
  'everything in a folder': { prefix: 'image/' },

  'names that begin with ./': { prefix: './' },
  'names that begin with ./, docker only': { prefix: './', ...docker },
  'names that begin with /': { prefix: '/' },
  'names that begin with /, docker only': { prefix: '/', ...docker },
  'names that begin with /, OCI only': { prefix: '/', ...oci },

  'gzip around it': { around: gzip },
  'gzip around it, docker only': { around: gzip, ...docker },
  'gzip around it, OCI only': { around: gzip, ...oci },
  'bzip2 around it': { around: through('bzip2') },
  'bzip2 around it, docker only': { around: through('bzip2'), ...docker },
  'xz around it': { around: xz },
  'zstd around it': { around: zstd },
  'zstd around it, docker only': { around: zstd, ...docker },
  'zstd around it, OCI only': { around: zstd, ...oci },

  'lz4 around it': { around: lz4Stored },
  'lzma around it, docker only': { around: lzma, ...docker },
  'a zip file around it': { around: (tar) => zipOf([{ name: 'image.tar', body: tar }]) },

  'gzip layers': gzipLayers(),
  'gzip layers, docker only': { ...gzipLayers(), ...docker },
  'gzip layers with bytes after them': gzipLayers('garbage'),
  'gzip layers with zeros after them': gzipLayers('\0'.repeat(512)),
  'gzip layers with bytes after them, docker only': { ...gzipLayers('garbage'), ...docker },
  'zstd layers': { ...layers(zstd), mediaType: '+zstd' },
  'zstd layers, docker only': { ...layers(zstd), ...docker },
  'zstd layers, OCI only': { ...layers(zstd), mediaType: '+zstd', ...oci },
  'xz layers': layers(xz),
  'xz layers, docker only': { ...layers(xz), ...docker },
  'lz4 layers': layers(lz4Stored),
  'lz4 layers, docker only': { ...layers(lz4Stored), ...docker },
  'lzma layers, OCI only': { ...layers(lzma), ...oci },

  'no name': { names: [] },
  'no name, docker only': { names: [], ...docker },
  'no name, OCI only': { names: [], ...oci },
  'two names': { names: TWO_NAMES },
  'two names, docker only': { names: TWO_NAMES, ...docker },
  'two names, OCI only': { names: TWO_NAMES, ...oci },
  'a refused name': { names: ['Upper/Case:1'] },
  'a refused name, docker only': { names: ['Upper/Case:1'], ...docker },
  'a name without a tag, docker only': { names: ['lading-verdict'], ...docker },

  'a tag alone': refs('1'),
  'a tag alone that podman takes for no name': refs('V1'),
  'two tags alone': refs('1', '2'),

  'keys in other letter cases': shouted,
  'keys in other letter cases, docker only': { ...shouted, ...docker },
  'keys in other letter cases, OCI only': { ...shouted, ...oci },

  'no architecture': { config: { architecture: undefined } },
  'no architecture, docker only': { config: { architecture: undefined }, ...docker },
  'no operating system': { config: { os: undefined } },
  'a Windows image': { config: { os: 'windows' } },
  'a Windows image, docker only': { config: { os: 'windows' }, ...docker },
  'a history too long': { config: { history: [1, 2, 3].map((n) => ({ created_by: `${n}` })) } },
  'no history': { config: { history: undefined } },
  'an empty time of creation': { config: { created: '' } },
  'an empty time of creation, docker only': { config: { created: '' }, ...docker },
  'a time of creation without a zone': { config: { created: '2024-02-20T10:00:00.5' } },
  'a time of creation on a day that there is not': { config: { created: '2024-02-30T10:00:00Z' } },
  'a time of creation with a decimal comma': { config: { created: '2024-02-20T1:00:00,5+08:00' } },
  'a number for the time of creation': { config: { created: 1_700_000_000 } },
  'no time of creation': { config: { created: null } },
  'an empty time in the history': { config: { history: [{ created: '', created_by: 'one' }] } },
  'an empty time in the history, OCI only': { config: { history: [{ created: '', created_by: 'one' }] }, ...oci },

  'a byte order mark in manifest.json': marked(named('manifest.json')),
  'a byte order mark in manifest.json, docker only': { ...marked(named('manifest.json')), ...docker },
  'a byte order mark in index.json': marked(named('index.json')),
  'a byte order mark in index.json, OCI only': { ...marked(named('index.json')), ...oci },
  'a byte order mark in oci-layout': marked(named('oci-layout')),
  'a byte order mark in oci-layout, OCI only': { ...marked(named('oci-layout')), ...oci },
  'a byte order mark in repositories': { ...marked(named('repositories')), parts: 'legacy' },
  'a byte order mark in the config': { marked: 'config' },
  'a byte order mark in the config, docker only': { marked: 'config', ...docker },
  'a byte order mark in the config, OCI only': { marked: 'config', ...oci },
  'a byte order mark in the OCI manifest': { marked: 'manifest' },
  'a byte order mark in the OCI manifest, OCI only': { marked: 'manifest', ...oci },
  'another version of the layout': edited(named('oci-layout'), '1.0.0', '2.0.0'),
  'another version of the layout, OCI only': { ...edited(named('oci-layout'), '1.0.0', '2.0.0'), ...oci },
  'an unknown media type in the index': edited(named('index.json'), 'image.manifest', 'image.manifesto'),
  'an unknown media type in the index, OCI only': {
    ...edited(named('index.json'), 'image.manifest', 'image.manifesto'),
    ...oci,
  },
  'a wrong size in the index': edited(named('index.json'), /"size":\d+/, '"size":7'),

  'a diffID too few': { diffIDs: ([first = '']) => [first] },
  'a diffID too few, docker only': { diffIDs: ([first = '']) => [first], ...docker },
  'a diffID too many': { diffIDs: (all) => [...all, ZEROS] },
  'a wrong diffID': wrongDiffID,
  'a wrong diffID, docker only': { ...wrongDiffID, ...docker },
  'a wrong diffID, OCI only': { ...wrongDiffID, ...oci },

  'a byte flipped in a layer': changed(
    isBase,
    flipped(() => 100_000),
  ),
  'a byte flipped in a layer, docker only': {
    ...changed(
      isBase,
      flipped(() => 100_000),
    ),
    ...docker,
  },
  'a byte flipped in a layer, OCI only': {
    ...changed(
      isBase,
      flipped(() => 100_000),
    ),
    ...oci,
  },
  'a byte flipped in the header of a gzip layer': {
    ...gzipLayers(),
    ...changed(
      isBase,
      flipped(() => 4),
    ),
  },
  'a byte flipped in the config': changed(
    isConfig,
    flipped((body) => body.indexOf('created_by')),
  ),
  'a byte flipped in the config, docker only': {
    ...changed(
      isConfig,
      flipped((body) => body.indexOf('created_by')),
    ),
    ...docker,
  },
  'an OCI manifest that was changed': changed(isManifest, (body) =>
    Buffer.from(body.toString().replace(/(?<="layers":.*)[0-9a-f]{64}/, '0'.repeat(64))),
  ),
  'a layer missing': dropped(isBase),
  'a layer missing, docker only': { ...dropped(isBase), ...docker },
  'a layer missing, OCI only': { ...dropped(isBase), ...oci },
  'a layer empty': changed(isBase, () => Buffer.alloc(0)),
  'the config missing': dropped(isConfig),
  'the config missing, OCI only': { ...dropped(isConfig), ...oci },
  'a platform that is not there': { absent: true },
  'a platform that is not there, OCI only': { absent: true, ...oci },

  'a path twice in a layer': second({ name: 'odd', body: '1' }, { name: 'odd', body: '2' }),
  'a path twice in a layer, OCI only': { ...second({ name: 'odd', body: '1' }, { name: 'odd', body: '2' }), ...oci },
  'an odd member in a layer': second({ name: 'odd', type: '7', body: '1' }),
  'a hard link to nothing in a layer': second({ name: 'odd', type: '1', linkname: 'nowhere' }),
  'a hard link to nothing in a layer, OCI only': { ...second({ name: 'odd', type: '1', linkname: 'nowhere' }), ...oci },
  'a hard link before its target in a layer': second({ name: 'odd', type: '1', linkname: 'late' }, { name: 'late' }),
  'a path with .. in a layer': second({ name: '../odd', body: '1' }),
  'a member without a name in a layer': second({ name: '', body: '1' }),
  'a path too long in a layer': second({ name: 'odd', pax: { path: 'n'.repeat(256) }, body: '1' }),
};
