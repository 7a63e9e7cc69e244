import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextLines } from '../../core/page/next-steps.ts';
import { styleFor } from '../../cli/page-style.ts';
import { conversionPage } from '../../cli/print/conversion.ts';
import { inspectionPage } from '../../cli/print/print.ts';
import { verdictsByRule } from '../../core/clients/by-rule.ts';
import { clientVerdicts } from '../../core/clients/verdicts.ts';
import { convert } from '../../core/convert/convert.ts';
import { stream } from '../../core/convert/execute.ts';
import { manifestOf } from '../../core/manifest/manifest.ts';
import { parseOptions } from '../../core/options/options.ts';
import { NO_OPTIONS } from '../../core/options/table.ts';
import { collect } from '../support/bytes.ts';
import { randomArchive } from '../support/document-archive.ts';
import { random } from '../support/document-maker.ts';
import { inspectBytes } from '../support/inspect.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { sourceOf } from '../support/memory-store.ts';
import { archive } from '../support/tar-builder.ts';
import { plainTools } from '../support/tools.ts';

const SEED = Number(process.env['LADING_SEED'] ?? 1128);
const ROUNDS = Number(process.env['LADING_DOCUMENTS'] ?? 300);
const LAYERS = [archive([{ name: 'bin/sh', body: 'shell' }]), archive([{ name: 'app', body: 'app' }])];
const EXECUTION = {
  User: '1000',
  Env: ['PATH=/bin', 'A=b'],
  Cmd: ['/bin/sh'],
  Entrypoint: ['/entry'],
  ExposedPorts: { '80/tcp': {} },
  Volumes: { '/data': {} },
  Labels: { a: 'b' },
  WorkingDir: '/',
  StopSignal: 'SIGTERM',
  Hostname: 'box',
  Tty: false,
  Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000 },
  Shell: ['/bin/sh', '-c'],
  OnBuild: ['RUN true'],
};

test(`documents with any content give a result, and a converted archive is sound (seed ${SEED})`, async () => {
  const next = random(SEED);
  const outcomes = { converted: 0, refused: 0 };
  for (let i = 0; i < ROUNDS; i++) {
    const { bytes, format, changed } = randomArchive(LAYERS, ['web:1', 'web:2'], EXECUTION, next);
    const layout = i % 2 === 0 ? 'both' : 'docker';
    const about = `round ${i}: ${changed} of ${format}, layout ${layout}`;
    const request = parseOptions({ ...NO_OPTIONS, layout }, 'upload.tar');
    assert.ok(request.ok);
    try {
      const inspection = await inspectBytes(bytes);
      const converted = await convert(inspection, request.value, plainTools, { always: true });
      const source = {
        bucket: null,
        key: 'a.tar',
        versionId: null,
        etag: null,
        sequencer: null,
        size: 1,
        digest: null,
      };
      const cost = { bytesRead: 0, bytesSent: 0, seconds: 0 };
      const result = converted.kind === 'converted' ? { key: 'o.tar', uri: 'o.tar' } : null;
      const manifest = manifestOf({ source, inspection, converted, result, cost, version: '0' });
      assertManifest(JSON.parse(JSON.stringify(manifest)));
      for (const language of ['en', 'zh'] as const) {
        const style = styleFor({}, language, {});
        inspectionPage(manifest, nextLines(manifest), style);
        conversionPage(manifest, nextLines(manifest), style);
      }
      outcomes[converted.kind === 'converted' ? 'converted' : 'refused']++;
      if (converted.kind !== 'converted') {
        const isImage = inspection.kind.startsWith('image/');
        assert.ok(!isImage || manifest.findings.some(({ severity }) => severity === 'error'), 'a refusal has a reason');
        continue;
      }
      const made = await inspectBytes(await collect(stream(converted.conversion.plan, sourceOf(bytes), plainTools)));
      assert.deepEqual(
        made.findings.filter((each) => each.severity === 'error').map((each) => each.message),
        [],
      );
      assert.deepEqual(
        // A variable without a value is not a fault of types, and is kept.
        clientVerdicts(made)
          // Without an OCI layout, it depends on the machine whether containerd takes another platform.
          .filter(({ client, loads }) => layout === 'both' || !(/oci|umoci/.test(client) || loads === null))
          .filter(({ loads, why }) => !loads && why?.includes('ENV') !== true),
        [],
      );
      const [oldReaders] = verdictsByRule(made);
      assert.deepEqual([oldReaders?.client, oldReaders?.loads], ['docker-archive-only', layout === 'docker']);
    } catch (error) {
      throw new Error(about, { cause: error });
    }
  }
  assert.ok(outcomes.converted > ROUNDS / 4 && outcomes.refused > ROUNDS / 20, JSON.stringify(outcomes));
});
