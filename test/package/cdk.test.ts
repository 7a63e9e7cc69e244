import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { resourcesOf, type TemplateJson } from '../infra/template.ts';
import { lint } from '../support/cfn-lint.ts';
import { NODES, PEERS, Project, withoutOldest } from '../support/package.ts';
import { withoutPinned } from '../support/pinned.ts';

/** An app as somebody else writes one, without any feature flag. */
const APP = `import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ArchiveConverter, type ArchiveConverterProps, BadSetting, type GitHubTrust } from 'lading/cdk';

const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'Images');
const gitHub: GitHubTrust = { repository: 'team/app' };
try {
  new ArchiveConverter(new Stack(new App(), 'Refused'), 'Archives', { gitHub });
  throw new Error('It trusts all branches.');
} catch (error) {
  if (!(error instanceof BadSetting)) throw error;
}
const props: ArchiveConverterProps = { prefix: 'team/', maxConcurrency: 3 };
const converter = new ArchiveConverter(stack, 'Archives', props);
new CfnOutput(stack, 'Uploads', { value: converter.uploads.bucketName });
app.synth();
`;

const TSC = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--types', 'node', 'app.ts'];

describe('a CDK app with the package', { skip: withoutOldest() || withoutPinned('cfn-lint') }, () => {
  for (const [format, fields] of Object.entries({ CommonJS: {}, 'ES modules': { type: 'module' } })) {
    for (const [age, peers] of Object.entries(PEERS)) {
      it(`of ${format} is type-checked, synthesised and linted with the CDK of ${age}, without esbuild and docker`, async () => {
        const project = await Project.make(fields, age === 'oldest' ? NODES.oldest : NODES.today);
        project.link(peers, 'aws-cdk-lib', 'constructs', '@types/node');
        project.write('app.ts', APP);
        for (const compiler of Object.values(PEERS)) await project.node(join(compiler, 'typescript/bin/tsc'), ...TSC);
        await project.node('--no-warnings', 'app.js');
        const out = join(project.dir, 'cdk.out');
        const template = JSON.parse(readFileSync(join(out, 'Images.template.json'), 'utf8')) as TemplateJson;
        assert.deepEqual(await lint({ template }), []);
        const functions = resourcesOf(template, 'AWS::Lambda::Function');
        assert.equal(functions.length, 3);
        for (const [, { Properties }] of functions) {
          const { S3Key } = Properties['Code'] as { S3Key: string };
          const [file] = String(Properties['Handler']).split('.');
          assert.ok(existsSync(join(out, `asset.${S3Key.replace('.zip', '')}`, `${file}.mjs`)));
        }
      });
    }
  }
});
