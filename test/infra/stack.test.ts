import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ladingApp } from './lading-app.ts';
import { allowed, inWords, listOf, type Resource, resourcesOf, statementsOf, type TemplateJson } from './template.ts';

const ACCESS_LOGS = 'ArchivesAccessLogsF1ACFB94';
const UPLOADS = 'ArchivesUploadsFB63EA48';
const RESULTS = 'ArchivesResults24C547E9';

const { stack } = ladingApp();
const template = Template.fromStack(stack);
const json = template.toJSON() as TemplateJson;

/** The only resource of a type whose logical id begins with `Archives` and the name. */
function only(type: string, name: string): [id: string, resource: Resource] {
  const found = resourcesOf(json, type).filter(([id]) => id.startsWith(`Archives${name}`));
  const [first] = found;
  assert.ok(first !== undefined && found.length === 1, `${found.length} of ${type} ${name}`);
  return first;
}

describe('buckets', () => {
  const buckets = resourcesOf(json, 'AWS::S3::Bucket');

  it('keep their logical ids, as a deployment would replace them otherwise', () => {
    assert.deepEqual(
      buckets.map(([id]) => id),
      [ACCESS_LOGS, UPLOADS, RESULTS],
    );
  });

  it('are closed to the public and to foreign owners, encrypted, retained, and remove broken uploads', () => {
    template.allResources('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        LifecycleConfiguration: {
          Rules: Match.arrayWith([
            Match.objectLike({ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
          ]),
        },
      },
    });
  });

  it('refuse requests without TLS 1.2', () => {
    for (const [id] of buckets) {
      const policy = resourcesOf(json, 'AWS::S3::BucketPolicy').find(
        ([, { Properties }]) => inWords(Properties['Bucket']) === id,
      );
      assert.ok(policy, id);
      const denials = statementsOf(policy[1]).filter(({ Effect }) => Effect === 'Deny');
      const everything = { Action: 's3:*', Principal: { AWS: '*' }, resources: [`${id}.Arn`, `${id}.Arn/*`] };
      assert.deepEqual(
        denials.map(({ Action, Principal, Resource, Condition }) => ({
          Action,
          Principal,
          resources: listOf(Resource).map(inWords),
          Condition,
        })),
        [
          { ...everything, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          { ...everything, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
        ],
      );
    }
  });

  it('allow access to no service but the log delivery of S3', () => {
    const grants = resourcesOf(json, 'AWS::S3::BucketPolicy').flatMap(([, policy]) => allowed(policy));
    assert.deepEqual(grants, [
      `s3:PutObject on ${ACCESS_LOGS}.Arn/results/*`,
      `s3:PutObject on ${ACCESS_LOGS}.Arn/uploads/*`,
    ]);
  });

  it('log every access, and keep a replaced upload for longer than a dead letter waits', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LoggingConfiguration: { LogFilePrefix: 'uploads/' },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } })]),
      },
    });
    template.hasResourceProperties('AWS::S3::Bucket', { LoggingConfiguration: { LogFilePrefix: 'results/' } });
  });

  it('are the two outputs of the stack', () => {
    const outputs = Object.entries(json.Outputs).map(([id, { Value }]) => [id, inWords(Value)]);
    assert.deepEqual(outputs, [
      ['UploadsBucket', UPLOADS],
      ['ResultsBucket', RESULTS],
    ]);
  });
});

describe('the event path', () => {
  const paths = [
    { name: 'Inspect', bucket: UPLOADS, key: { 'anything-but': { suffix: '.lading.json' } } },
    { name: 'Convert', bucket: RESULTS, key: { suffix: '/inspection.json' } },
  ];

  it('has EventBridge switched on in both buckets, without a custom resource', () => {
    for (const id of [UPLOADS, RESULTS]) {
      assert.deepEqual(json.Resources[id]?.Properties['NotificationConfiguration'], {
        EventBridgeConfiguration: { EventBridgeEnabled: true },
      });
    }
    const types = Object.values(json.Resources).map(({ Type }) => Type);
    assert.deepEqual(
      types.filter((type) => /^Custom::|CustomResource/u.test(type)),
      [],
    );
    assert.equal(types.filter((type) => type === 'AWS::Lambda::Function').length, paths.length + 1);
  });

  for (const { name, bucket, key } of paths) {
    const [rule] = only('AWS::Events::Rule', name);
    const [queue, { Properties: queueProperties }] = only('AWS::SQS::Queue', `${name}EventsQueue`);
    const [givenUp, { Properties: givenUpProperties }] = only('AWS::SQS::Queue', `${name}EventsGivenUp`);
    const [deadLetters] = only('AWS::SQS::Queue', `${name}EventsDeadLetters`);
    const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
    const [handler] = only('AWS::Lambda::Function', name);

    it(`leads ${name} from one rule through one queue to one function, one event at a time`, () => {
      assert.deepEqual(json.Resources[rule]?.Properties['EventPattern'], {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [{ Ref: bucket }] }, object: { key: [key] } },
      });
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
        FunctionName: { Ref: handler },
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: Match.anyValue() },
      });
    });

    it(`loses no event of ${name}: an event that cannot be delivered or handled waits 14 days`, () => {
      assert.deepEqual(json.Resources[rule]?.Properties['Targets'], [
        { Id: 'Target0', Arn: { 'Fn::GetAtt': [queue, 'Arn'] }, DeadLetterConfig: { Arn: arnOf(givenUp) } },
      ]);
      assert.deepEqual(queueProperties['RedrivePolicy'], { deadLetterTargetArn: arnOf(givenUp), maxReceiveCount: 5 });
      const { RedrivePolicy: next, MessageRetentionPeriod: kept } = givenUpProperties;
      assert.deepEqual(
        [next, kept],
        [{ deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount: 10 }, 14 * 24 * 3600],
      );
      assert.equal(json.Resources[deadLetters]?.Properties['MessageRetentionPeriod'], 14 * 24 * 3600);
    });

    it(`lets SQS move the events of ${name} only from queue to queue, each by the real name of the one before`, () => {
      for (const [id, before] of [
        [givenUp, queueProperties],
        [deadLetters, givenUpProperties],
      ] as const) {
        const policy = json.Resources[id]?.Properties['RedriveAllowPolicy'];
        const { redrivePermission, sourceQueueArns } = policy as {
          redrivePermission: string;
          sourceQueueArns: unknown[];
        };
        assert.equal(redrivePermission, 'byQueue');
        assert.deepEqual(sourceQueueArns.map(inWords), [
          `arn:AWS::Partition:sqs:AWS::Region:AWS::AccountId:${inWords(before['QueueName'])}`,
        ]);
      }
    });

    it(`brings what ${name} gives up to the function of failures`, () => {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: arnOf(givenUp),
        FunctionName: { Ref: only('AWS::Lambda::Function', 'Fail')[0] },
      });
    });

    it(`hides an event of ${name} for twice as long as the function may take`, () => {
      assert.equal(json.Resources[handler]?.Properties['Timeout'], 900);
      assert.equal(queueProperties['VisibilityTimeout'], 2 * 900);
    });
  }

  it('encrypts every queue and refuses plain HTTP', () => {
    const queues = resourcesOf(json, 'AWS::SQS::Queue');
    for (const [id, { Properties }] of queues) {
      assert.equal(Properties['SqsManagedSseEnabled'], true);
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sqs:*',
              Principal: { AWS: '*' },
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        },
      });
    }
  });

  it('lets only the rules send to the queues', () => {
    for (const [, policy] of resourcesOf(json, 'AWS::SQS::QueuePolicy')) {
      for (const { Effect, Principal, Condition } of statementsOf(policy)) {
        if (Effect === 'Deny') continue;
        assert.deepEqual(Principal, { Service: 'events.amazonaws.com' });
        assert.match(inWords(Condition?.['ArnEquals']?.['aws:SourceArn']), /EventsObjectCreated\w+\.Arn$/u);
      }
    }
  });
});

describe('the functions', () => {
  it('run on Node 24 and arm64, with the memory that their work needs', () => {
    for (const [name, MemorySize] of [
      ['Inspect', 768],
      ['Convert', 512],
    ] as const) {
      const [, { Properties }] = only('AWS::Lambda::Function', name);
      const { Runtime, Architectures, Handler, Environment } = Properties;
      assert.deepEqual(
        { Runtime, Architectures, Handler, Environment, MemorySize: Properties['MemorySize'] },
        {
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          Handler: `function-${name.toLowerCase()}.handler`,
          Environment: {
            Variables: {
              UPLOADS_BUCKET: { Ref: UPLOADS },
              RESULTS_BUCKET: { Ref: RESULTS },
              BUCKET_OWNER: { Ref: 'AWS::AccountId' },
              EVENT_BUS_NAME: 'default',
              QUEUE_URL: { Ref: only('AWS::SQS::Queue', `${name}EventsQueue`)[0] },
              GIVEN_UP_URL: { Ref: only('AWS::SQS::Queue', `${name}EventsGivenUp`)[0] },
              MAX_RECEIVES: '5',
              ...(name === 'Convert' && { HAND_BACK_URL: { Ref: only('AWS::SQS::Queue', 'InspectEventsQueue')[0] } }),
              NODE_OPTIONS: '--enable-source-maps',
            },
          },
          MemorySize,
        },
      );
    }
  });

  it('write to log groups of their own, which keep lines for 90 days', () => {
    for (const name of ['Inspect', 'Convert', 'Fail']) {
      const [log, { Properties }] = only('AWS::Logs::LogGroup', name);
      assert.equal(Properties['RetentionInDays'], 90);
      const [, { Properties: handler }] = only('AWS::Lambda::Function', name);
      assert.deepEqual(handler['LoggingConfig'], { LogGroup: { Ref: log } });
    }
  });
});

describe('rights', () => {
  const queueOf = (name: string, role: string): string => only('AWS::SQS::Queue', `${name}Events${role}`)[0];
  const receiving = (queue: string): string[] =>
    ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map(
      (action) => `sqs:${action} on ${queue}.Arn`,
    );
  const MADE = ['image.tar', 'rootfs.tar'];
  const everyFunction = (name: string): string[] => {
    const [log] = only('AWS::Logs::LogGroup', name);
    return [
      'events:PutEvents on arn:AWS::Partition:events:AWS::Region:AWS::AccountId:event-bus/default',
      `logs:CreateLogStream on ${log}.Arn`,
      `logs:PutLogEvents on ${log}.Arn`,
      `s3:ListBucket on ${RESULTS}.Arn`,
      `s3:ListBucket on ${UPLOADS}.Arn`,
      `s3:GetObject on ${UPLOADS}.Arn/*`,
      `s3:GetObjectVersion on ${UPLOADS}.Arn/*`,
      `s3:GetObject on ${RESULTS}.Arn/*/inspection.json`,
      ...MADE.map((end) => `s3:DeleteObject on ${RESULTS}.Arn/*/${end}`),
      ...MADE.map((end) => `s3:GetObject on ${RESULTS}.Arn/*/${end}`),
      `s3:DeleteObject on ${RESULTS}.Arn/*/report.html`,
      `s3:GetObject on ${RESULTS}.Arn/*/report.html`,
      `s3:DeleteObject on ${RESULTS}.Arn/*/manifest.json`,
      `s3:GetObject on ${RESULTS}.Arn/*/manifest.json`,
      `s3:PutObject on ${RESULTS}.Arn/*/manifest.json`,
    ];
  };

  it('of inspect: read uploads, write inspections and manifests, remove outdated results, nothing else', () => {
    assert.deepEqual(
      allowed(only('AWS::IAM::Policy', 'Inspect')[1]),
      [
        ...everyFunction('Inspect'),
        ...receiving(queueOf('Inspect', 'Queue')),
        `sqs:SendMessage on ${queueOf('Inspect', 'GivenUp')}.Arn`,
        `s3:PutObject on ${RESULTS}.Arn/*/inspection.json`,
      ].toSorted(),
    );
  });

  it('of convert: read uploads and inspections, write and remove images and manifests, nothing else', () => {
    assert.deepEqual(
      allowed(only('AWS::IAM::Policy', 'Convert')[1]),
      [
        ...everyFunction('Convert'),
        ...receiving(queueOf('Convert', 'Queue')),
        `sqs:SendMessage on ${queueOf('Convert', 'GivenUp')}.Arn`,
        `sqs:SendMessage on ${queueOf('Inspect', 'Queue')}.Arn`,
        `s3:ListBucketMultipartUploads on ${RESULTS}.Arn`,
        ...MADE.map((end) => `s3:AbortMultipartUpload on ${RESULTS}.Arn/*/${end}`),
        ...MADE.map((end) => `s3:PutObject on ${RESULTS}.Arn/*/${end}`),
      ].toSorted(),
    );
  });

  it('of fail: read uploads and inspections, write manifests, remove outdated results, pass events on, nothing else', () => {
    assert.deepEqual(
      allowed(only('AWS::IAM::Policy', 'Fail')[1]),
      [
        ...everyFunction('Fail'),
        ...['Inspect', 'Convert'].flatMap((name) => [
          ...receiving(queueOf(name, 'GivenUp')),
          `sqs:SendMessage on ${queueOf(name, 'DeadLetters')}.Arn`,
        ]),
      ].toSorted(),
    );
  });

  it('to announce apply to completion events only', () => {
    for (const name of ['Inspect', 'Convert', 'Fail']) {
      const statement = statementsOf(only('AWS::IAM::Policy', name)[1]).find(
        ({ Action }) => Action === 'events:PutEvents',
      );
      assert.deepEqual(statement?.Condition, {
        'ForAllValues:StringEquals': { 'events:source': 'lading', 'events:detail-type': 'Archive Completed' },
      });
    }
  });

  it('belong to three roles that only Lambda can assume, without managed policies', () => {
    const roles = resourcesOf(json, 'AWS::IAM::Role');
    assert.equal(roles.length, 3);
    for (const [, { Properties }] of roles) {
      assert.deepEqual(Object.keys(Properties), ['AssumeRolePolicyDocument']);
      template.allResourcesProperties('AWS::IAM::Role', {
        AssumeRolePolicyDocument: {
          Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
      });
    }
  });

  it('contain no wildcard action and no wildcard resource in any policy', () => {
    const policies = Object.values(json.Resources).filter(({ Properties }) => 'PolicyDocument' in Properties);
    assert.equal(policies.length, 3 + 6 + 3);
    for (const line of policies.flatMap(allowed)) assert.doesNotMatch(line, /\*.* on | on \*/u);
  });
});

describe('alarms', () => {
  const alarms = resourcesOf(json, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  const of = (metric: string, dimension: string, id: string, value: unknown): void => {
    const alarm = alarms.find(
      ({ MetricName, Dimensions }) =>
        MetricName === metric && isDeepStrictEqual(Dimensions, [{ Name: dimension, Value: value }]),
    );
    assert.ok(alarm, `${metric} of ${id}`);
    const { ComparisonOperator, TreatMissingData, ActionsEnabled } = alarm;
    assert.deepEqual(
      [ComparisonOperator, TreatMissingData, ActionsEnabled],
      ['GreaterThanOrEqualToThreshold', 'notBreaching', undefined],
    );
  };

  for (const name of ['Inspect', 'Convert']) {
    it(`watch every queue and the function of ${name}, and are silent while there is no work`, () => {
      const queue = (role: string) => {
        const [id] = only('AWS::SQS::Queue', `${name}Events${role}`);
        return [id, { 'Fn::GetAtt': [id, 'QueueName'] }] as const;
      };
      const [handler] = only('AWS::Lambda::Function', name);
      of('ApproximateNumberOfMessagesVisible', 'QueueName', ...queue('DeadLetters'));
      of('ApproximateAgeOfOldestMessage', 'QueueName', ...queue('Queue'));
      for (const metric of ['Errors', 'Throttles', 'Duration']) of(metric, 'FunctionName', handler, { Ref: handler });
      const [rule] = only('AWS::Events::Rule', name);
      for (const metric of ['FailedInvocations', 'InvocationsFailedToBeSentToDlq'])
        of(metric, 'RuleName', rule, { Ref: rule });
    });
  }

  it('watch the function of failures', () => {
    const [fail] = only('AWS::Lambda::Function', 'Fail');
    for (const metric of ['Errors', 'Throttles']) of(metric, 'FunctionName', fail, { Ref: fail });
  });

  it('are all on the dashboard, whose body is JSON', () => {
    const [[, dashboard] = assert.fail()] = resourcesOf(json, 'AWS::CloudWatch::Dashboard');
    const body = inWords(dashboard.Properties['DashboardBody']);
    for (const [id] of resourcesOf(json, 'AWS::CloudWatch::Alarm')) assert.ok(body.includes(`${id}.Arn`), id);
    assert.doesNotThrow(() => JSON.parse(body));
  });
});

describe('the template', () => {
  it('fits any account and region, several times: nothing has a fixed name', () => {
    assert.equal(stack.environment, 'aws://unknown-account/unknown-region');
    const names = Object.entries(json.Resources).flatMap(([id, { Properties }]) =>
      Object.entries(Properties)
        .filter(([property, value]) => typeof value === 'string' && /^(?:\w{4,8}|)Name$/u.test(property))
        .map(([property, value]) => `${id} ${property}: ${String(value)}`),
    );
    assert.deepEqual(
      names.filter((name) => !/ (?:PolicyName|MetricName): /u.test(name)),
      [],
    );
  });
});
