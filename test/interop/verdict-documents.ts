import { CONFIG, DOCKER_MANIFEST, OCI_INDEX, OCI_LAYOUT, OCI_MANIFEST } from '../../core/images/document-types.ts';
import type { GoType } from '../../core/json/go-types.ts';
import { readTyped } from '../../core/json/typed.ts';
import { ALL_VALUES, random } from '../support/document-maker.ts';
import { thirdOf } from '../support/engines-store.ts';
import type { Entry } from '../support/tar-builder.ts';
import { sha256 } from '../support/tools.ts';
import type { Variation } from './verdict-archive.ts';

type Document = 'config' | 'manifest' | 'index.json' | 'oci-layout' | 'manifest.json';
type Edit = (text: string) => string;

const TYPES: Record<Document, GoType> = {
  config: CONFIG,
  manifest: OCI_MANIFEST,
  'index.json': OCI_INDEX,
  'oci-layout': OCI_LAYOUT,
  'manifest.json': DOCKER_MANIFEST,
};

const CONTAINER = {
  Hostname: 'box',
  Domainname: 'example',
  User: '0',
  AttachStdin: false,
  ExposedPorts: { '80/tcp': {} },
  Tty: false,
  Env: ['PATH=/bin', 'A=b'],
  Cmd: ['/bin/busybox', 'cat', '/mark'],
  Healthcheck: { Test: ['NONE'], Interval: 1_000_000_000, Timeout: 1_000_000_000, Retries: 3 },
  Image: 'base',
  Volumes: { '/data': {} },
  WorkingDir: '/',
  Entrypoint: null,
  MacAddress: '',
  NetworkDisabled: false,
  OnBuild: null,
  Labels: { a: 'b' },
  StopSignal: 'SIGTERM',
  StopTimeout: 10,
  Shell: ['/bin/sh', '-c'],
};

/** A config with every field that recent clients know. */
const CONFIG_FIELDS = {
  author: 'me',
  comment: 'made',
  container: 'x',
  docker_version: '20.10',
  variant: '',
  'os.version': '',
  'os.features': null,
  config: CONTAINER,
  container_config: CONTAINER,
};

/** Fields that may hold any text: a wrong user, say, is another kind of fault. */
const ANY_TEXT =
  /^(?:author|comment|container|docker_version|history|unknown|container_config\.(?:User|Labels|Image|Hostname|Domainname)|config\.(?:Labels|Image|Domainname))/;

const SEED = 1128;
const CASES = 100;

/**
 * Image archives in which one document has one value changed at random (seed 1128), and some made by hand. Of the random
 * ones, each set of engines gets a third.
 */
export const DOCUMENT_VARIATIONS: Record<string, Variation> = Object.fromEntries([
  ...thirdOf(byChance()),
  ...byHand().map(([name, document, edit, parts]): [string, Variation] => [name, edited(document, edit, parts)]),
]);

function byChance(): [string, Variation][] {
  const next = random(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  return Array.from({ length: CASES }, (_, i) => {
    const document = pick<Document>(['config', 'config', 'config', 'manifest', 'index.json', 'manifest.json']);
    const inOci = document === 'manifest' || document === 'index.json';
    const parts = pick(
      (['docker', 'oci', 'both'] as const).filter(
        (each) => each !== (inOci ? 'docker' : document === 'manifest.json' ? 'oci' : 'none'),
      ),
    );
    const seed = next() * 2 ** 31;
    return [
      `document ${i + 1}: ${document} of ${parts}`,
      edited(document, (text) => changed(text, document, seed), parts),
    ];
  });
}

/** The document with one value changed: to a wrong type, or to something that no client reads. */
function changed(text: string, document: Document, seed: number): string {
  const next = random(seed);
  const sound = JSON.parse(text) as unknown;
  for (;;) {
    const places = placesIn(sound);
    const path = places[Math.floor(next() * places.length)] ?? [];
    const value = ALL_VALUES[Math.floor(next() * ALL_VALUES.length)] ?? 'null';
    const key = next() < 0.2 ? (each: string) => each.toUpperCase() : (each: string) => each;
    const result = replaced(sound, path, value, key);
    const typed = readTyped(result, TYPES[document]);
    const isWrong = (typed?.faults.length ?? 0) > 0;
    // The versions of Docker read a command that is a single text differently.
    const isCommand =
      /^(?:container_)?config\.(?:Cmd|Entrypoint|Shell)$/i.test(path.join('.')) && value.startsWith('"');
    if (!isCommand && (isWrong || ANY_TEXT.test(path.join('.')))) return result;
  }
}

function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))];
}

function replaced(value: unknown, path: string[], by: string, key: (each: string) => string): string {
  const [first, ...rest] = path;
  if (first === undefined) return by;
  if (Array.isArray(value))
    return `[${value.map((each, i) => (String(i) === first ? replaced(each, rest, by, key) : JSON.stringify(each))).join()}]`;
  const members = Object.entries(value as object).map(([name, each]) =>
    name === first
      ? `${JSON.stringify(rest.length === 0 ? key(name) : name)}:${replaced(each, rest, by, key)}`
      : `${JSON.stringify(name)}:${JSON.stringify(each)}`,
  );
  return `{${members.join()}}`;
}

function byHand(): [string, Document, Edit, 'docker' | 'oci' | 'both'][] {
  const inConfig =
    (from: string, to: string): Edit =>
    (text) =>
      text.replace(from, to);
  const more: Edit = (text) => `${text}\n{}`;
  return [
    [
      'a key twice in the config, first of the wrong type',
      'config',
      inConfig('"author"', '"author":1,"author"'),
      'both',
    ],
    [
      'a key twice in the config, then of the wrong type',
      'config',
      inConfig('"comment"', '"AUTHOR":1,"comment"'),
      'both',
    ],
    ['a key in letters that fold', 'config', inConfig('"Shell"', '"\u017fhell":{},"Shell"'), 'docker'],
    ['an unknown key in the config', 'config', inConfig('"author"', '"unknown":{"a":[1e999]},"author"'), 'both'],
    ['bytes that are no UTF-8 in the config', 'config', inConfig('"made"', '"\ud800"'), 'both'],
    ['JSON that continues in the config', 'config', more, 'docker'],
    ['JSON that continues in the config, OCI only', 'config', more, 'oci'],
    ['JSON that continues in manifest.json', 'manifest.json', more, 'docker'],
    ['JSON that continues in manifest.json of a hybrid', 'manifest.json', more, 'both'],
    ['JSON that continues in the OCI manifest', 'manifest', more, 'oci'],
    ['JSON that continues in index.json', 'index.json', more, 'oci'],
    ['JSON that continues in oci-layout', 'oci-layout', more, 'oci'],
    ['a number for the version of the layout', 'oci-layout', () => '{"imageLayoutVersion":1}', 'oci'],
    ['a null in manifest.json', 'manifest.json', (text) => text.replace(/\]$/, ',null]'), 'docker'],
    ['a null in manifest.json of a hybrid', 'manifest.json', (text) => text.replace(/\]$/, ',null]'), 'both'],
    ['manifest.json that is an object', 'manifest.json', (text) => text.slice(1, -1), 'both'],
    [
      'a name that is no list',
      'manifest.json',
      (text) => text.replace(/"RepoTags":\["([^"]*)"\]/, '"RepoTags":"$1"'),
      'docker',
    ],
    ['a parent that is a number', 'manifest.json', (text) => text.replace('[{', '[{"Parent":1,'), 'both'],
    [
      'sources of layers that are no object',
      'manifest.json',
      (text) => text.replace('[{', '[{"LayerSources":[],'),
      'both',
    ],
    [
      'a schema version that is a text',
      'index.json',
      (text) => text.replace('"schemaVersion":2', '"schemaVersion":"2"'),
      'both',
    ],
  ];
}

function edited(document: Document, edit: Edit, parts: 'docker' | 'oci' | 'both'): Variation {
  return { parts, config: CONFIG_FIELDS, members: (members) => rewritten(members, document, edit) };
}

/** Changes one document, and adapts every digest and size. */
function rewritten(members: Entry[], document: Document, edit: Edit): Entry[] {
  const bodyOf = (entry: Entry | undefined) => Buffer.from(entry?.body ?? '');
  const isManifest = (entry: Entry) => bodyOf(entry).includes('"layers":[');
  const config = members.find((each) => bodyOf(each).includes('created_by') && !isManifest(each));
  const manifest = members.find((each) => each.name.startsWith('blobs/') && isManifest(each));
  const renamed = new Map<string, { hex: string; size: number }>();
  const done = (entry: Entry, kind: Document, text: string): Entry => {
    const body = Buffer.from(kind === document ? edit(text) : text);
    if (!entry.name.startsWith('blobs/')) return { ...entry, body };
    const hex = sha256(body).slice(7);
    renamed.set(entry.name.slice(-64), { hex, size: body.length });
    return { ...entry, name: `blobs/sha256/${hex}`, body };
  };
  const again = (text: string): string => {
    let now = text;
    for (const [from, { hex, size }] of renamed) {
      now = now.replaceAll(new RegExp(`(${from}","size":)\\d+`, 'g'), `$1${size}`).replaceAll(from, hex);
    }
    return now;
  };
  const changedConfig = config && done(config, 'config', bodyOf(config).toString());
  const changedManifest = manifest && done(manifest, 'manifest', again(bodyOf(manifest).toString()));
  return members.map((each) => {
    if (each === config && changedConfig !== undefined) return changedConfig;
    if (each === manifest && changedManifest !== undefined) return changedManifest;
    const top = (['index.json', 'oci-layout', 'manifest.json'] as const).find((name) => name === each.name);
    return top === undefined ? each : done(each, top, again(bodyOf(each).toString()));
  });
}
