import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { ArchiveConverter, type ArchiveConverterProps } from '../../infra/archive-converter.ts';
import { emptyApp } from './lading-app.ts';
import { allowed, resourcesOf, statementsOf, type TemplateJson } from './template.ts';

/** A foreign stack with one converter in it. */
function converter(props: (stack: Stack) => ArchiveConverterProps = () => ({}), app = emptyApp()) {
  const stack = new Stack(app, 'Theirs');
  const made = new ArchiveConverter(stack, 'Archives', props(stack));
  return { stack, made, json: () => Template.fromStack(stack).toJSON() as TemplateJson };
}

describe('a bucket that is handed in', () => {
  it('gets EventBridge switched on when this app makes it, beside what it tells others', () => {
    const { stack, json } = converter((own) => ({ uploads: new Bucket(own, 'Incoming') as IBucket }));
    const [, bucket] =
      resourcesOf(json(), 'AWS::S3::Bucket').find(([id]) => id.startsWith('Incoming')) ?? assert.fail();
    assert.deepEqual(bucket.Properties['NotificationConfiguration'], {
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  it('is warned about when it is imported, as only its owner can switch EventBridge on', () => {
    const { stack } = converter((own) => ({ uploads: Bucket.fromBucketName(own, 'Theirs', 'incoming') }));
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('EventBridge must be on for the uploads bucket'),
    );
  });
});

describe('the construct', () => {
  it('can be made in an app without feature flags', () => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    const [[, logs] = assert.fail()] = resourcesOf(converter(undefined, app).json(), 'AWS::S3::Bucket');
    assert.deepEqual(logs.Properties['OwnershipControls'], { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] });
  });

  it('refuses a template that makes no name, before anything is deployed', () => {
    for (const nameTemplate of ['GHCR.io/Team/{name}:{tag}', 'team/{name}:{tag}:{tag}'])
      assert.throws(() => converter(() => ({ nameTemplate })), {
        name: 'BadSetting',
        message: /^Cannot name images by /,
      });
    assert.doesNotThrow(() => converter(() => ({ nameTemplate: 'ghcr.io/team/{name}:{tag}' })));
  });

  it('refuses a setting that does not exist, such as the name of one of the stack', () => {
    const misspelled: object = { memory: 1 };
    assert.throws(() => converter(() => misspelled), {
      name: 'BadSetting',
      message: /^Cannot make an ArchiveConverter with memory: there is no such setting, only prefix, .*inspectMemory, /,
    });
  });

  it('shows what it is made of', () => {
    const { stack, made } = converter();
    const idOf = (each: { node: { path: string } }) => each.node.path.replace('Theirs/Archives/', '');
    assert.deepEqual(Object.values(made.functions).map(idOf), [
      'Inspect/Function',
      'Convert/Function',
      'Fail/Function',
    ]);
    assert.deepEqual(Object.values(made.queues).map(idOf), ['InspectEvents/Queue', 'ConvertEvents/Queue']);
    assert.deepEqual(Object.values(made.deadLetterQueues).map(idOf), [
      'InspectEvents/DeadLetters',
      'ConvertEvents/DeadLetters',
    ]);
    assert.deepEqual(Object.values(made.rules).map(idOf), [
      'InspectEvents/ObjectCreated',
      'ConvertEvents/ObjectCreated',
    ]);
    assert.equal(
      made.alarms.length,
      resourcesOf(Template.fromStack(stack).toJSON() as TemplateJson, 'AWS::CloudWatch::Alarm').length,
    );
    assert.equal(made.dashboard && idOf(made.dashboard), 'Dashboard');
  });

  it('takes a place for access logs, a time for uploads, and the fate of its buckets', () => {
    const { json } = converter((stack) => ({
      accessLogsBucket: new Bucket(stack, 'Logs') as IBucket,
      removalPolicy: RemovalPolicy.DESTROY,
      uploadsRetention: Duration.days(20),
    }));
    const buckets = resourcesOf(json(), 'AWS::S3::Bucket').filter(([id]) => id.startsWith('Archives'));
    assert.equal(buckets.length, 2, 'no access log bucket of its own');
    for (const [id, { DeletionPolicy, Properties }] of buckets) {
      assert.equal(DeletionPolicy, 'Delete', id);
      assert.match(JSON.stringify(Properties['LoggingConfiguration']), /Logs/u);
    }
    const [[, uploads] = assert.fail()] = buckets;
    const { Rules } = uploads.Properties['LifecycleConfiguration'] as { Rules: { ExpirationInDays?: number }[] };
    assert.ok(Rules.some((rule) => rule.ExpirationInDays === 20));
  });

  it('runs all functions in a VPC, with its subnets and groups, and lets Lambda attach them', () => {
    const { json } = converter((stack) => {
      const vpc = new Vpc(stack, 'Net', { maxAzs: 2 }) as IVpc;
      const group = SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345678');
      return { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, securityGroups: [group] };
    });
    const functions = resourcesOf(json(), 'AWS::Lambda::Function').filter(([id]) => id.startsWith('Archives'));
    assert.equal(functions.length, 3);
    for (const [id, { Properties }] of functions) {
      const { SubnetIds, SecurityGroupIds } = Properties['VpcConfig'] as Record<string, unknown[]>;
      assert.deepEqual([SubnetIds?.length, SecurityGroupIds], [2, ['sg-12345678']], id);
      assert.match(JSON.stringify(SubnetIds), /NetPrivate/u);
    }
    const roles = resourcesOf(json(), 'AWS::IAM::Role').filter(([id]) =>
      /^Archives(Inspect|Convert|Fail)Role/u.test(id),
    );
    assert.equal(roles.length, 3);
    for (const [, { Properties }] of roles)
      assert.match(JSON.stringify(Properties['ManagedPolicyArns']), /AWSLambdaVPCAccessExecutionRole/u);
  });

  it('refuses subnets and security groups without their VPC', () => {
    const settings = { vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS } };
    assert.throws(() => converter(() => settings), /without vpc/u);
  });

  it('tells of failed uploads apart', () => {
    const { made, json } = converter();
    made.onFailed('Failed');
    const [, rule] = resourcesOf(json(), 'AWS::Events::Rule').find(([id]) => id.includes('Failed')) ?? assert.fail();
    const { detail } = rule.Properties['EventPattern'] as { detail: Record<string, unknown> };
    assert.deepEqual(detail['outcome'], ['failed']);
    assert.ok('resultsBucket' in detail);
  });

  it('gives the rights for the whole way in one call', () => {
    const { stack, made, json } = converter();
    made.grantRoundTrip(new Role(stack, 'Person', { assumedBy: new AccountPrincipal('123456789012') }));
    const policies = resourcesOf(json(), 'AWS::IAM::Policy').filter(([id]) => id.startsWith('Person'));
    assert.deepEqual(
      policies.flatMap(([, policy]) => allowed(policy)).map((line) => line.replace(/[0-9A-F]{8}\./u, '.')),
      [
        's3:AbortMultipartUpload on ArchivesUploads.Arn/*',
        's3:GetObject on ArchivesResults.Arn/*',
        's3:ListBucket on ArchivesResults.Arn',
        's3:ListBucketMultipartUploads on ArchivesUploads.Arn',
        's3:ListMultipartUploadParts on ArchivesUploads.Arn/*',
        's3:PutObject on ArchivesUploads.Arn/*',
      ],
    );
  });
});

describe('the role for GitHub', () => {
  const trustOf = (gitHub: ArchiveConverterProps['gitHub']) => {
    const json = converter(() => ({ gitHub })).json();
    const [, role] = resourcesOf(json, 'AWS::IAM::Role').find(([id]) => id.includes('GitHub')) ?? assert.fail();
    const policy = { ...role, Properties: { PolicyDocument: role.Properties['AssumeRolePolicyDocument'] } };
    return { json, statements: statementsOf(policy) };
  };

  it('trusts one branch or one environment of one repository, by a provider that is a plain resource', () => {
    const { json, statements } = trustOf({ repository: 'team/app', branch: 'main' });
    assert.deepEqual(
      statements.map(({ Action, Condition }) => [Action, Condition]),
      [
        [
          'sts:AssumeRoleWithWebIdentity',
          {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': 'repo:team/app:ref:refs/heads/main',
            },
          },
        ],
      ],
    );
    assert.equal(resourcesOf(json, 'AWS::IAM::OIDCProvider').length, 1);
    assert.equal(resourcesOf(json, 'AWS::Lambda::Function').length, 3, 'and no function makes it');
    const [{ Condition } = assert.fail()] = trustOf({ repository: 'team/app', environment: 'prod' }).statements;
    assert.match(JSON.stringify(Condition), /repo:team\/app:environment:prod/u);
  });

  it('accepts the provider that the account has', () => {
    const providerArn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
    const { json, statements } = trustOf({ repository: 'team/app', branch: 'main', providerArn });
    assert.deepEqual(resourcesOf(json, 'AWS::IAM::OIDCProvider'), []);
    assert.deepEqual(statements[0]?.Principal, { Federated: providerArn });
  });

  it('refuses wildcards, and a trust without a branch or an environment', () => {
    for (const gitHub of [
      { repository: 'team/*', branch: 'main' },
      { repository: 'team/app', branch: '*' },
      { repository: 'team/app', environment: 'prod-?' },
      { repository: 'app', branch: 'main' },
      { repository: 'team/app' },
      { repository: 'team/app', branch: 'main', environment: 'prod' },
    ])
      assert.throws(() => converter(() => ({ gitHub })), { name: 'BadSetting' }, JSON.stringify(gitHub));
  });
});
