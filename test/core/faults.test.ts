import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Finding, FindingCode } from '../../core/catalogue/findings.ts';
import { convert } from '../../core/convert/convert.ts';
import { stream } from '../../core/convert/execute.ts';
import { diskRemarks } from '../../core/convert/remarks.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import { parseOptions } from '../../core/options/options.ts';
import { NO_OPTIONS, type RawOptions } from '../../core/options/table.ts';
import { collect } from '../support/bytes.ts';
import { dockerArchive, type ImageSpec, legacyArchive, ociArchive } from '../support/image-builder.ts';
import { inspectBytes } from '../support/inspect.ts';
import { sourceOf } from '../support/memory-store.ts';
import { archive, elf, type Entry, exportEntries, member } from '../support/tar-builder.ts';
import { plainTools, sha256 } from '../support/tools.ts';
import { zipOf } from '../support/zip-builder.ts';

// The faults that users meet, by the message of their client. For each, the finding with sentence and remedy; where a
// conversion mends the fault, its result must be an archive that every client loads.

const base = archive([{ name: 'bin/sh', body: elf() }]);
const top = archive([{ name: 'app', body: 'x'.repeat(2000) }]);
const web: ImageSpec = { names: ['web:1'], layers: [base, top], config: { Cmd: ['sh'] } };
const root = archive(exportEntries());

/** A root file system that contains text files, as real ones do. */
const texts = (): Entry[] => [
  ...exportEntries(),
  { name: 'etc/passwd', body: 'root:x:0:0\nweb:x:1000:1000\n' },
  { name: 'etc/profile', body: 'umask 022\n'.repeat(60) },
  { name: 'etc/shells', body: '/bin/sh\n' },
];

async function converted(bytes: Uint8Array, options: Partial<RawOptions>) {
  const request = parseOptions({ ...NO_OPTIONS, ...options }, 'upload.tar');
  assert.ok(request.ok);
  const inspection = await inspectBytes(bytes);
  const made = await convert(inspection, request.value, plainTools);
  if (made.kind === 'not-converted') return { inspection, findings: made.findings, again: null };
  const image = await collect(stream(made.conversion.plan, sourceOf(bytes), plainTools));
  return { inspection, findings: made.findings, again: await inspectBytes(image) };
}

/** Asserts code, sentence and remedy of a finding, also that they are in Chinese, and returns the finding. */
function assertFound(findings: Finding[], code: FindingCode, sentence: RegExp, remedy: RegExp): Finding {
  const found = findings.find((each) => each.code === code);
  assert.ok(found !== undefined, `no ${code} among ${findings.map((each) => each.code).join(', ')}`);
  assert.match(found.message, sentence);
  assert.match(found.remedy, remedy);
  assert.match(found.zh.message, /\p{Script=Han}/u);
  assert.match(found.zh.remedy, /\p{Script=Han}/u);
  return found;
}

/** Asserts that nothing can be converted, and that the finding says why. */
async function assertRefused(bytes: Uint8Array, code: FindingCode, sentence: RegExp, remedy: RegExp) {
  const { findings, again } = await converted(bytes, { name: ['mended:1'] });
  const found = assertFound(findings, code, sentence, remedy);
  assert.equal(again, null);
  return found;
}

/** Asserts that the finding is marked as mended, and that the converted archive is sound. */
async function assertMended(
  bytes: Uint8Array,
  code: FindingCode,
  sentence: RegExp,
  remedy: RegExp,
  options: Partial<RawOptions> = { name: ['mended:1'] },
) {
  const { inspection, findings, again } = await converted(bytes, options);
  const found = assertFound(findings, code, sentence, remedy);
  assert.equal(found.mended, true);
  assertSound(again);
  return { inspection, again };
}

function assertSound(again: Inspection | null): asserts again is Inspection {
  assert.ok(again !== null, 'nothing was converted');
  assert.deepEqual(
    [again.kind, again.findings.filter((each) => each.severity !== 'info').map((each) => each.code)],
    ['image/hybrid', []],
  );
}

const inText = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');

test('open …/bin/json: a container export becomes an image', async () => {
  const { again } = await assertMended(root, 'container-archive', /made by `docker export`/, /docker load/);
  assert.deepEqual(again.images[0]?.names, ['docker.io/library/mended:1']);
});

test('open …/blobs/json: an OCI layout gets its docker part', async () => {
  await assertMended(ociArchive([web]), 'oci-only', /OCI layout without a `manifest\.json`/, /docker part is added/);
});

test('open …/NAME/json: an image folder that was packed together with its name is unwrapped', async () => {
  await assertMended(ociArchive([web], 'image/'), 'wrapped', /in the folder `image`/, /tar -C image -cf FILE \./);
});

test('open …/repositories: an archive before Docker 1.10 is modernised', async () => {
  await assertMended(legacyArchive([web]), 'legacy-format', /before Docker 1\.10/, /current format/);
});

test('open …/repositories: an empty file is named', async () => {
  await assertRefused(Buffer.alloc(0), 'empty-upload', /0 bytes/, /docker export/);
});

test('open …/repositories: an archive inside an archive is unpacked; of several, those with images are named', async () => {
  const image = dockerArchive([web]);
  await assertMended(
    archive([{ name: 'image.tar', body: image }]),
    'archive-inside',
    /`image\.tar`; no client/,
    /comes out/,
  );
  await assertMended(
    archive([{ name: 'image.tar.gz', body: gzipSync(image) }]),
    'archive-inside',
    /`image\.tar\.gz`; no client/,
    /comes out/,
  );
  await assertRefused(
    archive([
      { name: 'image.tar.gz', body: gzipSync(image) },
      { name: 'root.tar', body: root },
    ]),
    'archive-bundle',
    /holds archives: `image\.tar\.gz` \(an image archive\), `root\.tar`/,
    /tar -xf FILE.*docker load -i/,
  );
});

test('open …/repositories: a vendor bundle is named by its content', async () => {
  const image = dockerArchive([web]);
  const bundle = archive([
    { name: 'vendor/', type: '5' },
    { name: 'vendor/README.md', body: 'Read me\n'.repeat(100) },
    { name: 'vendor/install.sh', body: '#!/bin/sh\n' },
    { name: 'vendor/images/db.tar.gz', body: gzipSync(image) },
    { name: 'vendor/web.tar', body: image },
  ]);
  const found = await assertRefused(
    bundle,
    'archive-bundle',
    /`vendor\/web\.tar` \(an image archive\), `vendor\/images\/db\.tar\.gz`/,
    /or run its `install\.sh`/,
  );
  assert.match(found.zh.message, /（镜像归档）/);
  const sources = archive([
    { name: 'src/main.c', body: 'int main;\n'.repeat(9000) },
    { name: 'test/small.tar', body: 'x' },
  ]);
  assert.ok((await inspectBytes(sources)).findings.every((each) => each.code !== 'archive-bundle'));
});

test('invalid tar header: an archive that PowerShell saved as text is named', async () => {
  const utf16 = Buffer.from(root.toString('latin1'), 'utf16le');
  const sentence = /PowerShell's `>` re-encoded as UTF-16 text; the original cannot be recovered/;
  await assertRefused(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'powershell-redirect', sentence, /-o FILE/);
  const big = Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16();
  await assertRefused(big, 'powershell-redirect', sentence, /-o FILE/);
  await assertRefused(utf16, 'powershell-redirect', sentence, /-o FILE/);
  const utf8 = Buffer.from(gzipSync(root).toString('utf8'));
  await assertRefused(utf8, 'powershell-redirect', /as UTF-8 text/, /-o FILE/);
});

test('invalid tar header: a transfer in text mode is named', async () => {
  const sentence = /in text mode: from byte [\d,]+ on, each line feed \(0A\) stands as 0D 0A/;
  await assertRefused(inText(archive(texts())), 'text-mode-transfer', sentence, /binary mode/);
  const pax = exportEntries().map((each, i) => (i === 3 ? { ...each, pax: { mtime: '1700000000.5' } } : each));
  await assertRefused(inText(archive(pax)), 'text-mode-transfer', sentence, /binary mode/);
  const random = Buffer.alloc(20_000, 0);
  for (let i = 0, seed = 1; i < random.length; i++) random[i] = (seed = (seed * 48271) % 2147483647) & 0xff;
  const binary = [{ name: 'bin/big', body: random }, ...exportEntries()];
  await assertRefused(inText(archive(binary)), 'text-mode-transfer', sentence, /binary mode/);
  await assertRefused(inText(gzipSync(archive(binary))), 'text-mode-transfer', sentence, /binary mode/);
});

test('files with Windows line ends do not count as a transfer in text mode, even behind a damaged header', async () => {
  const windows = archive([...exportEntries(), { name: 'etc/log', body: 'one\r\ntwo\r\n'.repeat(40_000) }]);
  windows[windows.indexOf('etc/log')] = 0x45;
  const found = await assertRefused(
    windows,
    'bad-header',
    /after sys\/, .* the checksum of the block/,
    /Make or transfer/,
  );
  assert.match(found.zh.message, /sys\/ 之后.*该块的校验和不符/);
});

test('invalid tar header: a page that a server sent instead of the archive is named, and its first line quoted', async () => {
  const pages: [string, RegExp][] = [
    [
      '<!DOCTYPE html>\n<html><title>Sign in</title></html>',
      /a web page \(it begins "<!DOCTYPE html>", and says "Sign in"\)/,
    ],
    ['<html><body>502 Bad Gateway</body></html>', /a web page \(it begins "<html><body>502 Bad Gateway/],
    [
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>',
      /an XML document \(it begins "<\?xml .*and says "AccessDenied"/,
    ],
    ['{"errors":[{"code":"UNAUTHORIZED"}]}', /a JSON document \(it begins "\{'errors'/],
  ];
  for (const [page, sentence] of pages)
    await assertRefused(Buffer.from(page), 'not-a-tar', sentence, /what a server answered/);
});

test('invalid tar header: other formats are named', async () => {
  const formats: [string, RegExp, RegExp][] = [
    ['7z\xbc\xaf\x27\x1c\0\x04', /a 7-Zip file/, /Unpack it/],
    ['Rar!\x1a\x07\x01\0', /a RAR file/, /Unpack it/],
    ['QFI\xfb\0\0\0\x03', /a qcow2 disk image/, /root file system/],
    ['vhdxfile\0', /a VHDX disk image/, /wsl --export/],
    ['hsqs\0\0', /a squashfs file system/, /unsquashfs/],
    ['!<arch>\ndebian-binary', /an ar archive/, /tar/],
    ['\xed\xab\xee\xdb\x03\0', /an RPM package/, /tar/],
  ];
  for (const [magic, sentence, remedy] of formats)
    await assertRefused(Buffer.from(magic, 'latin1'), 'not-a-tar', sentence, remedy);
});

test('invalid tar header: a zip that holds one tar is read, and the content of any other zip is named', async () => {
  const files = [
    { name: 'web/', body: Buffer.alloc(0) },
    { name: 'web/README.txt', body: Buffer.from('What is in the archive') },
    { name: 'web/web.tar', body: dockerArchive([web]) },
    { name: '__MACOSX/web/._web.tar', body: Buffer.from('attributes') },
  ];
  for (const way of [{ deflate: true }, { deflate: false }, { deflate: true, streamed: true }]) {
    const zip = zipOf(files, way);
    const { inspection } = await assertMended(zip, 'compressed-unread', /packed as zip/, /not packed in this way/);
    assert.equal(inspection.compression, 'zip');
  }
  const two = zipOf([
    { name: 'web.tar', body: root },
    { name: 'notes.txt', body: Buffer.from('hello') },
    { name: 'setup.sh', body: Buffer.from('hello') },
  ]);
  await assertRefused(two, 'zip-entries', /more than one file \(web\.tar, setup\.sh\)/, /Unzip it/);
  const other = zipOf([{ name: 'app/index.js', body: Buffer.from('1') }]);
  await assertRefused(other, 'not-a-tar', /a zip file \(it begins with `app\/index\.js`\)/, /Unpack it/);
  const packed = zipOf([{ name: 'web.tar.gz', body: gzipSync(dockerArchive([web])) }]);
  await assertMended(packed, 'compressed-unread', /packed as gzip in zip/, /not packed in this way/);
  const damaged = zipOf([{ name: 'web.tar', body: root }]);
  damaged[200] = (damaged[200] ?? 0) ^ 0xff;
  await assertRefused(damaged, 'compressed-damaged', /zip data is damaged at byte/, /Transfer the file again/);
  const cut = zipOf([{ name: 'web.tar', body: root }]).subarray(0, 300);
  await assertRefused(cut, 'compressed-truncated', /zip data ends too early/, /Transfer/);
});

test('invalid tar header: compression around the archive is removed, and the layers stay unchanged', async () => {
  for (const pack of [gzipSync, zstdCompressSync]) {
    const { again } = await assertMended(
      pack(dockerArchive([web])),
      'compressed-outside',
      /as a whole/,
      /uncompressed/,
    );
    assert.deepEqual(
      again.images[0]?.layers.map((layer) => layer.digest),
      [sha256(base), sha256(top)],
    );
  }
});

test('content that no checksum protects is reported, unless it has digests of its own', async () => {
  const checked = zstdCompressSync(root, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const unchecked = zstdCompressSync(root);
  const { findings } = await inspectBytes(unchecked);
  assertFound(findings, 'compressed-unchecked', /The zstd data carries no checksum/, /`sha256sum`/);
  for (const bytes of [checked, zstdCompressSync(dockerArchive([web]))]) {
    const sound = await inspectBytes(bytes);
    assert.ok(sound.findings.every((each) => each.code !== 'compressed-unchecked'));
  }
});

test('invalid tar header: text within the stream is quoted, with its offset', async () => {
  const line = 'latest: Pulling from library/web\n';
  const entries = exportEntries();
  const remedy = /no `2>&1`/;
  const at = Buffer.concat(entries.slice(0, 6).map(member)).length;
  const cases: [Buffer, RegExp, number][] = [
    [Buffer.concat([Buffer.from(line), root]), /At byte 0, before the first member, .*"latest: Pulling from/, 0],
    [Buffer.concat([Buffer.from(line), gzipSync(root)]), /At byte 0, before the first member/, 0],
    [
      Buffer.concat([root.subarray(0, at), Buffer.from(line), root.subarray(at)]),
      /after dev\/pts\/, stands text .*"latest: Pulling from library\/web"/,
      at,
    ],
    [Buffer.concat([root.subarray(0, at), Buffer.from('tar: write error\n')]), /"tar: write error"/, at],
  ];
  for (const [bytes, sentence, offset] of cases) {
    const found = await assertRefused(bytes, 'foreign-text', sentence, remedy);
    assert.equal(found.offset, offset);
  }
});

test('invalid tar header: bytes that were inserted into a member are counted', async () => {
  const [first = Buffer.alloc(0), ...rest] = [{ name: 'etc/blob', body: Buffer.alloc(3000, 1) }, ...texts()].map(
    member,
  );
  const inside = Buffer.concat([first.subarray(0, 900), Buffer.from('progress 50%\n'), first.subarray(900), ...rest]);
  await assertRefused(inside, 'bytes-inserted', /after etc\/blob stands 13 bytes later than it should/, /binary mode/);
});

test('gzip: invalid checksum: a damaged download is named, with the offset', async () => {
  const damaged = gzipSync(root);
  damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1;
  await assertRefused(damaged, 'gzip-damaged', /damaged at byte [\d,]+: the checksum/, /compare its size and checksum/);
});

test('unexpected EOF: the member that is cut off is named, with the number of missing bytes', async () => {
  const bytes = archive([...exportEntries(), { name: 'etc/big', body: 'x'.repeat(5000) }]);
  const end = bytes.length - 1024 - 5120;
  const found = await assertRefused(
    bytes.subarray(0, end + 1000),
    'truncated',
    /ends inside etc\/big: 4,000 bytes are missing after byte [\d,]+/,
    /compare its size/,
  );
  assert.deepEqual([found.member, found.offset], ['etc/big', end + 1000]);
  await assertRefused(
    gzipSync(bytes).subarray(0, 200),
    'gzip-truncated',
    /ends too early, at byte 200/,
    /compare its size/,
  );
});

test('unexpected EOF: a Git LFS pointer is named', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
  await assertRefused(Buffer.from(pointer), 'not-a-tar', /a Git LFS pointer/, /git lfs pull/);
});

test('Error response from daemon: EOF: empty members of old archives are named, and an empty layer is left out', async () => {
  const empty: ImageSpec = { ...web, layers: [base, Buffer.alloc(0), top] };
  const sentence = /The layer [0-9a-f]{64}\/layer\.tar of this old archive is an empty file/;
  const { again } = await assertMended(legacyArchive([empty]), 'layer-without-bytes', sentence, /left out/);
  assert.deepEqual(
    again.images[0]?.layers.map((layer) => layer.diffID),
    [sha256(base), sha256(top)],
  );
  const withoutJson = legacyArchive([web], 0);
  await assertRefused(
    withoutJson,
    'document-empty',
    /[0-9a-f]{64}\/json is an empty file \(0 bytes\)/,
    /Save the image again/,
  );
  await assertRefused(legacyArchive([web], 1), 'document-empty', /json is an empty file/, /Save the image/);
  const noList = archive([
    { name: `${'a'.repeat(64)}/layer.tar`, body: base },
    { name: 'manifest.json', body: '' },
  ]);
  await assertRefused(noList, 'document-empty', /The member manifest\.json is an empty file/, /Save the image again/);
});

test('invalid diffID … got e3b0c442: an empty layer file is named as a sign of a thin archive', async () => {
  const thin = dockerArchive([{ ...web, layers: [Buffer.alloc(0), top], diffIDs: [sha256(base), sha256(top)] }]);
  await assertRefused(thin, 'layer-empty', /empty file \(sha256 e3b0c442…\): a thin archive/, /with all its layers/);
});

test('invalid diffID: a wrong config above intact layers is corrected, and damage is refused', async () => {
  const wrong = { ...web, diffIDs: [sha256(base), sha256(base)] };
  const { again } = await assertMended(ociArchive([wrong]), 'diffid-wrong', /is intact, but/, /config is corrected/);
  assert.deepEqual(
    again.images[0]?.layers.map((layer) => layer.diffID),
    [sha256(base), sha256(top)],
  );
  const remedy = /Transfer the archive again/;
  await assertRefused(dockerArchive([wrong]), 'diffid-mismatch', /one of them is damaged/, remedy);
});

test('layers length mismatch: both lists are shown', async () => {
  const bytes = dockerArchive([{ ...web, diffIDs: [sha256(base)] }]);
  const sentence =
    /lists 2 layers \([0-9a-f]{12}…\/layer\.tar, .*\), but its config has 1 diffIDs \(sha256:[0-9a-f]{12}…\)/;
  await assertRefused(bytes, 'layers-length', sentence, /tool that wrote this archive is faulty/);
});

test('Layer tarfile . used for two different DiffID: a layer without a name is found', async () => {
  const sound = dockerArchive([web]).toString('latin1');
  const [, first = ''] = /"Layers":\["([0-9a-f]{64}\/layer\.tar)"/.exec(sound) ?? [];
  const unnamed = JSON.parse(/\[\{"Config".*?\}\]/.exec(sound)?.[0] ?? '') as [{ Layers: string[] }];
  unnamed[0].Layers[0] = '';
  const entries = archive([
    { name: unnamed[0].Layers[1] ?? '', body: top },
    { name: (unnamed[0] as unknown as { Config: string }).Config, body: configIn(sound) },
    { name: 'manifest.json', body: JSON.stringify(unnamed) },
  ]);
  assert.notEqual(first, '');
  await assertRefused(entries, 'layer-unnamed', /number 1 of 2 has an empty name/, /with all its layers/);
});

const configIn = (bytes: string): string => /\{"architecture".*?"history":\[.*?\]\}/.exec(bytes)?.[0] ?? '';

test('content digest … not found: missing platforms are removed from an index', async () => {
  const gone = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: sha256(Buffer.from('arm')), size: 3 };
  const arm = { ...gone, platform: { os: 'linux', architecture: 'arm64' } };
  const sentence = /\(linux\/arm64\).*There is linux\/amd64\./;
  const { again } = await assertMended(
    ociArchive([web], '', [arm]),
    'platform-absent',
    sentence,
    /lists what is there/,
  );
  assert.equal(again.images.length, 1);
  const nothing = archive([
    { name: 'index.json', body: JSON.stringify({ schemaVersion: 2, manifests: [arm] }) },
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
  ]);
  await assertRefused(
    nothing,
    'image-incomplete',
    /`index\.json` names sha256:.* \(linux\/arm64\)/,
    /Save the image again/,
  );
});

test('invalid reference format: the invalid character is named, and a better name proposed', async () => {
  const bad = dockerArchive([{ ...web, names: ['Web App:1'] }]);
  await assertMended(bad, 'name-refused', /`Web App:1` .*: .*upper-case letter "W"/, /Write for example web-app:1\. /);
  await assertMended(dockerArchive([{ ...web, names: ['web'] }]), 'name-refused', /it has no tag/, /web:latest/);
  const option = parseOptions({ ...NO_OPTIONS, name: ['My App'] }, 'upload.tar');
  assert.ok(!option.ok);
  assert.match(`${option.problem.en} ${option.remedy.en}`, /upper-case letter "M".*Write for example my-app/);
});

test('exec format error: a config that contradicts the executables is corrected, and a conflicting platform option is reported', async () => {
  const arm = archive([{ name: 'bin/sh', body: elf(183) }]);
  const sentence = /All executables in the image are linux\/arm64, but its config says linux\/amd64/;
  const { again } = await assertMended(
    dockerArchive([{ ...web, layers: [arm] }]),
    'platform-wrong',
    sentence,
    /corrected/,
  );
  assert.deepEqual(again.images[0]?.platform, { os: 'linux', architecture: 'arm64' });
  const fat = archive([
    { name: 'bin/sh', body: elf() },
    { name: 'lib/cross/sh', body: elf(183) },
  ]);
  for (const layers of [[fat], [archive([{ name: 'bin/sh', body: elf(3) }])]]) {
    const { findings } = await inspectBytes(dockerArchive([{ ...web, layers }]));
    assert.ok(findings.every((each) => each.code !== 'platform-wrong'));
  }
  const { findings } = await converted(root, { platform: 'linux/arm64', name: ['a:1'] });
  assertFound(findings, 'platform-differs', /are linux\/amd64, but linux\/arm64/, /`exec format error`/);
});

test('No command specified: the finding gives options for a command, ready to be pasted', async () => {
  const { findings, again } = await converted(root, { name: ['a:1'] });
  assertFound(
    findings,
    'no-command',
    /says nothing about what to run/,
    /`--change 'CMD \["\/bin\/sh"\]'`.*--inspect FILE/,
  );
  assertSound(again);
  for (const given of ['CMD ["sh"]', 'ENTRYPOINT ["sh"]']) {
    const answered = await converted(root, { name: ['a:1'], change: [given] });
    assert.ok(answered.findings.every((each) => each.code !== 'no-command'));
  }
});

test('cannot load windows image on linux: found by the config, by the layers, and in a layer alone', async () => {
  const files: Entry[] = [
    { name: 'Files/', type: '5' },
    { name: 'Files/Windows/explorer.exe', body: 'MZ' },
    { name: 'Hives/', type: '5' },
    { name: 'Hives/System_Delta', body: 'regf' },
  ];
  const remedy = /Windows host/;
  const both = await inspectBytes(dockerArchive([{ ...web, os: 'windows', layers: [archive(files)] }]));
  assertFound(both.findings, 'windows-image', /its config says windows\/amd64, its layers hold `Files\/`/, remedy);
  const layers = await inspectBytes(dockerArchive([{ ...web, layers: [archive(files)] }]));
  assertFound(layers.findings, 'windows-image', /`Hives\/` in its layers/, remedy);
  await assertRefused(archive(files), 'windows-layer', /a layer of a Windows image/, remedy);
});

test('no space left on device: the peak of disk space for loading is named where it is large', async () => {
  const inspection = await inspectBytes(dockerArchive([web]));
  assert.deepEqual(diskRemarks(inspection), []);
  const content = { size: 9e9, digest: sha256(base), crc32: 0 };
  const [layer] = inspection.images[0]?.layers ?? [];
  assert.ok(layer !== undefined);
  const image = { ...inspection.images[0]!, layers: [{ ...layer, contentSize: 2e10 }] };
  const findings = diskRemarks({ content, images: [image, image] });
  assertFound(
    findings,
    'disk-space',
    /29\.0 GB .*: 9\.0 GB for the archive and 20\.0 GB for the unpacked layers/,
    /TMPDIR/,
  );
});

test('old content runs although it loaded: a name that can move to another image is reported', async () => {
  for (const bytes of [root, dockerArchive([web])]) {
    const { findings, again } = await converted(bytes, { name: ['app'] });
    assertFound(findings, 'tag-latest', /The name `app:latest` is a moving one/, /tag of its own/);
    assertSound(again);
    const tagged = await converted(bytes, { name: ['app:2024-01-01'] });
    assert.ok(tagged.findings.every((each) => each.code !== 'tag-latest'));
  }
});
