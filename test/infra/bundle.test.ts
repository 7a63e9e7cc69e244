import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { ladingApp } from './lading-app.ts';
import { resourcesOf, type TemplateJson } from './template.ts';

/** In bytes; a cold start reads all of them. */
const MAX_BYTES = 900_000;

const run = promisify(execFile);

describe('the deployed bundles', () => {
  const { app, stack } = ladingApp({ bundled: true });
  const template = Template.fromStack(stack).toJSON() as TemplateJson;

  for (const name of ['Inspect', 'Convert', 'Fail']) {
    const [, resource] =
      resourcesOf(template, 'AWS::Lambda::Function').find(([id]) => id.startsWith(`Archives${name}`)) ?? [];
    const bundle = join(app.outdir, resource?.Metadata?.['aws:asset:path'] ?? '', 'index.mjs');

    it(`${name} loads as a module with no file beside it, on the Node that Lambda runs, and exports its handler`, async () => {
      const script = `import { handler } from ${JSON.stringify(pathToFileURL(bundle).href)}; console.log(process.versions.node, typeof handler);`;
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

    it(`${name} is at most ${MAX_BYTES} bytes, and has a source map`, () => {
      const { size } = statSync(bundle);
      assert.ok(size <= MAX_BYTES, `${size} bytes`);
      assert.ok(statSync(`${bundle}.map`).size > 0);
    });
  }
});
