import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import { lint } from '../support/cfn-lint.ts';
import { withoutPinned } from '../support/pinned.ts';
import { ladingApp } from './lading-app.ts';
import { VARIANTS } from './variants.ts';

const skip = withoutPinned('cfn-lint');

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
