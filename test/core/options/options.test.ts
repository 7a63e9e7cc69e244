import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWords } from '../../../core/options/encoded-words.ts';
import { mergeOptions, parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS, type RawOptions } from '../../../core/options/table.ts';
import { refusalText } from '../../support/refusal.ts';

function merged(metadata: Record<string, string>, sidecar?: unknown): RawOptions {
  const options = mergeOptions({ metadata, ...(sidecar === undefined ? {} : { sidecar: JSON.stringify(sidecar) }) });
  assert.ok(options.ok, options.ok ? '' : options.problem.en);
  return options.value;
}

function request(raw: Partial<RawOptions>, key = 'team/app:1.2.tar.gz') {
  const options = parseOptions({ ...NO_OPTIONS, ...raw }, key);
  assert.ok(options.ok, options.ok ? '' : options.problem.en);
  return options.value;
}

test('without any option, nothing is asked for', () => {
  assert.deepEqual(merged({}), NO_OPTIONS);
  assert.deepEqual(merged({ 'x-other': 'y', name: '', change: '', rootfs: '', message: '' }, {}), NO_OPTIONS);
});

test('metadata can give every option', () => {
  const inspect = '[{"State":{}}]';
  const metadata = {
    name: 'a, b:1 ,',
    change: 'USER 5',
    message: 'hi',
    platform: 'arm64',
    inspect,
    rootfs: 'True',
    as: 'rootfs',
    flatten: 'true',
    squash: '2',
    compress: 'gzip',
    layout: 'docker',
    mend: 'TRUE',
  };
  assert.deepEqual(merged(metadata), {
    name: ['a', 'b:1'],
    change: ['USER 5'],
    message: 'hi',
    platform: 'arm64',
    inspect,
    rootfs: true,
    image: null,
    as: 'rootfs',
    flatten: true,
    squash: '2',
    compress: 'gzip',
    layout: 'docker',
    mend: true,
  });
});

test('changes in metadata are ordered by their numbers, after the one without a number', () => {
  const numbered = { 'change-10': 'USER 10', 'change-2': 'USER 2', 'change-1': 'USER 1', 'change-x': 'no' };
  assert.deepEqual(merged({ ...numbered, change: '["USER a", "USER b"]' }).change, [
    'USER a',
    'USER b',
    'USER 1',
    'USER 2',
    'USER 10',
  ]);
  const broken = mergeOptions({ metadata: { change: "['USER a']" } });
  assert.match(broken.ok ? '' : broken.problem.en, /metadata change: .*JSON/);
});

test('the sidecar can give every option, as JSON values', () => {
  const inspect = [{ State: {}, Config: { User: '5' } }];
  const sidecar = {
    name: ['a', 'b'],
    change: 'USER 5',
    message: 'hi',
    platform: 'arm64',
    inspect,
    rootfs: true,
    image: '2',
    as: 'rootfs',
    flatten: true,
    squash: '3',
    compress: 'gzip',
    layout: 'docker',
    mend: true,
  };
  assert.deepEqual(merged({}, sidecar), { ...sidecar, change: ['USER 5'], inspect: JSON.stringify(inspect) });
  assert.deepEqual(merged({}, { name: 'a,b', inspect: '{}' }), { ...NO_OPTIONS, name: ['a,b'], inspect: '{}' });
  const bytes = new TextEncoder().encode('\uFEFF{"message":"é"}');
  assert.deepEqual(mergeOptions({ sidecar: bytes, metadata: {} }), {
    ok: true,
    value: { ...NO_OPTIONS, message: 'é' },
  });
});

test('each option in the sidecar replaces the same option in metadata', () => {
  const metadata = { name: 'meta', change: 'USER 1', message: 'meta', rootfs: 'true' };
  const sidecar = { name: 'side', change: [], message: null, rootfs: false };
  assert.deepEqual(merged(metadata, sidecar), { ...NO_OPTIONS, name: ['side'], message: 'meta' });
});

test('a sidecar that cannot be understood is an error that names the field', () => {
  const refusal = (sidecar: string): string => {
    const options = mergeOptions({ sidecar, metadata: {} });
    assert.ok(!options.ok);
    assert.match(
      refusalText(options),
      /name, change, message, platform, inspect, rootfs, image, as, flatten, squash, compress/,
    );
    return options.problem.en;
  };
  assert.match(refusal('{"names":"a"}'), /unknown field "names"/);
  assert.match(refusal('{"__proto__":{}}'), /unknown field "__proto__"/);
  assert.match(refusal('{"name":5}'), /name is not a list of texts/);
  assert.match(refusal('{"change":["a",1]}'), /change is not/);
  assert.match(refusal('{"message":["a"]}'), /message is not a text/);
  assert.match(refusal('{"rootfs":"true"}'), /rootfs is not true or false/);
  assert.match(refusal('{"inspect":5}'), /inspect is not a text/);
  for (const text of ['', '[]', 'null', '{']) assert.match(refusal(text), /not a JSON object/);
  const metadata = mergeOptions({ metadata: { rootfs: 'maybe' } });
  assert.match(metadata.ok ? '' : metadata.problem.en, /metadata rootfs: "maybe"/);
});

test('encoded words are decoded, even when they split a character, and other text is left alone', () => {
  assert.equal(decodeWords('=?UTF-8?B?w6k=?='), 'é');
  assert.equal(decodeWords('=?utf-8?q?caf=C3=A9_1?= x'), 'café 1 x');
  assert.equal(decodeWords('a =?UTF-8?B?5Lg=?= =?UTF-8?B?rQ==?= b'), 'a 中 b');
  assert.equal(decodeWords('=?ISO-8859-1?Q?=E9?='), 'é');
  assert.equal(decodeWords('=?UTF-8?Q?=C3?= =?utf-8?Q?=A9?= =?ISO-8859-1?Q?=E9?= =?UTF-8?B?w6k=?='), 'ééé');
  for (const text of ['é', 'a=?b?=', '=?x-unknown?B?w6k=?=', 'ENV A=?']) assert.equal(decodeWords(text), text);
  assert.equal(merged({ message: '=?UTF-8?B?w6k=?=' }).message, 'é');
});

test('the config is that of inspect with the changes on top', () => {
  const Config = { Env: ['PATH=/bin'], Cmd: ['a'], Labels: { 'com.docker.compose.project': 'x' } };
  const inspect = JSON.stringify({ State: {}, Config });
  const { config, notes } = request({ inspect, change: ['ENV PATH=/x:$PATH', 'ENTRYPOINT ["e"]'] });
  assert.deepEqual(config, { Env: ['PATH=/x:/bin'], Entrypoint: ['e'] });
  assert.equal(notes.length, 1);
});

test('without a name option the key names the image, and a repeated name counts once', () => {
  const derived = request({});
  assert.deepEqual([derived.nameDerived, derived.names.map((name) => name.familiar)], [true, ['team/app:1.2']]);
  const given = request({ name: ['b', 'a', 'docker.io/library/b:latest', 'a:1'] });
  assert.deepEqual(
    [given.nameDerived, given.names.map((name) => name.familiar)],
    [false, ['b:latest', 'a:latest', 'a:1']],
  );
});

test('the platform is that of the option, else that of inspect, else undecided', () => {
  const inspect = JSON.stringify({ Architecture: 'arm64', Os: 'linux' });
  assert.deepEqual(request({ inspect, platform: 'linux/386' }).platform, { os: 'linux', architecture: '386' });
  assert.deepEqual(request({ inspect }).platform, { os: 'linux', architecture: 'arm64' });
  assert.equal(request({}).platform, null);
});

test('layers become one from the lowest up, from a number on, or not at all', () => {
  const first = (options: Partial<RawOptions>): number | null => request(options).mergeFrom;
  assert.deepEqual([first({}), first({ flatten: true }), first({ squash: '3' })], [null, 0, 2]);
  for (const squash of ['0', '-1', 'two', '1.5', '99999']) {
    const refusal = parseOptions({ ...NO_OPTIONS, squash }, 'k');
    assert.match(refusal.ok ? '' : refusal.problem.en, /not the number of a layer/);
  }
  const both = parseOptions({ ...NO_OPTIONS, flatten: true, mend: true }, 'k');
  assert.match(both.ok ? '' : both.problem.en, /mend layers and merge them/);
  const twice = parseOptions({ ...NO_OPTIONS, flatten: true, squash: '2' }, 'k');
  assert.match(twice.ok ? '' : twice.problem.en, /flatten and squash at once/);
});

test('a layer is compressed with gzip or not at all', () => {
  assert.deepEqual([request({}).compress, request({ compress: 'gzip' }).compress], [null, 'gzip']);
  const refusal = parseOptions({ ...NO_OPTIONS, compress: 'xz' }, 'k');
  assert.match(refusal.ok ? '' : refusal.problem.en, /^Cannot compress the layer as "xz": clients unpack gzip, zstd/);
});

test('the request is plain JSON', () => {
  const asked = request({ name: ['a'], change: ['CMD x', 'EXPOSE 80'], message: 'm', platform: 'armhf', rootfs: true });
  assert.deepEqual(JSON.parse(JSON.stringify(asked)), asked);
  assert.deepEqual([asked.message, asked.rootfs], ['m', true]);
});

test('the first option that cannot be understood refuses the request', () => {
  for (const raw of [{ name: ['A'] }, { change: ['FOO'] }, { platform: 'x' }, { inspect: 'x' }]) {
    assert.ok(!parseOptions({ ...NO_OPTIONS, ...raw }, 'k').ok, JSON.stringify(raw));
  }
});
