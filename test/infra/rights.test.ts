import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { Template } from 'aws-cdk-lib/assertions';
import { ladingApp } from './lading-app.ts';
import { type Caller, type Need, recordNeeds } from './recorded.ts';
import { allowed as rightsIn, inWords, listOf, resourcesOf, statementsOf, type TemplateJson } from './template.ts';

// The policies of the template, evaluated by a simulator of IAM (not IAM itself) for the requests of the functions.

const template = Template.fromStack(ladingApp().stack).toJSON() as TemplateJson;
const ACCOUNT = '123456789012';
const KEY = 'team/app.tar';

const idsOf = (type: string): string[] => resourcesOf(template, type).map(([id]) => id);
const idOf = (type: string, name: string): string =>
  idsOf(type).find((id) => id.startsWith(`Archives${name}`)) ?? assert.fail(`no ${type} ${name}`);

const CALLERS = ['inspect', 'convert', 'fail'] as const;
const NAMES = { inspect: 'Inspect', convert: 'Convert', fail: 'Fail' } as const;

const bucket = (name: string): string => `arn:aws:s3:::${name}`;
const queue = (id: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${id}`;
const log = (id: string): string => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${id}:*`;
const bus = (name: string): string => `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/${name}`;

/** The ARNs that a deployment would put in the place of references. */
const ARNS = new Map([
  ...idsOf('AWS::SQS::Queue').map((id) => [id, queue(id)] as const),
  ...idsOf('AWS::Logs::LogGroup').map((id) => [id, log(id)] as const),
  ...idsOf('AWS::S3::Bucket').map((id) => [id, bucket(id.toLowerCase())] as const),
  [idOf('AWS::S3::Bucket', 'Uploads'), bucket('uploads')],
  [idOf('AWS::S3::Bucket', 'Results'), bucket('results')],
]);

function resolved(value: unknown): string {
  return inWords(value)
    .replace(/^(\w+)\.Arn/u, (_, id: string) => ARNS.get(id) ?? assert.fail(id))
    .replace('AWS::Partition', 'aws')
    .replace('AWS::Region', 'us-east-1')
    .replace('AWS::AccountId', ACCOUNT);
}

/** The policies of one type that `concerns` accepts, with references replaced. */
function policies(type: string, concerns: (id: string, properties: Record<string, unknown>) => boolean): object[] {
  return resourcesOf(template, type)
    .filter(([id, { Properties }]) => concerns(id, Properties))
    .map(([, resource]) => ({
      Version: '2012-10-17',
      Statement: statementsOf(resource).map((each) => ({ ...each, Resource: listOf(each.Resource).map(resolved) })),
    }));
}

const SECURE = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.2' };
const COMPLETION = { 'events:source': 'lading', 'events:detail-type': 'Archive Completed' };

async function isAllowed(caller: Caller, { action, on }: Need, context: Record<string, string>): Promise<boolean> {
  const identity = policies('AWS::IAM::Policy', (id) => id.startsWith(`Archives${NAMES[caller]}`));
  const [resourcePolicy] = policies('AWS::S3::BucketPolicy', (_, { Bucket }) => {
    const arn = ARNS.get(inWords(Bucket)) ?? assert.fail();
    return on === arn || on.startsWith(`${arn}/`);
  });
  const simulated = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/${caller}`,
        action,
        resource: { resource: on, accountId: ACCOUNT },
        contextVariables: context,
      },
      identityPolicies: identity.map((policy, index) => ({ name: `${caller}-${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy && { resourcePolicy }),
    },
    {},
  );
  return simulated.resultType !== 'error' && simulated.overallResult === 'Allowed';
}

function contextOf(action: string): Record<string, string> {
  if (action.startsWith('events:')) return COMPLETION;
  return action.startsWith('s3:') ? SECURE : {};
}

/** The id of a queue of one path: its events, those that were given up, or those that wait for people. */
const queueOf = (path: 'Inspect' | 'Convert', role: 'Queue' | 'GivenUp' | 'DeadLetters'): string =>
  queue(idOf('AWS::SQS::Queue', `${path}Events${role}`));

/** The queues that each function takes its events from, and those that it sends events to. */
const TAKEN = {
  inspect: [queueOf('Inspect', 'Queue')],
  convert: [queueOf('Convert', 'Queue')],
  fail: [queueOf('Inspect', 'GivenUp'), queueOf('Convert', 'GivenUp')],
};
const SENT = {
  inspect: [queueOf('Inspect', 'GivenUp')],
  convert: [queueOf('Convert', 'GivenUp'), queueOf('Inspect', 'Queue')],
  fail: [queueOf('Inspect', 'DeadLetters'), queueOf('Convert', 'DeadLetters')],
};

/**
 * The rights that Lambda itself needs of a function's role (AWS, "Lambda execution role permissions"), for queues and
 * logs, and the rights to postpone an event whose work failed, to give it up and to pass it on
 * (test/lambda/handler/retry.test.ts).
 */
function ofLambda(caller: Caller): Need[] {
  const received = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'ChangeMessageVisibility'];
  return [
    ...TAKEN[caller].flatMap((on) => received.map((action) => ({ action: `sqs:${action}`, on }))),
    ...SENT[caller].map((on) => ({ action: 'sqs:SendMessage', on })),
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
      action,
      on: log(idOf('AWS::Logs::LogGroup', NAMES[caller])).replace('*', 'log-stream:one'),
    })),
  ];
}

/** Resources of the service and of others, on which an action could be allowed. */
const PLACES = [
  ...['uploads', 'results', 'somebody-elses'].flatMap((name) => [bucket(name), `${bucket(name)}/${KEY}`]),
  ...['inspection.json', 'image.tar', 'rootfs.tar', 'report.html', 'manifest.json', 'other'].map(
    (name) => `${bucket('results')}/${KEY}/${name}`,
  ),
  ...[...ARNS].filter(([id]) => id.includes('AccessLogs')).flatMap(([, arn]) => [arn, `${arn}/a`]),
  ...[...idsOf('AWS::SQS::Queue'), 'another'].map(queue),
  ...[...idsOf('AWS::Logs::LogGroup'), 'another'].map((id) => log(id).replace('*', 'log-stream:one')),
  bus('default'),
  bus('another'),
];

/** Actions that no function should be allowed, though they are close to those that it needs. */
const TEMPTATIONS = [
  's3:DeleteObjectVersion',
  's3:ListBucketVersions',
  's3:PutObjectAcl',
  's3:PutBucketPolicy',
  's3:PutLifecycleConfiguration',
  'sqs:PurgeQueue',
  'logs:DeleteLogStream',
  'events:PutRule',
];

const inOneLine = ({ action, on }: Need): string => `${action} on ${on}`;

describe('the rights of each function', () => {
  let recorded: Record<Caller, Need[]>;
  before(async () => {
    recorded = await recordNeeds(false);
  });
  /** The needs with ARNs, and with sidecars counted as uploads, as AWS does. */
  const needed = (caller: Caller): Need[] => [
    ...recorded[caller].map(({ action, on }) => ({
      action,
      on: on === 'bus' ? bus('default') : bucket(on.replace(/\.lading\.json$/u, '')),
    })),
    ...ofLambda(caller),
  ];
  const granted = (caller: Caller): string[] =>
    resourcesOf(template, 'AWS::IAM::Policy')
      .filter(([id]) => id.startsWith(`Archives${NAMES[caller]}`))
      .flatMap(([, policy]) => statementsOf(policy).flatMap(({ Action }) => listOf(Action)));

  for (const caller of CALLERS) {
    it(`of ${caller}: each action that its requests need, on the resources that they need, and no other action on any resource`, async () => {
      const all = [...CALLERS.flatMap(needed).map(({ action }) => action), ...TEMPTATIONS];
      const actions = new Set([...all, ...granted(caller)]);
      const allowed: string[] = [];
      for (const action of actions) {
        for (const on of PLACES) {
          if (await isAllowed(caller, { action, on }, contextOf(action))) allowed.push(inOneLine({ action, on }));
        }
      }
      assert.deepEqual(allowed.toSorted(), [...new Set(needed(caller).map(inOneLine))].toSorted());
    });

    it(`of ${caller} require TLS, and allow no other events than completions`, async () => {
      for (const need of needed(caller)) {
        const plain = { ...SECURE, 'aws:SecureTransport': 'false' };
        if (need.action.startsWith('s3:')) assert.equal(await isAllowed(caller, need, plain), false, inOneLine(need));
        const foreign = { ...COMPLETION, 'events:source': 'another' };
        if (need.action.startsWith('events:')) assert.equal(await isAllowed(caller, need, foreign), false);
      }
    });
  }

  it('are one more where reports are wanted, which each function needs then: to write them', async () => {
    const withReports = Template.fromStack(ladingApp({ settings: { reports: true } }).stack).toJSON() as TemplateJson;
    const needs = await recordNeeds(true);
    for (const caller of CALLERS) {
      const usual = new Set(recorded[caller].map(inOneLine));
      const more = needs[caller].map(inOneLine).filter((line) => !usual.has(line));
      assert.deepEqual(new Set(more), new Set([`s3:PutObject on results/${KEY}/report.html`]));
      const lines = (all: TemplateJson): string[] =>
        resourcesOf(all, 'AWS::IAM::Policy')
          .filter(([id]) => id.startsWith(`Archives${NAMES[caller]}`))
          .flatMap(([, policy]) => rightsIn(policy));
      const added = lines(withReports).filter((line) => !lines(template).includes(line));
      assert.match(added.join(), /^s3:PutObject on ArchivesResults\w+\.Arn\/\*\/report\.html$/u);
    }
  });
});
