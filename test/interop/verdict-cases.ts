import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { type Entry, archive } from '../support/tar-builder.ts';
import type { Variation } from './verdict-archive.ts';

const NAME = 'docker.io/library/lading-verdict';
const TWO_NAMES = [`${NAME}:1`, `${NAME}:2`];

/** A program that reads standard input and writes standard output. */
const through =
  (program: string, ...args: string[]) =>
  (bytes: Buffer): Buffer =>
    execFileSync(program, args, { input: bytes, maxBuffer: 1 << 28 });
const gzip = (bytes: Buffer): Buffer => gzipSync(bytes);
const xz = through('xz', '-1');
const zstd = through('zstd');
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

/** A second layer of these members, instead of the sound one. */
const second = (...entries: Entry[]) => ({
  contents: ([base = Buffer.alloc(0)]: Buffer[]) => [base, archive([{ name: 'mark', body: 'one' }, ...entries])],
});
const ZEROS = `sha256:${'0'.repeat(64)}`;
const wrongDiffID = { diffIDs: ([first = '']: string[]) => [first, ZEROS] };
const docker = { parts: 'docker' } as const;
const oci = { parts: 'oci' } as const;

/** Archives that each have one thing about them that clients see differently. */
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

  'no name': { names: [] },
  'no name, docker only': { names: [], ...docker },
  'no name, OCI only': { names: [], ...oci },
  'two names': { names: TWO_NAMES },
  'two names, docker only': { names: TWO_NAMES, ...docker },
  'two names, OCI only': { names: TWO_NAMES, ...oci },
  'a refused name': { names: ['Upper/Case:1'] },
  'a refused name, docker only': { names: ['Upper/Case:1'], ...docker },
  'a name without a tag, docker only': { names: ['lading-verdict'], ...docker },

  'no architecture': { config: { architecture: undefined } },
  'no architecture, docker only': { config: { architecture: undefined }, ...docker },
  'no operating system': { config: { os: undefined } },
  'a Windows image': { config: { os: 'windows' } },
  'a Windows image, docker only': { config: { os: 'windows' }, ...docker },
  'a history too long': { config: { history: [1, 2, 3].map((n) => ({ created_by: `${n}` })) } },
  'no history': { config: { history: undefined } },
  'an empty time of creation': { config: { created: '' } },
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
  'a member without a name in a layer': second({ name: '', body: '1' }),
  'a path too long in a layer': second({ name: 'odd', pax: { path: 'n'.repeat(256) }, body: '1' }),
};
