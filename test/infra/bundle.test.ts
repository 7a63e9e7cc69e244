import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { ladingApp } from './lading-app.ts';
import { resourcesOf, type TemplateJson } from './template.ts';

/** In bytes; a cold start reads all of them. */
const MAX_BYTES = 1_010_000;

/** The zstd encoder and the empty report, which are read only when they are needed. */
const ASIDE = ['zstd.wasm', 'report.html'];

const run = promisify(execFile);

describe('the deployed functions', () => {
  const { app, stack } = ladingApp();
  const template = Template.fromStack(stack).toJSON() as TemplateJson;

  for (const name of ['Inspect', 'Convert', 'Fail']) {
    const [, resource] =
      resourcesOf(template, 'AWS::Lambda::Function').find(([id]) => id.startsWith(`Archives${name}`)) ?? [];
    const folder = join(app.outdir, resource?.Metadata?.['aws:asset:path'] ?? '');
    const files = readdirSync(folder);
    const code = files.filter((file) => file.endsWith('.mjs'));

    it(`${name} loads with no file beside its own, on the Node that Lambda runs, and exports its handler`, async () => {
      const [file, handler] = String(resource?.Properties['Handler']).split('.');
      const url = pathToFileURL(join(folder, `${file}.mjs`)).href;
      const script = `import { ${handler} } from ${JSON.stringify(url)}; console.log(process.versions.node, typeof ${handler});`;
      const env = {
        UPLOADS_BUCKET: 'uploads',
        RESULTS_BUCKET: 'results',
        PASSAGES: 'given-up dead-letters',
        AWS_REGION: 'eu-central-1',
      };
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: app.outdir,
        env,
      });
      assert.match(stdout, /^24\.[\d.]+ function$/mu);
    });

    it(`${name} is at most ${MAX_BYTES} bytes of code, and has source maps of our code, the zstd encoder, the empty report and nothing else`, () => {
      const size = code.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
      assert.ok(size <= MAX_BYTES, `${size} bytes`);
      const maps = code.flatMap((file) =>
        /sourceMappingURL/u.test(textOf(join(folder, file))) ? [`${file}.map`] : [],
      );
      assert.deepEqual(files.toSorted(), [...code, ...maps, ...ASIDE].toSorted());
      const sources = maps.flatMap((file) => (JSON.parse(textOf(join(folder, file))) as { sources: string[] }).sources);
      assert.ok(sources.some((source) => source.endsWith(`lambda/${name.toLowerCase()}.ts`)));
    });
  }
});

function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}
