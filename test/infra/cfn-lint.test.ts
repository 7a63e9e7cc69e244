import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import { removeScratch, run, scratch } from '../support/engines.ts';
import { pinnedPrograms, withoutPinned } from '../support/pinned.ts';
import { ladingApp } from './lading-app.ts';
import { VARIANTS } from './variants.ts';

const skip = withoutPinned('cfn-lint');
const dir = scratch('cfn-lint');
after(() => removeScratch(dir));

/** The lines that cfn-lint prints about templates; they must be valid in regions of both partitions, AWS and China. */
async function lint(templates: Record<string, unknown>): Promise<string[]> {
  const files = Object.entries(templates).map(([name, template]) => {
    const file = join(dir, `${name}.json`);
    writeFileSync(file, JSON.stringify(template));
    return file;
  });
  // The CDK writes each function's dependency on its role twice.
  const options = ['--ignore-checks', 'W3005', '--format', 'parseable'];
  const regions = ['--regions', 'us-east-1', 'eu-central-1', 'cn-north-1'];
  const said = await run(join(pinnedPrograms('cfn-lint'), 'cfn-lint'), [...options, ...regions, '--', ...files]).catch(
    (error: { stdout: string }) => error.stdout,
  );
  return said.split('\n').filter((line) => line !== '');
}

describe('cfn-lint', { skip }, () => {
  it('finds nothing in any variant of the template, and finds a mistake', async () => {
    const templates = Object.entries(VARIANTS).map(([name, settings]) => {
      return [name, Template.fromStack(ladingApp({ settings }).stack).toJSON()] as const;
    });
    const mistake = { Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'Upper' } } } };
    const said = await lint({ ...Object.fromEntries(templates), mistake });
    const [ours, theirs] = [false, true].map((isMistake) =>
      said.filter((line) => line.includes('mistake.json') === isMistake),
    );
    assert.deepEqual(ours, []);
    assert.match(theirs?.join() ?? '', /E3031/u);
  });
});
