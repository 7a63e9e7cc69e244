/** JSON as it is spelled: an object keeps each of its members, even two of one name, and `raw` is written as it is. */
export type Spelling = { raw: string } | { members: [string, Spelling][] } | { items: Spelling[] };

/** Random numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function spellingOf(value: unknown): Spelling {
  if (Array.isArray(value)) return { items: value.map(spellingOf) };
  if (typeof value !== 'object' || value === null) return { raw: JSON.stringify(value) };
  return { members: Object.entries(value).map(([key, each]) => [JSON.stringify(key), spellingOf(each)]) };
}

export function spell(spelling: Spelling): string {
  if ('raw' in spelling) return spelling.raw;
  if ('items' in spelling) return `[${spelling.items.map(spell).join(',')}]`;
  return `{${spelling.members.map(([key, value]) => `${key}: ${spell(value)}`).join(', ')}}`;
}

const HEX = '0123456789abcdef'.repeat(4);
const TIME = '2024-02-20T10:00:00Z';
const DESCRIPTOR = {
  mediaType: 'application/vnd.oci.image.layer.v1.tar',
  digest: `sha256:${HEX}`,
  size: 1000,
  urls: ['https://example.com/x'],
  annotations: { a: 'b' },
  data: 'aGVsbG8=',
  platform: { architecture: 'amd64', os: 'linux', 'os.version': '1', 'os.features': ['x'], variant: 'v8' },
  artifactType: 'application/x',
};
const VERSIONED = {
  schemaVersion: 2,
  mediaType: 'x/y',
  artifactType: 'x/z',
  annotations: { a: 'b' },
  subject: DESCRIPTOR,
};
const CONTAINER = {
  Hostname: 'host',
  Domainname: 'example',
  User: '1000',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  ExposedPorts: { '80/tcp': {}, '81/udp': {} },
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: ['PATH=/bin', 'A=b'],
  Cmd: ['/bin/sh'],
  Healthcheck: {
    Test: ['CMD', 'true'],
    Interval: 1_000_000_000,
    Timeout: 1_000_000_000,
    StartPeriod: 1,
    StartInterval: 1,
    Retries: 3,
  },
  ArgsEscaped: true,
  Image: 'base',
  Volumes: { '/data': {} },
  WorkingDir: '/',
  Entrypoint: ['/entry'],
  NetworkDisabled: false,
  MacAddress: '02:42:ac:11:00:02',
  OnBuild: ['RUN true'],
  Labels: { a: 'b', c: 'd' },
  StopSignal: 'SIGTERM',
  StopTimeout: 10,
  Shell: ['/bin/sh', '-c'],
};

/** A sound document of each kind, with every field that clients know. */
export const SOUND: Record<'config' | 'manifest' | 'index' | 'layout' | 'docker-manifest' | 'repositories', unknown> = {
  config: {
    id: HEX,
    parent: HEX,
    comment: 'made',
    created: TIME,
    container: HEX,
    container_config: CONTAINER,
    docker_version: '20.10',
    author: 'me',
    config: CONTAINER,
    architecture: 'amd64',
    variant: 'v8',
    os: 'linux',
    'os.version': '1',
    'os.features': ['x'],
    Size: 1000,
    rootfs: { type: 'layers', diff_ids: [`sha256:${HEX}`] },
    history: [
      { created: TIME, created_by: 'RUN', author: 'me', comment: 'c', empty_layer: true },
      { created: TIME, created_by: 'COPY' },
    ],
    unknown: { deep: [1, 2, { x: null }] },
  },
  manifest: { ...VERSIONED, config: DESCRIPTOR, layers: [DESCRIPTOR, DESCRIPTOR] },
  index: { ...VERSIONED, manifests: [DESCRIPTOR, DESCRIPTOR] },
  layout: { imageLayoutVersion: '1.0.0' },
  'docker-manifest': [
    {
      Config: 'c.json',
      RepoTags: ['web:1', 'web:2'],
      Layers: ['a/layer.tar', 'b/layer.tar'],
      Parent: `sha256:${HEX}`,
      LayerSources: { [`sha256:${HEX}`]: DESCRIPTOR },
    },
    { Config: 'd.json', RepoTags: null, Layers: ['a/layer.tar'] },
  ],
  repositories: { web: { '1': HEX, latest: HEX } },
};

const TIMES = [
  '2024-02-30T10:00:00Z',
  '2024-02-29T10:00:00Z',
  '2023-02-29T10:00:00Z',
  '2024-02-20T1:00:00Z',
  '2024-02-20T10:00:00,5+08:00',
  '2024-02-20T10:00:00.123456789012Z',
  '2024-02-20T10:00:00+24:00',
  '2024-02-20T10:00:00+25:00',
  '2024-02-20T10:00:00-23:60',
  '2024-02-20T10:00:00-23:61',
  '2024-02-20T24:00:00Z',
  '2024-02-20T10:60:00Z',
  '2024-02-20T10:00:60Z',
  '2024-02-20t10:00:00z',
  '2024-02-20 10:00:00Z',
  '2024-02-20T10:00:00',
  '0000-01-01T00:00:00Z',
  '10000-01-01T00:00:00Z',
  '2024-2-20T10:00:00Z',
  '2024-02-20T10:00:00.Z',
  ' 2024-02-20T10:00:00Z',
  '2024-02-20T10:00:00Z ',
  '2024-00-20T10:00:00Z',
  '2024-04-31T10:00:00Z',
];

/** Values that replace others, as JSON text. */
const VALUES: readonly string[] = [
  String.raw`null|true|false|0|1|-0|1000|1.0|1e3|1E+2|-1|255|256|1e999|1.5`,
  String.raw`9223372036854775807|9223372036854775808|-9223372036854775808|-9223372036854775809`,
  String.raw`""|"x"|"5"|"80/tcp"|"A=b"|"true"|"/bin/sh -c x"|"aGk="|"aGk"|"a Gk="|"aG\nk="|"===="`,
  String.raw`"\ud800"|"\u0000"|"\/"|"\u00e9"|"2024-02-20T10:00:00\u005a"|"sha256:x"`,
  String.raw`[]|{}|[null]|[1]|["a"]|["a",1]|["80/tcp"]|[{}]|[[]]|[1,256]|[1,2,null]|[true]`,
  String.raw`{"a":1}|{"a":"b"}|{"a":null}|{"a":{}}|{"a":[]}|{"User":"x"}|{"created_by":"x"}|{"size":"1"}|{"80":{}}`,
].flatMap((line) => line.split('|'));
export const ALL_VALUES: readonly string[] = [...VALUES, ...TIMES.map((each) => JSON.stringify(each))];

/** Changes to the text of a document as a whole, most of which make it invalid. */
const WHOLE: readonly ((text: Buffer) => Buffer)[] = [
  (text) => Buffer.concat([text, Buffer.from(' x')]),
  (text) => Buffer.concat([text, Buffer.from('\n\t \r')]),
  (text) => Buffer.concat([text, text]),
  (text) => text.subarray(0, -1),
  () => Buffer.alloc(0),
  () => Buffer.from('null'),
  () => Buffer.from('[]'),
  () => Buffer.from('{}'),
  () => Buffer.from('"x"'),
  (text) => Buffer.from(text.toString().replace('"', '"\u0001')),
  (text) => Buffer.from(text.toString().replace('}', ',}')),
  (text) => Buffer.from(text.toString('latin1').replace('"', '"\xff\xfe'), 'latin1'),
  (text) => Buffer.from(text.toString('latin1').replace(':', ':\xff'), 'latin1'),
  (text) => Buffer.from(text.toString().replace('{', `{"deep": ${'['.repeat(9_998)}${']'.repeat(9_998)}, `)),
  (text) => Buffer.from(text.toString().replace('{', `{"deep": ${'['.repeat(10_001)}${']'.repeat(10_001)}, `)),
  (text) => Buffer.from(text.toString().replace(/: 1\d*/, ': 01')),
  (text) => Buffer.from(text.toString().replace(/: 1\d*/, ': +1')),
  (text) => Buffer.from(text.toString().replace(/: 1\d*/, ': .5')),
];

/** A copy of a document with one to three random changes. */
export function changedDocument(sound: unknown, next: () => number): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const document = { items: [spellingOf(sound)] };
  for (let changes = next() * 3; changes > 0; changes--) change(document, next, pick);
  const text = Buffer.from(document.items.map(spell).join(''));
  return next() < 0.1 ? pick(WHOLE)(text) : text;
}

function change(document: Spelling, next: () => number, pick: <T>(list: readonly T[]) => T): void {
  const places = placesIn(document);
  const { members, items, at } = pick(places);
  const value = (): Spelling => ({ raw: pick(ALL_VALUES) });
  if (items !== undefined) items[at] = value();
  const member = members?.[at];
  if (members === undefined || member === undefined) return;
  const how = next();
  if (how < 0.6) member[1] = value();
  else if (how < 0.75) member[0] = recased(member[0], next);
  else if (how < 0.9) members.splice(Math.floor(next() * (members.length + 1)), 0, [recased(member[0], next), value()]);
  else members.splice(at, 1);
}

interface Place {
  members?: [string, Spelling][];
  items?: Spelling[];
  at: number;
}

function placesIn(spelling: Spelling): Place[] {
  if ('raw' in spelling) return [];
  if ('items' in spelling)
    return spelling.items.flatMap((each, at) => [{ items: spelling.items, at }, ...placesIn(each)]);
  return spelling.members.flatMap(([, each], at) => [{ members: spelling.members, at }, ...placesIn(each)]);
}

function recased(key: string, next: () => number): string {
  const letters = key
    .split('')
    .map((letter) => (next() < 0.5 ? letter.toUpperCase() : letter.toLowerCase()))
    .join('');
  return next() < 0.7 ? letters : letters.replace(/s/i, '\u017f').replace(/k/i, '\u212a');
}
