import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import { ladingApp } from './lading-app.ts';
import { check, findings } from './nag-report.ts';
import { allowed, type Resource, resourcesOf, statementsOf, type TemplateJson } from './template.ts';
import { KEY, VARIANTS } from './variants.ts';

function synthesised(name: keyof typeof VARIANTS): TemplateJson {
  return Template.fromStack(ladingApp({ settings: VARIANTS[name] ?? {} }).stack).toJSON() as TemplateJson;
}

/** The only resource of a type whose logical id contains a text. */
function one(template: TemplateJson, type: string, part: string): Resource {
  const [found, ...others] = resourcesOf(template, type).filter(([id]) => id.includes(part));
  assert.ok(found !== undefined && others.length === 0, `${others.length + 1} of ${type} ${part}`);
  return found[1];
}

describe('every variant of the stack', () => {
  for (const [name, settings] of Object.entries(VARIANTS)) {
    const { app, stack } = ladingApp({ settings });
    const report = check(app);
    const template = Template.fromStack(stack).toJSON() as TemplateJson;

    it(`${name}: nothing is found but that EventBridge has to be on in the buckets that are brought along`, () => {
      const theirs = Object.entries({ uploads: settings.uploadsBucket, results: settings.resultsBucket });
      const expected = theirs.filter(([, bucket]) => bucket !== undefined);
      assert.deepEqual(
        findings(report),
        expected.map(([role]) => `Annotation::lading:eventbridge-${role} at Lading/Archives`),
      );
    });

    it(`${name}: there is no custom resource, and no right on every resource`, () => {
      for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
        assert.doesNotMatch(Type, /^Custom::|CustomResource/u, id);
        if (!('PolicyDocument' in Properties)) continue;
        for (const line of allowed({ Type, Properties })) assert.doesNotMatch(line, /\* on | on \*$/u, id);
      }
    });

    it(`${name}: what a queue gives up goes to another, and the last one has an alarm`, () => {
      const queues = resourcesOf(template, 'AWS::SQS::Queue').filter(
        ([, { Properties }]) => 'RedrivePolicy' in Properties,
      );
      assert.equal(queues.length, 4);
      const watched = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
        JSON.stringify(Properties['Dimensions']),
      );
      const after = (id: string): string | undefined => {
        const redrive = template.Resources[id]?.Properties['RedrivePolicy'] as
          | { deadLetterTargetArn: { 'Fn::GetAtt': [string, string] } }
          | undefined;
        return redrive?.deadLetterTargetArn['Fn::GetAtt'][0];
      };
      for (const [id] of queues) {
        const next = after(id) ?? assert.fail();
        const last = after(next) ?? next;
        assert.ok(
          watched.some((dimensions) => dimensions.includes(last)),
          id,
        );
      }
    });
  }
});

describe('buckets that the user brings along', () => {
  const template = synthesised('own buckets');

  it('are neither made nor changed: the template has no bucket', () => {
    assert.deepEqual(resourcesOf(template, 'AWS::S3::Bucket'), []);
    assert.deepEqual(resourcesOf(template, 'AWS::S3::BucketPolicy'), []);
  });

  it('are the ones that the rules listen to, the functions work with, and the outputs name', () => {
    const patterns = resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) =>
      JSON.stringify(Properties['EventPattern']),
    );
    assert.ok(patterns[0]?.includes('"bucket":{"name":["incoming"]}'));
    assert.ok(patterns[1]?.includes('"bucket":{"name":["outgoing"]}'));
    const { Environment } = one(template, 'AWS::Lambda::Function', 'Convert').Properties as {
      Environment: { Variables: object };
    };
    assert.partialDeepStrictEqual(Environment.Variables, { UPLOADS_BUCKET: 'incoming', RESULTS_BUCKET: 'outgoing' });
    assert.deepEqual(
      Object.values(template.Outputs).map(({ Value }) => Value),
      ['incoming', 'outgoing'],
    );
  });
});

describe('a prefix and suffixes', () => {
  const template = synthesised('own uploads bucket, with a key, a prefix and suffixes');

  it('limit what starts a function', () => {
    const keys = (part: string) =>
      (one(template, 'AWS::Events::Rule', part).Properties['EventPattern'] as { detail: { object: { key: unknown } } })
        .detail.object.key;
    assert.deepEqual(keys('Inspect'), [{ wildcard: 'team/images/*.tar' }, { wildcard: 'team/images/*.tar.gz' }]);
    assert.deepEqual(keys('Convert'), [{ wildcard: 'team/images/*/inspection.json' }]);
  });

  it('limit what a function may read and write; suffixes do not, as the names of sidecars end otherwise', () => {
    const objects = ['Inspect', 'Convert', 'Fail']
      .flatMap((name) => allowed(one(template, 'AWS::IAM::Policy', name)))
      .filter((line) => /^s3:.*Object|^s3:Abort/u.test(line));
    assert.equal(objects.length, 21 + 10 + 10);
    for (const line of objects)
      assert.match(line, /(?:incoming|Results\w+\.Arn)\/team\/images\/\*(?:$|\/\w+\.(?:json|tar|html)$)/u);
  });
});

describe('a key', () => {
  const template = synthesised('everything else');
  const of = (name: string) =>
    statementsOf(one(template, 'AWS::IAM::Policy', name))
      .filter(({ Resource }) => Resource === KEY)
      .map(({ Action, Condition }) => ({
        Action,
        via: JSON.stringify(Condition?.['StringEquals']?.['kms:ViaService'] ?? 'sqs'),
      }));

  it('encrypts the buckets, with a bucket key, and the queues; not the access logs, which S3 could not write then', () => {
    const encrypted = resourcesOf(template, 'AWS::S3::Bucket').map(([id, { Properties }]) => {
      const [rule] = (
        Properties['BucketEncryption'] as { ServerSideEncryptionConfiguration: Record<string, unknown>[] }
      ).ServerSideEncryptionConfiguration;
      return [
        id.replace(/^Archives|[0-9A-F]{8}$/gu, ''),
        rule?.['ServerSideEncryptionByDefault'],
        rule?.['BucketKeyEnabled'],
      ];
    });
    const byKey = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY };
    assert.deepEqual(encrypted, [
      ['AccessLogs', { SSEAlgorithm: 'AES256' }, undefined],
      ['Uploads', byKey, true],
      ['Results', byKey, true],
    ]);
    for (const [, { Properties }] of resourcesOf(template, 'AWS::SQS::Queue'))
      assert.equal(Properties['KmsMasterKeyId'], KEY);
  });

  it('may be used by the functions only to read and write objects through S3, and to read and send events', () => {
    for (const name of ['Inspect', 'Convert', 'Fail']) {
      const rights = of(name).map(({ Action, via }) => `${String(Action)} ${via.includes('s3.') ? 's3' : via}`);
      assert.deepEqual(rights.toSorted(), [
        'kms:Decrypt,kms:GenerateDataKey "sqs"',
        'kms:Decrypt,kms:GenerateDataKey s3',
      ]);
    }
  });
});
