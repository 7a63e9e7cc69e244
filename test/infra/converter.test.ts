import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ArchiveConverter, type ArchiveConverterProps } from '../../infra/archive-converter.ts';
import { outcomeLines } from '../../lambda/handler/log.ts';
import { policyFrom } from '../../lambda/handler/wiring.ts';
import { emptyApp } from './lading-app.ts';
import { allowed, inWords, resourcesOf, statementsOf, type TemplateJson } from './template.ts';

/** The template of a foreign stack with a converter in it, after `use` has changed the stack. */
function around(use: (stack: Stack) => void): TemplateJson {
  const stack = new Stack(emptyApp(), 'Theirs');
  use(stack);
  return Template.fromStack(stack).toJSON() as TemplateJson;
}

/** The rights of a role that was given this grant. */
function granted(props: (stack: Stack) => ArchiveConverterProps, grant: 'grantUpload' | 'grantReadResults'): string[] {
  const template = around((stack) => {
    const role = new Role(stack, 'Person', { assumedBy: new AccountPrincipal('123456789012') });
    new ArchiveConverter(stack, 'Archives', props(stack))[grant](role);
  });
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([id]) => id.startsWith('Person'));
  return policies.flatMap(([, policy]) => allowed(policy)).map((line) => line.replace(/[0-9A-F]{8}\./u, '.'));
}

describe('the construct in a foreign stack', () => {
  it('lets a role with the grant upload below the prefix, and read nothing', () => {
    assert.deepEqual(
      granted((stack) => ({ prefix: 'team/', encryptionKey: new Key(stack, 'Key') }), 'grantUpload'),
      [
        'kms:Decrypt on Key.Arn',
        'kms:GenerateDataKey on Key.Arn',
        's3:AbortMultipartUpload on ArchivesUploads.Arn/team/*',
        's3:ListBucketMultipartUploads on ArchivesUploads.Arn',
        's3:ListMultipartUploadParts on ArchivesUploads.Arn/team/*',
        's3:PutObject on ArchivesUploads.Arn/team/*',
      ],
    );
  });

  it('lets a role with the grant read results, and distinguish a missing result from a forbidden one', () => {
    assert.deepEqual(
      granted(() => ({ prefix: 'team/' }), 'grantReadResults'),
      ['s3:GetObject on ArchivesResults.Arn/team/*', 's3:ListBucket on ArchivesResults.Arn'],
    );
  });

  it('passes the options that are imposed on all uploads to the functions', () => {
    const nameTemplate = 'ghcr.io/team/{name}:{tag}';
    const template = around(
      (stack) => new ArchiveConverter(stack, 'Archives', { nameTemplate, maxUploadSize: Size.gibibytes(2) }),
    );
    for (const [, { Properties }] of resourcesOf(template, 'AWS::Lambda::Function')) {
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      const { nameTemplate: name, maxUploadBytes } = policyFrom(Variables as NodeJS.ProcessEnv);
      assert.deepEqual([name, maxUploadBytes], [nameTemplate, 2 ** 31]);
    }
  });

  it('announces on the given bus, and sends only its own completions to its topic and rules', () => {
    const template = around((stack) => {
      const eventBus = new EventBus(stack, 'Bus') as IEventBus;
      const completionTopic = new Topic(stack, 'Done');
      const converter = new ArchiveConverter(stack, 'Archives', { eventBus, completionTopic });
      converter.onCompleted('Refused', { eventPattern: { detail: { outcome: ['refused'] } } });
    });
    const detail = { resultsBucket: [{ Ref: 'ArchivesResults24C547E9' }] };
    const patterns = resourcesOf(template, 'AWS::Events::Rule')
      .filter(([, { Properties }]) => 'EventBusName' in Properties)
      .map(([, { Properties }]) => Properties['EventPattern']);
    const pattern = { source: ['lading'], 'detail-type': ['Archive Completed'] };
    assert.deepEqual(patterns, [
      { ...pattern, detail },
      { ...pattern, detail: { ...detail, outcome: ['refused'] } },
    ]);
    const announcers = resourcesOf(template, 'AWS::IAM::Policy').flatMap(([, policy]) => allowed(policy));
    assert.equal(announcers.filter((line) => /^events:PutEvents on Bus\w+\.Arn$/u.test(line)).length, 3);
  });

  it('gives its own key the rights that EventBridge needs, for this account only', () => {
    const template = around(
      (stack) => new ArchiveConverter(stack, 'Archives', { encryptionKey: new Key(stack, 'Key') }),
    );
    const [[, key] = assert.fail()] = resourcesOf(template, 'AWS::KMS::Key');
    const policy = { ...key, Properties: { PolicyDocument: key.Properties['KeyPolicy'] } };
    const statements = statementsOf(policy).filter(({ Principal }) =>
      JSON.stringify(Principal).includes('events.amazonaws.com'),
    );
    assert.deepEqual(
      statements.map(({ Action, Condition }) => ({ Action, Condition })),
      [
        {
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    );
  });

  it('accepts a bucket with a key of its own: the functions may use that key through S3', () => {
    const template = around((stack) => {
      const uploads = new Bucket(stack, 'Incoming', { encryptionKey: new Key(stack, 'Key') });
      new ArchiveConverter(stack, 'Archives', { uploads: uploads as IBucket });
    });
    const rights = resourcesOf(template, 'AWS::IAM::Policy').flatMap(([, policy]) => allowed(policy));
    assert.deepEqual(
      rights.filter((line) => line.startsWith('kms:')).map((line) => line.split(' ')[0]),
      ['kms:Decrypt', 'kms:Decrypt', 'kms:Decrypt'],
    );
  });

  it('lets the alarms of the account publish to the topic, and connects every alarm to it', () => {
    const template = around(
      (stack) => new ArchiveConverter(stack, 'Archives', { alarmTopic: new Topic(stack, 'Alarms') }),
    );
    const [[, policy] = assert.fail()] = resourcesOf(template, 'AWS::SNS::TopicPolicy');
    assert.deepEqual(
      statementsOf(policy).map(({ Principal }) => Principal),
      [{ Service: 'cloudwatch.amazonaws.com' }],
    );
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
    assert.equal(alarms.length, 2 * 7 + 2);
    for (const [, { Properties }] of alarms) assert.deepEqual(Properties['AlarmActions'], Properties['OKActions']);
    for (const [id, { Properties }] of alarms)
      assert.match(inWords((Properties['AlarmActions'] as unknown[])[0]), /^Alarms/u, id);
  });
});

describe('the documentation and the dashboard', () => {
  const template = around((stack) => new ArchiveConverter(stack, 'Archives'));
  const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');

  it('docs/operations.md has a line for each alarm', () => {
    for (const [id] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
      const name = id.replace(/^ArchivesAlarms(?:Inspect|Convert|Fail)|[0-9A-F]{8}$/gu, '');
      assert.ok(page.includes(`\n| \`${name}\` `), name);
    }
  });

  it('the dashboard asks for metrics that the functions write', () => {
    const outcome = {
      kind: 'refused',
      key: 'k',
      archive: 'empty',
      findings: { 'empty-upload': 1 },
      cost: { bytesRead: 0, bytesSent: 0, seconds: 0 },
    } as const;
    const written = JSON.stringify(outcomeLines({ name: 'inspect', converter: 'results' }, outcome, 0));
    const [[, dashboard] = assert.fail()] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
    const body = inWords(dashboard.Properties['DashboardBody']);
    const asked = [
      ...[...body.matchAll(/\{Lading,Converter,Function,(\w+)\} MetricName=\\"(\w+)\\"/gu)].flatMap(
        ([, ...words]) => words,
      ),
      ...[...body.matchAll(/\["Lading","(\w+)","Converter","[^"]+","Function","(?:inspect|convert)"/gu)].map(
        ([, name]) => name,
      ),
    ];
    assert.equal(asked.length, 8 + 8);
    for (const word of asked) if (word !== 'Faults') assert.ok(written.includes(`"${word}"`), word);
  });
});
