import { configOf } from '../image-builder.ts';
import { archive, type Entry, exportEntries } from '../tar-builder.ts';
import { archives, type Family, hexOf, items, jsonItems, type Makers } from './family.ts';

const MiB = 2 ** 20;
const layer = archive(exportEntries());
const list = (json: string[]) => `[${json.join(',')}]`;
/** JSON with lists or objects inside each other. */
const nested = (bytes: number, open = '[', close = ']', core = '') =>
  open.repeat(bytes / (open.length + close.length)) + core + close.repeat(bytes / (open.length + close.length));

/** An image archive in Docker's format, with the given documents. */
const docker = (
  manifest: string,
  config: string | Uint8Array = configOf({ names: [], layers: [layer] }),
  ...more: Entry[]
) =>
  archive([
    { name: 'manifest.json', body: manifest },
    { name: 'c.json', body: config },
    { name: 'l.tar', body: layer },
    ...more,
  ]);
const one = (more: object) => JSON.stringify([{ Config: 'c.json', RepoTags: ['app:1'], Layers: ['l.tar'], ...more }]);

const LIST: Makers = {
  'images of one config': (bytes) =>
    docker(list(jsonItems(bytes, () => ({ Config: 'c.json', RepoTags: [], Layers: ['l.tar'] })))),
  'images of one large config': (bytes) =>
    docker(
      list(jsonItems(bytes / 16, () => ({ Config: 'c.json', RepoTags: [], Layers: ['l.tar'] }))),
      largeConfig(bytes),
    ),
  'images of one large config with history': (bytes) =>
    docker(
      list(jsonItems(bytes / 16, () => ({ Config: 'c.json', RepoTags: [], Layers: ['l.tar'] }))),
      historyOf(bytes / 2),
    ),
  'images, each with a config': (bytes) => {
    const names = items(
      bytes,
      (i) => `${i}.json`,
      () => 1536,
    );
    return docker(
      list(names.map((Config) => JSON.stringify({ Config, Layers: ['l.tar'] }))),
      '{}',
      ...names.map((name) => ({ name, body: '{}' })),
    );
  },
  'images whose config is missing': (bytes) =>
    docker(list(jsonItems(bytes, (i) => ({ Config: `${i}.json`, Layers: [] })))),
  'tags of one image': (bytes) => docker(one({ RepoTags: items(bytes, (i) => `app:${i}`) })),
  'one tag again and again': (bytes) => docker(one({ RepoTags: items(bytes, () => 'app:1') })),
  'the same tags of many images': (bytes) =>
    docker(list(jsonItems(bytes, (i) => ({ Config: 'c.json', RepoTags: [`app:${i % 2}`], Layers: ['l.tar'] })))),
  'names that are none': (bytes) => docker(one({ RepoTags: items(bytes, (i) => `--/${i}`) })),
  'a name of dashes': (bytes) => docker(one({ RepoTags: [`a${'-'.repeat(bytes)}!`] })),
  'a name of dots and slashes': (bytes) => docker(one({ RepoTags: ['a./'.repeat(bytes / 3)] })),
  'one layer listed again and again': (bytes) => docker(one({ Layers: items(bytes, () => 'l.tar') })),
  'missing layers': (bytes) => docker(one({ Layers: items(bytes, (i) => `${i}.tar`) })),
  'names of many parts': (bytes) => docker(one({ RepoTags: items(bytes, (i) => `${'a/'.repeat(1990)}a:${i}`) })),
  'wrong names of many short parts': (bytes) =>
    docker(one({ RepoTags: items(bytes, (i) => `${'A/'.repeat(185)}${i}`) })),
  'missing layers of long names': (bytes) =>
    docker(one({ Layers: items(bytes, (i) => `${i}${'\x1b'.repeat(90)}.tar`) })),
  'paths that lead nowhere': (bytes) => docker(one({ Layers: items(bytes, (i) => `${'./'.repeat(400)}${i}`) })),
  'a path without end': (bytes) => docker(one({ Config: './'.repeat(bytes / 2) })),
  'lists within lists': (bytes) => docker(nested(bytes)),
  'objects within objects': (bytes) => docker(nested(bytes, '{"a":', '}', '1')),
  'lists that do not end': (bytes) => docker('['.repeat(bytes)),
  'empty lists': (bytes) => docker(list(items(bytes, () => '[]'))),
  'wrong types': (bytes) => docker(list(jsonItems(bytes, () => ({ Config: 1, RepoTags: 2, Layers: [3] })))),
  'fields that are repeated': (bytes) => docker(`[{${items(bytes, () => '"Config":"c.json"').join(',')}}]`),
  'fields in every spelling': (bytes) =>
    docker(`[{${items(bytes, (i) => `"${spelling('layersconfigrepotags', i)}":1`).join(',')}}]`),
  'unknown fields': (bytes) => docker(`[{${items(bytes, (i) => `"${i}":1`).join(',')}}]`),
  'escapes in a name': (bytes) => docker(`[{"Config":"${'\\u0000'.repeat(bytes / 6)}"}]`),
  'half characters': (bytes) => docker(`[{"Config":"${'\\ud800'.repeat(bytes / 6)}"}]`),
  'a number of many digits': (bytes) => docker(`[{"Config":${'1'.repeat(bytes)}}]`),
  spaces: (bytes) => docker(`[${' '.repeat(bytes)}x`),
  'text behind the end': (bytes) => docker(`[]${'[]'.repeat(bytes / 2)}`),
};

/** The name in a different letter case for each index; Go's decoder reads all of them as the same field. */
function spelling(name: string, index: number): string {
  return Array.from(name, (letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter)).join('');
}

/** A large config, of which a conversion keeps everything. */
function largeConfig(bytes: number): string {
  const Labels = Object.fromEntries(items(bytes, (i) => `label${i}`).map((name) => [name, 'v']));
  return JSON.stringify({ ...configWith({}), config: { Labels } }).slice(0, 4 * MiB);
}

function historyOf(bytes: number): string {
  return JSON.stringify(
    configWith({
      history: items(
        bytes,
        () => ({ created_by: 'x', empty_layer: true }),
        () => 40,
      ),
    }),
  );
}

function configWith(more: object): object {
  return { ...(JSON.parse(configOf({ names: [], layers: [layer] }).toString()) as object), ...more };
}
const config = (more: object) => docker(one({}), JSON.stringify(configWith(more)));
const execution = (fields: object) => config({ config: fields });
/** An image archive whose config has a field with the given raw text as its value. */
const configText = (field: string, text: string) =>
  docker(one({}), `${JSON.stringify(configWith({})).slice(0, -1)},"${field}":${text}}`);

const CONFIG: Makers = {
  history: (bytes) =>
    config({
      history: items(
        bytes,
        (i) => ({ created_by: `step ${i}` }),
        () => 30,
      ),
    }),
  'history of empty layers': (bytes) =>
    config({
      history: items(
        bytes,
        () => ({ empty_layer: true }),
        () => 22,
      ),
    }),
  diffIDs: (bytes) => config({ rootfs: { type: 'layers', diff_ids: items(bytes, (i) => `sha256:${hexOf(i)}`) } }),
  environment: (bytes) => execution({ Env: items(bytes, (i) => `A${i}=x`) }),
  'one variable again and again': (bytes) => execution({ Env: items(bytes, () => 'A=x') }),
  labels: (bytes) => docker(one({}), largeConfig(bytes)),
  ports: (bytes) =>
    execution({ ExposedPorts: Object.fromEntries(items(bytes, (i) => `${i}/tcp`).map((each) => [each, {}])) }),
  volumes: (bytes) =>
    execution({ Volumes: Object.fromEntries(items(bytes, (i) => `/v${i}`).map((each) => [each, {}])) }),
  'a time of brackets': (bytes) => configText('created', nested(bytes)),
  'a time of digits': (bytes) => config({ created: `2024-01-01T00:00:00.${'0'.repeat(bytes)}Z` }),
  'a time that is none': (bytes) => config({ created: '2024-'.repeat(bytes / 5) }),
  'a long architecture': (bytes) => config({ architecture: 'a'.repeat(bytes), variant: 'v' }),
  'features of the system': (bytes) => config({ 'os.features': items(bytes, (i) => `f${i}`) }),
  'wrong types in the history': (bytes) =>
    config({
      history: items(
        bytes,
        () => ({ created_by: 1, created: [] }),
        () => 32,
      ),
    }),
  'wrong types in the environment': (bytes) => execution({ Env: items(bytes, (i) => i) }),
  'fields of the config in every spelling': (bytes) =>
    configText('x', `{${items(bytes, (i) => `"${spelling('architecture', i)}":1`).join(',')}}`),
  'objects within labels': (bytes) => configText('config', `{"Labels":${nested(bytes, '{"a":', '}', '"b"')}}`),
  'a health check of many words': (bytes) => execution({ Healthcheck: { Test: items(bytes, () => 'x') } }),
  'a command of many words': (bytes) => execution({ Cmd: items(bytes, () => 'x') }),
};

const MANY: Makers = {
  'small blobs': (bytes) => archive([...blobsOf(bytes, 'hello'), { name: 'manifest.json', body: one({}) }]),
  'small documents': (bytes) => archive([...blobsOf(bytes, '{}'), { name: 'manifest.json', body: one({}) }]),
  'documents of wrong types': (bytes) =>
    docker(
      one({}),
      '{}',
      ...items(
        bytes,
        (i) => ({ name: `${i}.json`, body: '[[]]' }),
        () => 1024,
      ),
    ),
  'layers that are no archives': (bytes) =>
    docker(
      one({}),
      '{}',
      ...items(
        bytes,
        (i) => ({ name: `${i}.tar`, body: 'no' }),
        () => 1024,
      ),
    ),
  'links among the blobs': (bytes) =>
    docker(
      one({}),
      '{}',
      ...items(
        bytes,
        (i): Entry => ({ name: `${i + 1}.tar`, type: '2', linkname: `${i}.tar` }),
        () => 512,
      ),
    ),
  'folders with lists': (bytes) =>
    archive(
      items(
        bytes,
        (i) => ({ name: `${i}/manifest.json`, body: '[]' }),
        () => 1024,
      ),
    ),
  'lists again and again': (bytes) =>
    docker(
      one({}),
      '{}',
      ...items(
        bytes,
        () => ({ name: 'manifest.json', body: one({}) }),
        () => 1024,
      ),
    ),
  'long lists again and again': (bytes) =>
    docker(
      one({}),
      '{}',
      ...items(
        bytes,
        () => ({ name: 'manifest.json', body: one({}).padEnd(3584) }),
        () => 4096,
      ),
    ),
  'documents in folders': (bytes) =>
    archive([
      { name: 'a/manifest.json', body: one({}) },
      ...items(
        bytes,
        (i) => ({ name: `a/${i}.json`, body: '{}' }),
        () => 1024,
      ),
    ]),
};

function blobsOf(bytes: number, body: string): Entry[] {
  return items(
    bytes,
    (i) => ({ name: `blobs/sha256/${hexOf(i)}`, body }),
    () => 1024,
  );
}

/** The description of a layer from before Docker 1.10, and the layer. */
const legacyLayer = (id: string, parent: string | undefined, more: object = {}): Entry[] => [
  { name: `${id}/json`, body: JSON.stringify({ id, parent, os: 'linux', architecture: 'amd64', ...more }) },
  { name: `${id}/layer.tar`, body: archive([]) },
];
const repositories = (tags: string[], top: string): Entry => ({
  name: 'repositories',
  body: JSON.stringify({ app: Object.fromEntries(tags.map((tag) => [tag, top])) }),
});

/** A field with nearly as many values as a document about one image may have. */
const LARGE = { x: Array(49_900).fill(0) };

const LEGACY: Makers = {
  'a parent that is itself, with tags': (bytes) =>
    archive([
      ...legacyLayer(hexOf(1), hexOf(1), { author: 'x'.repeat(bytes / 4) }),
      repositories(
        items(bytes / 1024, (i) => `t${i}`),
        hexOf(1),
      ),
    ]),
  'two parents of each other, with tags': (bytes) =>
    archive([
      ...legacyLayer(hexOf(1), hexOf(2), { author: 'x'.repeat(bytes / 8) }),
      ...legacyLayer(hexOf(2), hexOf(1), { author: 'x'.repeat(bytes / 8) }),
      repositories(
        items(bytes / 1024, (i) => `t${i}`),
        hexOf(1),
      ),
    ]),
  'a chain of layers': (bytes) =>
    archive([
      ...items(
        bytes,
        (i) => legacyLayer(hexOf(i), i === 0 ? undefined : hexOf(i - 1)),
        () => 3072,
      ).flat(),
      repositories(['1'], hexOf(Math.ceil(bytes / 3072) - 1)),
    ]),
  'a chain of layers with tags': (bytes) =>
    archive([
      ...Array.from({ length: 190 }, (_, i) =>
        legacyLayer(hexOf(i), i === 0 ? undefined : hexOf(i - 1), { author: 'x'.repeat(bytes / 200) }),
      ).flat(),
      repositories(
        items(bytes / 100, (i) => `t${i}`),
        hexOf(189),
      ),
    ]),
  'tags of a chain of large layers': (bytes) =>
    archive([
      ...[1, 2, 3, 4].flatMap((i) => legacyLayer(hexOf(i), i === 4 ? undefined : hexOf(i + 1), LARGE)),
      ...legacyLayer(hexOf(5), hexOf(1)),
      repositories(
        items(bytes / 400, (i) => `t${i}`),
        hexOf(5),
      ),
    ]),
  'tags of one layer': (bytes) =>
    archive([
      ...legacyLayer(hexOf(1), undefined),
      repositories(
        items(bytes, (i) => `t${i}`),
        hexOf(1),
      ),
    ]),
  'tags of missing layers': (bytes) =>
    archive([
      ...legacyLayer(hexOf(1), undefined),
      {
        name: 'repositories',
        body: JSON.stringify({
          app: Object.fromEntries(items(bytes, (i) => `t${i}`).map((tag, i) => [tag, hexOf(i + 2)])),
        }),
      },
    ]),
  repositories: (bytes) =>
    archive([
      ...legacyLayer(hexOf(1), undefined),
      {
        name: 'repositories',
        body: JSON.stringify(Object.fromEntries(items(bytes, (i) => `app${i}`).map((name) => [name, { 1: hexOf(1) }]))),
      },
    ]),
};

/** The largest size of a family, in bytes: just below the limit of 4 MiB for a document. */
const MOST = 4 * MiB - 64 * 1024;

export const DOCUMENTS: Family[] = [
  ...archives('manifest.json', LIST, MOST),
  ...archives('config', CONFIG, MOST),
  ...archives('blobs and documents', MANY),
  ...archives('legacy layers', LEGACY, MOST),
];
