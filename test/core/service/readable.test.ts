import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { finding } from '../../../core/catalogue/findings.ts';
import { unread } from '../../../core/inspect/unread.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { ArchiveManifest } from '../../../core/manifest/manifest.ts';
import { tooLargeToHandOn } from '../../../core/model/hand-off-size.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS } from '../../../core/options/table.ts';
import type { Completion } from '../../../core/service/completion.ts';
import type { Outcome } from '../../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../../core/service/service.ts';
import { fitting, outcomeLines } from '../../../lambda/handler/log.ts';
import { nativeTools } from '../../../node/tools.ts';
import { folder, run } from '../../cli/kit.ts';
import { dockerArchive, type ImageSpec } from '../../support/image-builder.ts';
import { assertCompletionEvent, assertManifest } from '../../support/manifest-schema.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive } from '../../support/tar-builder.ts';

const layer = archive([{ name: 'a', body: 'b' }]);
const times = <T>(count: number, of: (at: number) => T) => Array.from({ length: count }, (_, at) => of(at));

/** Sends an upload through both functions, and asserts that every answer has a size that its readers take. */
async function served(bytes: Uint8Array, store = new MemoryStore()) {
  const told: Completion[] = [];
  const announce = async (completion: Completion): Promise<void> => void told.push(completion);
  const tools = nativeTools({ threads: false });
  const deps = { uploads: store, results: store, tools, clock: () => 0, version: '0.0.0', announce };
  let outcome: Outcome = await inspectUpload(store.upload('a.tar', bytes), deps);
  if (outcome.kind === 'handed-on') outcome = await convertUpload(outcome.inspectionKey, deps);
  tools.close();
  const written = store.results.get('a.tar/manifest.json') ?? assert.fail('no manifest');
  assert.ok(written.length <= LIMITS.manifestBytes, `${written.length} bytes`);
  assert.ok((store.results.get('a.tar/inspection.json')?.length ?? 0) <= LIMITS.inspectionBytes);
  const manifest = JSON.parse(new TextDecoder().decode(written)) as ArchiveManifest;
  assertManifest(manifest);
  for (const each of told) {
    const event = { ...each, resultsBucket: 'results' };
    assertCompletionEvent(event);
    assert.ok(Buffer.byteLength(JSON.stringify(event)) <= 256 * 1024);
  }
  for (const line of outcomeLines({ name: 'convert', converter: 'results' }, outcome, 0))
    assert.ok(Buffer.byteLength(JSON.stringify(fitting(line))) <= LIMITS.logLineBytes);
  return { manifest, outcome, told };
}

const CASES: Record<string, () => ImageSpec[]> = {
  'one layer listed very often': () => [{ names: ['a:1'], layers: times(20_000, () => layer) }],
  'many long names': () => [{ names: times(10_000, (at) => `a.b/${'n'.repeat(200)}:${at}`), layers: [layer] }],
  'names that are none': () => [{ names: times(3000, (at) => `\u202e${'N'.repeat(1000)} ${at}`), layers: [layer] }],
  'large configs': () =>
    times(3, (at) => ({ names: [`a:${at}`], layers: [layer], config: { Labels: { a: `${at}${'"'.repeat(1.9e6)}` } } })),
  'a long history': () => [
    { names: ['a:1'], layers: [layer], history: times(60_000, () => ({ created_by: 'x', empty_layer: true })) },
  ],
};

for (const [what, images] of Object.entries(CASES)) {
  test(`${what}: each answer has a size that its readers take, and the command line gives the same outcome`, async (t) => {
    const bytes = dockerArchive(images());
    const { manifest, told } = await served(bytes);
    assert.deepEqual(
      told.map(({ outcome }) => outcome),
      [manifest.outcome],
    );
    assert.ok(manifest.summary.length < 10_000);
    for (const { message, zh } of manifest.findings) assert.ok(message.length < 10_000 && zh.message.length < 10_000);
    const path = await folder(t);
    await writeFile(join(path, 'a.tar'), bytes);
    const out = ['-o', join(path, 'out.tar')];
    const { code, stdout, stderr } = await run(['convert', join(path, 'a.tar'), ...out]);
    if (manifest.outcome !== 'recognised') assert.equal(code === 0 ? 'converted' : 'refused', manifest.outcome);
    assert.ok(stdout.length + stderr.length < 1.5 * LIMITS.pageBytes, `${stdout.length + stderr.length}`);
  });
}

test('an upload whose hand-off would be too large is refused by name', async () => {
  const { manifest } = await served(dockerArchive(CASES['large configs']?.() ?? []));
  const limit = manifest.findings.find(({ code }) => code === 'limit-exceeded');
  assert.equal(manifest.outcome, 'refused');
  assert.match(limit?.message ?? '', /what the documents of this archive say, in bytes of JSON/);
});

test('a manifest that is too large or invalid is replaced', async () => {
  for (const junk of ['null', '{', '[]', '{"source":{"sequencer":7},"job":[]}', '']) {
    const store = new MemoryStore();
    store.results.set('a.tar/manifest.json', Buffer.from(junk));
    const { outcome } = await served(dockerArchive([{ names: ['a:1'], layers: [layer] }]), store);
    assert.equal(outcome.kind, 'converted', junk);
  }
});

test('a long log line is cut, says so, and still counts in the metrics', () => {
  const key = 'k'.repeat(1024);
  const cost = { bytesRead: 1, bytesSent: 2, seconds: 3 };
  const outcome = { kind: 'refused', key, archive: 'plain', findings: { truncated: 90_000 }, cost } as const;
  const [, second = assert.fail()] = outcomeLines({ name: 'inspect', converter: 'results' }, outcome, 0);
  assert.equal((fitting(second) as { Findings: number }).Findings, 90_000);
  const long = {
    ...second,
    message: 'm'.repeat(1e6),
    error: { stack: 's'.repeat(1e6), causes: times(1e5, () => 'c') },
  };
  const line = fitting(long) as Record<string, unknown>;
  assert.ok(Buffer.byteLength(JSON.stringify(line)) <= LIMITS.logLineBytes);
  assert.deepEqual([line['_aws'], line['Code'], line['key']], [long['_aws' as never], 'truncated', key]);
  assert.ok(Array.isArray(line['shortened']));
});

test('the keys of pieces count twice in a hand-off, and the longest fit if they are printable', () => {
  const request = parseOptions(NO_OPTIONS, 'a.tar');
  assert.ok(request.ok);
  const refusal = (key: string) => {
    const pieces = times(LIMITS.pieces, () => key);
    return tooLargeToHandOn(unread(finding('piece-waits')), { ...request.value, pieces })?.code;
  };
  assert.equal(refusal('k'.repeat(LIMITS.keyBytes)), undefined);
  assert.equal(refusal('\u0001'.repeat(LIMITS.keyBytes / 2)), 'limit-exceeded');
});
