import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inLanguage } from '../../../core/catalogue/findings.ts';
import { clientVerdicts } from '../../../core/clients/verdicts.ts';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import type { Inspection } from '../../../core/model/inspection.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS } from '../../../core/options/table.ts';
import { collect } from '../../support/bytes.ts';
import { type Change, changedArchive, type Document, type Format } from '../../support/document-archive.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { sourceOf } from '../../support/memory-store.ts';
import { archive } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

const LAYERS = [archive([{ name: 'bin/sh', body: 'shell' }])];

/** An archive in which the text of one document is replaced. */
function archiveWith(
  format: Format,
  document: Document,
  edit: (text: string) => string,
  execution: object = {},
): Buffer {
  const change: Change = (kind, bytes) => (kind === document ? Buffer.from(edit(bytes.toString())) : bytes);
  return changedArchive(format, LAYERS, ['web:1'], execution, change);
}

/** The inspection of the image archive that a conversion without options writes; null when it writes none. */
async function converted(bytes: Uint8Array): Promise<Inspection | null> {
  const request = parseOptions({ ...NO_OPTIONS }, 'upload.tar');
  assert.ok(request.ok);
  const made = await convert(await inspectBytes(bytes), request.value, plainTools, { always: true });
  if (made.kind !== 'converted') return null;
  return inspectBytes(await collect(stream(made.conversion.plan, sourceOf(bytes), plainTools)));
}

const ofConfig = (execution: object) => changedArchive('docker', LAYERS, ['web:1'], execution, (_, bytes) => bytes);

/** Fields of the execution config: the name, a wrong value, and the corrected value; null when that is unclear. */
const MENDED: [string, unknown, unknown][] = [
  ['User', 1000, '1000'],
  ['User', ['app'], 'app'],
  ['User', {}, null],
  ['User', { a: 1 }, undefined],
  ['StopSignal', 15, '15'],
  ['WorkingDir', ['a', 'b'], undefined],
  ['Env', 'A=b c', ['A=b c']],
  ['Env', ['A=1', 2], ['A=1', '2']],
  ['Env', 'word', undefined],
  ['Env', { A: 'b' }, undefined],
  ['Env', '', null],
  ['Cmd', '/bin/sh', ['/bin/sh']],
  ['Cmd', ['sleep', 10], ['sleep', '10']],
  ['Cmd', 'nginx -g x', undefined],
  ['Entrypoint', '/bin/sh', ['/bin/sh']],
  ['ExposedPorts', ['80/tcp', 443], { '80/tcp': {}, '443': {} }],
  ['ExposedPorts', { '80/tcp': true }, { '80/tcp': {} }],
  ['ExposedPorts', { '80/tcp': {}, web: {} }, { '80/tcp': {} }],
  ['ExposedPorts', [], null],
  ['Volumes', '/data', { '/data': {} }],
  ['Volumes', ['/data'], { '/data': {} }],
  ['Labels', { a: 1, b: true, c: 'd' }, { a: '1', b: 'true', c: 'd' }],
  ['Labels', [], null],
  ['Labels', ['a=b'], undefined],
  ['Tty', 'true', true],
  ['Tty', 0, false],
  ['Tty', 'maybe', undefined],
  ['Tty', 'constructor', undefined],
  ['Healthcheck', { Test: ['NONE'], Interval: '30s', Retries: '3' }, { Test: ['NONE'], Interval: 3e10, Retries: 3 }],
  ['Healthcheck', { Interval: 1.5 }, undefined],
  ['OnBuild', 'RUN make all', ['RUN make all']],
  ['StopTimeout', '10', 10],
];

for (const [name, value, right] of MENDED) {
  const outcome = right === undefined ? 'is refused' : `becomes ${JSON.stringify(right)}`;
  test(`config.${name} ${JSON.stringify(value)} ${outcome}, and is named`, async () => {
    const bytes = ofConfig({ [name]: value });
    const { findings, sources, ...inspection } = await inspectBytes(bytes);
    const found = findings.filter(({ code }) => code === 'value-mistyped' || code === 'value-unclear');
    assert.equal(found.length > 0, true);
    for (const language of ['en', 'zh'] as const) {
      for (const each of found) {
        const { message, remedy } = inLanguage(each, language);
        assert.ok(message.includes(`config.${name}`), message);
        assert.doesNotMatch(message + remedy, /undefined|\[object|native code/);
      }
    }
    const verdicts = clientVerdicts({ ...inspection, findings, sources });
    const docker = verdicts.find(({ client }) => client === 'docker');
    assert.ok(docker?.loads === false || docker?.before === '29');
    const again = await converted(bytes);
    if (right === undefined) {
      assert.equal(again, null);
      return;
    }
    assert.deepEqual(again?.images[0]?.config?.[name] ?? null, right);
    assert.deepEqual(
      clientVerdicts(again ?? inspectionOfNothing()).filter(
        ({ loads, why }) => loads !== true && !why?.includes('ENV'),
      ),
      [],
    );
  });
}

function inspectionOfNothing(): Inspection {
  throw new Error('nothing was converted');
}

/** Documents that a conversion writes anew: a description, the fault, and true when the conversion succeeds. */
const DOCUMENTS: [string, Format, Document, (text: string) => string, boolean][] = [
  ['a name that is no list', 'docker', 'docker-manifest', (text) => text.replace('["web:1"]', '"web:1"'), true],
  ['names that are no texts', 'docker', 'docker-manifest', (text) => text.replace('["web:1"]', '[{}]'), false],
  [
    'layers that are null',
    'docker',
    'docker-manifest',
    (text) => text.replace(/"Layers":\[.*?\]/, '"Layers":null'),
    false,
  ],
  ['an object for the list', 'docker', 'docker-manifest', (text) => text.slice(1, -1), true],
  ['a null beside the image', 'docker', 'docker-manifest', (text) => text.replace(/\]$/, ',null]'), true],
  ['a parent that is a number', 'hybrid', 'docker-manifest', (text) => text.replace('[{', '[{"Parent":5,'), true],
  ['sizes that are texts', 'oci', 'manifest', (text) => text.replaceAll(/"size":(\d+)/g, '"size":"$1"'), true],
  ['a digest that is a number', 'oci', 'manifest', (text) => text.replace(/"digest":"[^"]+"/, '"digest":5'), false],
  ['annotations that are no texts', 'oci', 'manifest', (text) => text.replace('"a":"b"', '"a":{}'), true],
  [
    'annotations that are a list',
    'oci',
    'index',
    (text) => text.replace(/"annotations":\{[^}]*\}/, '"annotations":[1]'),
    false,
  ],
  ['a schema version that is a text', 'oci', 'index', (text) => text.replace(':2,', ':"2",'), true],
  ['a version that is a number', 'oci', 'layout', (text) => text.replace('"1.0.0"', '1'), true],
  ['JSON that continues', 'docker', 'config', (text) => `${text}\n{}`, true],
  [
    'a history that is an object',
    'docker',
    'config',
    (text) => text.replace(/"history":\[.*?\]/, '"history":{}'),
    true,
  ],
  ['an author in other letters', 'docker', 'config', (text) => text.replace('"author":"me"', '"AUTHOR":7'), true],
  ['a key twice, first wrong', 'docker', 'config', (text) => text.replace('"author"', '"author":[7],"author"'), false],
];

for (const [name, format, document, edit, comesOut] of DOCUMENTS) {
  test(`${name}: ${document} of ${format} is ${comesOut ? 'mended' : 'refused'}`, async () => {
    const bytes = archiveWith(format, document, edit);
    const { findings } = await inspectBytes(bytes);
    assert.ok(findings.some(({ severity }) => severity === 'error'));
    const again = await converted(bytes);
    assert.equal(again !== null, comesOut);
    if (again === null) return;
    assert.deepEqual(again.images[0]?.names, ['docker.io/library/web:1'], 'its name is not lost');
    assert.deepEqual(
      clientVerdicts(again).filter(({ loads }) => loads !== true),
      [],
    );
  });
}

test('what is not mended stays byte for byte, also what is no UTF-8', async () => {
  const odd = (text: string) => text.replace('"me"', '"caf\xe9"').replace('{', '{ "n": 12345678901234567890, ');
  const change: Change = (kind, bytes) => (kind === 'config' ? Buffer.from(odd(bytes.toString()), 'latin1') : bytes);
  const bytes = changedArchive('docker', LAYERS, ['web:1'], {}, change);
  const before = await inspectBytes(bytes);
  const again = await converted(bytes);
  assert.equal(again?.images[0]?.configDigest, before.images[0]?.configDigest);
  const mistyped: Change = (kind, own) =>
    kind === 'config'
      ? Buffer.from(change(kind, own).toString('latin1').replace('"config":{}', '"config":{"User":5}'), 'latin1')
      : own;
  const mended = await converted(changedArchive('docker', LAYERS, ['web:1'], {}, mistyped));
  const expected = Buffer.from(
    mistyped('config', Buffer.from(await configOf(bytes)))
      .toString('latin1')
      .replace('"User":5', '"User":"5"'),
    'latin1',
  );
  assert.equal(mended?.images[0]?.configDigest, sha256(expected));
});

/** The config of an archive, with the changes of the test above undone. */
async function configOf(bytes: Buffer): Promise<string> {
  const text = bytes.toString('latin1');
  const from = text.indexOf('{ "n"');
  return text
    .slice(from, text.indexOf('\0', from))
    .replace('"caf\xe9"', '"me"')
    .replace('{ "n": 12345678901234567890, ', '{');
}

test('a config that is not named after its digest is mended when its diffIDs fit', async () => {
  const name = '1'.repeat(64);
  const rename: Change = (kind, bytes) =>
    kind === 'docker-manifest'
      ? Buffer.from(bytes.toString().replace(/(?<=Config":"blobs\/sha256\/)[0-9a-f]{64}/, name))
      : bytes;
  const bytes = changedArchive('docker', LAYERS, ['web:1'], {}, rename);
  const config =
    /"Config":"blobs\/sha256\/([0-9a-f]{64})/.exec(
      changedArchive('docker', LAYERS, ['web:1'], {}, (_, own) => own).toString('latin1'),
    )?.[1] ?? '';
  const renamed = Buffer.from(
    bytes.toString('latin1').replace(`blobs/sha256/${config}\0`, `blobs/sha256/${name}\0`),
    'latin1',
  );
  fixChecksum(renamed, renamed.indexOf(`blobs/sha256/${name}\0`));
  const { findings } = await inspectBytes(renamed);
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== 'info').map(({ code, severity }) => `${code} ${severity}`),
    ['config-renamed warning'],
  );
  assert.equal((await converted(renamed))?.images[0]?.configDigest, `sha256:${config}`);
  const flipped = Buffer.from(renamed);
  flipped.write('sha256:0', flipped.indexOf('"diff_ids":["sha256:') + 13);
  const codes = new Set((await inspectBytes(flipped)).findings.map(({ code }) => code));
  assert.ok(codes.has('blob-damaged') && codes.has('diffid-wrong'));
});

function fixChecksum(tar: Buffer, at: number): void {
  tar.fill(' ', at + 148, at + 156);
  const sum = tar.subarray(at, at + 512).reduce((all, byte) => all + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}

test('documents nested as deeply as Go allows are read and written', async () => {
  const deep = (levels: number) => (text: string) =>
    text.replace('{', `{"deep":${'['.repeat(levels)}${']'.repeat(levels)},`);
  const sound = archiveWith('docker', 'config', deep(9_998));
  const { findings, images } = await inspectBytes(sound);
  assert.deepEqual(
    findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal((await converted(sound))?.images[0]?.configDigest, images[0]?.configDigest);
  const tooDeep = await inspectBytes(archiveWith('docker', 'config', deep(10_001)));
  assert.ok(tooDeep.findings.some(({ code }) => code === 'limit-exceeded'));
});
