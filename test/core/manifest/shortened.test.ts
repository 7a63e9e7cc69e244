import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, finding } from '../../../core/catalogue/findings.ts';
import { convert } from '../../../core/convert/convert.ts';
import { inspect } from '../../../core/inspect/inspect.ts';
import { LIMITS } from '../../../core/limits.ts';
import { type ArchiveManifest, manifestOf, readableManifest } from '../../../core/manifest/manifest.ts';
import { indentedJson } from '../../../core/model/indented-json.ts';
import type { Inspection } from '../../../core/model/inspection.ts';
import { jsonBytes } from '../../../core/model/json-size.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS } from '../../../core/options/table.ts';
import { nativeTools } from '../../../node/tools.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { assertManifest } from '../../support/manifest-schema.ts';
import { archive } from '../../support/tar-builder.ts';
import { fc } from '../../support/properties.ts';

const source = { bucket: 'b', key: 'k', versionId: null, etag: 'e', sequencer: null, size: 1, digest: null };
const cost = { bytesRead: 0, bytesSent: 0, seconds: 0 };
const tools = nativeTools({ threads: false });
const image = dockerArchive([{ names: ['web:1'], layers: [archive([{ name: 'a', body: 'b' }])] }]);
const whole = await inspect(once(image), tools);
const asked = parseOptions(NO_OPTIONS, 'k');
const converted = await convert(whole, asked.ok ? asked.value : assert.fail(), tools, { always: true });

async function* once(bytes: Uint8Array) {
  yield bytes;
}

type Change = (inspection: Inspection) => Inspection;

/** The manifest of a converted archive, changed to hold more than any archive should have. */
function manifest(change: Change = (each) => each, findings: Finding[] = []): ArchiveManifest {
  const inspection = change(structuredClone(whole));
  const more = { ...converted, findings: [...converted.findings, ...findings] };
  const result = { key: 'k/image.tar', uri: 's3://b/k/image.tar' };
  const made = { source, inspection, converted: more, result, cost, version: '0.0.0' };
  return { ...manifestOf(made), job: 'f'.repeat(64) };
}

const first = ({ images: [only] }: Inspection) => only ?? assert.fail();
const times = <T>(count: number, of: (at: number) => T) => Array.from({ length: count }, (_, at) => of(at));
const nested = (depth: number): unknown => (depth === 0 ? 'x'.repeat(50) : times(6, () => nested(depth - 1)));

const CHANGES: Record<string, Change> = {
  'layers without number': (each) => {
    const [layer = assert.fail()] = first(each).layers;
    return { ...each, images: [{ ...first(each), layers: times(200_000, () => layer) }] };
  },
  'long names without number': (each) => {
    return { ...each, images: [{ ...first(each), names: times(3000, (at) => `${'n'.repeat(4000)}:${at}`) }] };
  },
  'images without number': (each) => ({ ...each, images: times(100_000, () => first(each)) }),
  'large labels in each config': (each) => {
    const config = { Labels: { ['k'.repeat(1e6)]: 'v'.repeat(4e6) }, Env: times(50_000, (at) => `A${at}=\u001b`) };
    return { ...each, images: times(1000, () => ({ ...first(each), config })) };
  },
  'a long history': (each) => {
    const history = times(100_000, (at) => ({ created_by: `RUN ${at} ${'\u202e'.repeat(200)}` }));
    return { ...each, images: times(20, () => ({ ...first(each), history })) };
  },
  'nested values': (each) => {
    return { ...each, images: times(100, () => ({ ...first(each), config: { Labels: nested(6) } })) };
  },
  'long evidence': (each) => ({ ...each, evidence: times(9, () => ({ en: 'e'.repeat(2e6), zh: '因'.repeat(1e6) })) }),
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`a manifest with ${what} is shortened to the size that its readers take, valid, and lists what is left out`, () => {
    const short = manifest(change);
    const bytes = indentedJson(short);
    assert.ok(bytes.length <= LIMITS.manifestBytes, `${bytes.length} bytes`);
    assertManifest(short);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes)), short);
    assert.ok((short.shortened ?? []).length > 0);
    for (const { where } of short.shortened ?? []) assert.match(where, /^[a-zA-Z[\].]{1,60}$/);
    const { images, archive: _, zh: _zh, shortened: _shortened, clients: _clients, ...rest } = short;
    const { images: _images, archive: _archive, zh: _before, clients: _verdicts, ...before } = manifest();
    assert.deepEqual(rest, before, 'what was not too long is as it was');
    assert.ok(images.length > 0);
    const page = readableManifest(short, LIMITS.pageBytes);
    assert.ok(jsonBytes(page, Infinity) <= LIMITS.pageBytes + 4096);
  });
}

test('the entries that are left out are counted', () => {
  const { images, shortened } = manifest(CHANGES['layers without number']);
  const lost = shortened?.find(({ where }) => where === 'images[].layers')?.entries ?? 0;
  assert.equal((images[0]?.layers.length ?? 0) + lost, 200_000);
});

test('a manifest within the bounds is not changed', () => {
  const labels = { a: 'v'.repeat(1e6), b: 'w'.repeat(1e6) };
  const { shortened, images } = manifest((each) => ({ ...each, images: [{ ...first(each), config: labels }] }));
  assert.deepEqual([shortened, images[0]?.config], [undefined, labels]);
});

test('of very many findings the first of each code are kept with the number of the others, and no code is lost', () => {
  const missing = times(1000, (at) => finding('image-incomplete', { document: 'd', blob: `${'b'.repeat(3e4)}${at}` }));
  const { findings, outcome, shortened } = manifest(undefined, [...missing, finding('layer-empty', { member: 'm' })]);
  const kept = findings.filter(({ code }) => code === 'image-incomplete');
  assert.ok(kept.length <= LIMITS.findingsOfACode);
  assert.equal(kept.length + (kept.at(-1)?.more ?? 0), 1000);
  assert.equal(findings.at(-1)?.code, 'layer-empty');
  assert.deepEqual([outcome, shortened], ['converted', undefined]);
  assertManifest(manifest(undefined, missing));
});

test('the computed size of JSON is that of the output of JSON.stringify', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const bytes = Buffer.byteLength(JSON.stringify(value, null, 2));
      assert.equal(jsonBytes(value, Infinity), bytes);
      assert.equal(jsonBytes(value, bytes - 1) > bytes - 1, true);
    }),
  );
});
