import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Completion } from '../../core/service/completion.ts';
import { dockerExport, makeRootTar } from '../interop/exports.ts';
import { Docker } from '../support/engines-docker.ts';
import { BUSYBOX, STORY } from '../support/engines-roots.ts';
import { run } from '../support/engines.ts';
import { assertCompletionEvent } from '../support/manifest-schema.ts';
import { PEERS, Project, ROOT } from '../support/package.ts';
import { breakages, type Parts } from './broken.ts';
import { Cloud, withoutCloud } from './cloud.ts';
import { added, inventory, kindsIn } from './inventory.ts';
import { subscribe } from './subscriber.ts';

// An app with the packed construct, as `cdk deploy` brings it into an AWS emulator, used as its users use it
// (docs/deployment.md says what this does not prove). Each test continues from the state in which the one before has
// ended.

const skip = withoutCloud();
const EXAMPLE = join(import.meta.dirname, '../../examples/web.tar.gz');
const COMMAND = join(import.meta.dirname, '../../cli/lading.js');
const STACK = 'Lading';
const SECOND = 'Second';
const THEIRS = { uploads: 'incoming', results: 'outgoing' };
const OUTPUTS = 'outputs.json';

let app: Project;
let cloud: Cloud;
let docker: Docker;
let uploads: string;
let results: string;
let completed: () => Promise<Completion>;
let accountBefore: Record<string, string[]>;

before(async () => {
  if (skip !== false) return;
  app = await packedApp();
  cloud = await Cloud.start();
  docker = await Docker.start();
});
after(() => Promise.all([cloud?.stop(), docker?.stop()]));

test('the app is deployed into an account', { skip }, async () => {
  await cloud.cdk(app.dir, 'bootstrap');
  completed = await subscribe(cloud);
  await makeForeignBuckets();
  accountBefore = await inventory(cloud);
  await deploy();
  ({ UploadsBucket: uploads = '', ResultsBucket: results = '' } = outputs());
  await assertAllMade();
});

test('an uploaded docker export becomes an image that Docker Engine loads and runs', { skip }, async (t) => {
  const key = 'team a/box+1 (é).tar';
  const { file, inspect } = await bulkyExport();
  const sidecar = { name: 'deployed:1.0', inspect: JSON.parse(readFileSync(inspect, 'utf8')) as unknown };
  const sidecarFile = join(cloud.dir, 'sidecar.json');
  writeFileSync(sidecarFile, JSON.stringify(sidecar));
  await upload(sidecarFile, `${key}.lading.json`);
  await upload(file, key);

  const manifest = await manifestOf(key);
  assert.equal(manifest.outcome, 'converted');
  assert.ok(manifest.cost.bytesSent < BULK, `S3 copies the bulk itself: ${manifest.cost.bytesSent} bytes were sent`);
  await loadAsToldBy(manifest);
  assert.equal(await docker.docker('run', '--rm', '--network', 'none', 'deployed:1.0'), STORY.secondRun);

  const completion = await completed();
  assertCompletionEvent(completion);
  assert.deepEqual([completion.source.key, completion.job], [key, manifest.job]);

  const bridged = new Set(cloud.log.match(/^bridged: .*/gmu));
  for (const hop of bridged) t.diagnostic(`${hop}, by test/deploy/emulator.py: the emulator does not know it`);
});

test(
  'lading doctor finds the service sound, and names in a sentence what is wrong with a broken one',
  { skip },
  async () => {
    const sound = await lading('doctor', '--timeout', '120');
    assert.deepEqual(
      [sound.code, sound.stdout],
      [0, 'The service is sound: a trial upload became an image.\n'],
      sound.stderr,
    );
    const trial = await completed();
    assertCompletionEvent(trial);
    assert.equal(trial.canary, true, 'its event says that it is a trial');
    for (const bucket of [uploads, results])
      assert.doesNotMatch(
        await cloud.aws('s3', 'ls', '--recursive', `s3://${bucket}`),
        /canary/u,
        'and nothing of it is left',
      );

    const parts: Parts = {
      uploads,
      rule: (await physicalName('AWS::Events::Rule', /Inspect/u)).replace(/^.*\|/u, ''),
      queue: await physicalName('AWS::SQS::Queue', /InspectEventsQueue/u),
      deadLetters: await physicalName('AWS::SQS::Queue', /InspectEventsDeadLetters/u),
      inspect: await physicalName('AWS::Lambda::Function', /Inspect/u),
    };
    for (const broken of await breakages(parts, cloud)) {
      await broken.make();
      const { code, stdout, stderr } = await lading('doctor', '--timeout', '120');
      await broken.undo();
      assert.equal(code, 8, `${broken.what}: ${stderr}`);
      assert.match(stdout, broken.says, broken.what);
    }
  },
);

test('the functions run under their roles: when a right is taken away, they fail', { skip }, async () => {
  const role = await physicalName('AWS::IAM::Role', /Inspect/u);
  const [name, key] = ['taken-away', 'forbidden.tar.gz'];
  const document = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' } };
  const policy = ['--role-name', role, '--policy-name', name];
  await cloud.aws('iam', 'put-role-policy', ...policy, '--policy-document', JSON.stringify(document));
  await upload(EXAMPLE, key);
  await logged(/Inspect/u, 'AccessDenied');
  assert.equal(await found(key), null);
  await cloud.aws('iam', 'delete-role-policy', ...policy);
});

test(
  'an upload whose function cannot start ends as failed, and delivering its event again puts that right',
  { skip },
  async () => {
    const name = ['--function-name', await physicalName('AWS::Lambda::Function', /Inspect/u)];
    const queue = ['--queue-url', await physicalName('AWS::SQS::Queue', /InspectEventsQueue/u)];
    const dead = ['--queue-url', await physicalName('AWS::SQS::Queue', /InspectEventsDeadLetters/u)];
    const handler = await cloud.ask<string>('lambda', 'get-function-configuration', ...name, '--query', 'Handler');
    await cloud.aws('sqs', 'set-queue-attributes', ...queue, '--attributes', 'VisibilityTimeout=1');
    await cloud.aws('lambda', 'update-function-configuration', ...name, '--handler', 'absent.handler');
    const key = 'crashing.tar.gz';
    const how = ['--key', key, '--name', 'web:3', '--wait', '--timeout', '120'];
    const { code, stderr } = await lading('upload', EXAMPLE, ...how);
    assert.equal(code, 5, stderr);
    const { outcome, summary } = await manifestOf(key);
    assert.equal(outcome, 'failed');
    assert.match(summary, /its function has crashed or run out of time at each try, or could not start/u);
    assert.equal((await completedFor(key)).outcome, 'failed');
    assert.equal((await lading('status', key)).code, 5);

    await cloud.aws('lambda', 'update-function-configuration', ...name, '--handler', handler);
    await cloud.aws('sqs', 'set-queue-attributes', ...queue, '--attributes', 'VisibilityTimeout=1800');
    // The emulator does not know StartMessageMoveTask, which does the same.
    const take = ['receive-message', ...dead, '--wait-time-seconds', '1', '--query', 'Messages[0]'];
    const letter = await cloud.until('the dead letter', async () => {
      const message = await cloud.ask<{ Body: string } | null>('sqs', ...take);
      return message?.Body.includes(key) === true ? message : null;
    });
    await cloud.aws('sqs', 'send-message', ...queue, '--message-body', letter.Body);
    assert.equal((await completedFor(key)).outcome, 'converted');
    assert.equal((await lading('status', key)).code, 0);
  },
);

test('an updated app has its new settings and its old buckets, and still works', { skip }, async () => {
  await deploy('-c', 'prefix=team/', '-c', 'convertMemory=1024', '-c', 'alarmEmail=ops@example.com');
  await assertAllMade();
  assert.deepEqual(outputs(), { UploadsBucket: uploads, ResultsBucket: results, UploadPrefix: 'team/' });
  const convert = ['--function-name', await physicalName('AWS::Lambda::Function', /Convert/u)];
  assert.equal(await cloud.ask('lambda', 'get-function-configuration', ...convert, '--query', 'MemorySize'), 1024);

  await upload(EXAMPLE, 'elsewhere.tar.gz', '--metadata', 'name=web:1');
  await upload(EXAMPLE, 'team/web.tar.gz', '--metadata', 'name=web:2');
  await loadAsToldBy(await manifestOf('team/web.tar.gz'));
  const greeting = await docker.docker('run', '--rm', '--network', 'none', 'web:2', 'cat', '/srv/www/index.html');
  assert.equal(greeting, '<h1>Changed in the running container</h1>');
  // The upload of the test before last may end only now, as failed, when its function was slow.
  assert.equal((await completedFor('team/web.tar.gz')).outcome, 'converted');
  assert.equal(await found('elsewhere.tar.gz'), null, 'what the prefix leaves out is left alone');
});

test('a second service in the same account, on buckets of its own, works beside the first one', { skip }, async () => {
  const buckets = ['-c', `uploadsBucket=${THEIRS.uploads}`, '-c', `resultsBucket=${THEIRS.results}`];
  const stack = ['-c', `stackName=${SECOND}`];
  await cloud.cdk(
    ROOT,
    'deploy',
    '--no-lookups',
    '--require-approval',
    'never',
    ...stack,
    ...buckets,
    '-c',
    'dashboard=false',
    SECOND,
  );
  const names = ['--uploads', THEIRS.uploads, '--results', THEIRS.results];
  const { code, stderr } = await lading('upload', EXAMPLE, '--key', 'b.tar.gz', '-t', 'web:4', '--wait', ...names);
  assert.equal(code, 0, stderr);
  assert.equal(await found('b.tar.gz'), null, 'the first service has nothing of it');
  await cloud.cdk(ROOT, 'destroy', '--force', ...stack, SECOND);
});

test('removing the app keeps its buckets, full and closed to the public, and nothing else', { skip }, async () => {
  await cloud.cdk(app.dir, 'destroy', '--force', STACK);
  const left = added(accountBefore, await inventory(cloud));
  assert.deepEqual(Object.keys(left), ['AWS::S3::Bucket']);
  const buckets = left['AWS::S3::Bucket'] ?? [];
  assert.equal(buckets.length, 3, 'uploads, results, access logs');
  for (const bucket of buckets)
    assert.match(await cloud.aws('s3api', 'get-bucket-policy', '--bucket', bucket), /aws:SecureTransport/u);
  assert.ok(await cloud.aws('s3', 'ls', '--recursive', `s3://${results}`));
});

/** The app of somebody who has installed the package, with the feature flags that `cdk init` sets. */
async function packedApp(): Promise<Project> {
  const project = await Project.make({ type: 'module' });
  project.link(PEERS.today, 'aws-cdk-lib', 'constructs');
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: object };
  project.write('cdk.json', JSON.stringify({ app: 'node app.js', versionReporting: false, context }));
  copyFileSync(join(import.meta.dirname, 'app.js'), join(project.dir, 'app.js'));
  return project;
}

/** Makes two buckets that no stack knows, with EventBridge on. */
async function makeForeignBuckets(): Promise<void> {
  const on = ['--notification-configuration', JSON.stringify({ EventBridgeConfiguration: {} })];
  for (const name of Object.values(THEIRS)) {
    await cloud.aws('s3', 'mb', `s3://${name}`);
    await cloud.aws('s3api', 'put-bucket-notification-configuration', '--bucket', name, ...on);
  }
}

async function deploy(...settings: string[]): Promise<void> {
  const flags = ['--no-lookups', '--require-approval', 'never', '--outputs-file', join(cloud.dir, OUTPUTS)];
  await cloud.cdk(app.dir, 'deploy', ...flags, ...settings, STACK);
}

/** The outputs of the stack by name, as the CDK wrote them. */
function outputs(): Record<string, string> {
  const stacks = JSON.parse(readFileSync(join(cloud.dir, OUTPUTS), 'utf8')) as Record<string, Record<string, string>>;
  return stacks[STACK] ?? {};
}

/** Fails unless the account has new resources of exactly the kinds that the stack lists. */
async function assertAllMade(): Promise<void> {
  const made = added(accountBefore, await inventory(cloud));
  assert.deepEqual(Object.keys(made).toSorted(), await kindsIn(cloud, STACK));
}

/** Runs the command line of this checkout on the deployed buckets. */
async function lading(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...cloud.env, LADING_UPLOADS: uploads, LADING_RESULTS: results };
  return await new Promise((done) => {
    execFile(process.execPath, [COMMAND, ...args], { env }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/** The next completion of a key. Those of other keys are passed over. */
async function completedFor(key: string): Promise<Completion> {
  for (;;) {
    const completion = await completed();
    if (completion.source.key === key) return completion;
  }
}

async function upload(file: string, key: string, ...options: string[]): Promise<void> {
  await cloud.aws('s3', 'cp', '--no-progress', ...options, file, `s3://${uploads}/${key}`);
}

const BULK = 48 * 2 ** 20;

/** A docker export of a container that ran, large enough for the aws CLI and Lading to send it in several parts. */
async function bulkyExport(): Promise<{ file: string; inspect: string }> {
  const root = await makeRootTar(BUSYBOX, cloud.dir);
  writeFileSync(join(cloud.dir, 'bulk'), Buffer.alloc(BULK, 'lading'));
  await run('tar', ['-C', cloud.dir, '-rf', root, 'bulk']);
  const { file, inspect } = await dockerExport(docker, root, cloud.dir);
  assert.ok(inspect !== null);
  return { file, inspect };
}

/** Runs the command that the manifest gives to the uploader. */
async function loadAsToldBy({ load }: ArchiveManifest): Promise<void> {
  const line = load.find((each) => each.endsWith('docker load'));
  assert.ok(line !== undefined);
  await run('sh', ['-c', line], { ...docker.env, ...cloud.env });
}

async function manifestOf(key: string): Promise<ArchiveManifest> {
  return await cloud.until(`the manifest of ${key}`, () => found(key));
}

async function found(key: string): Promise<ArchiveManifest | null> {
  const manifest = `${key}/manifest.json`;
  const query = ['--bucket', results, '--prefix', manifest, '--query', 'Contents[].Key'];
  const there = await cloud.ask<string[] | null>('s3api', 'list-objects-v2', ...query);
  if (!there?.includes(manifest)) return null;
  return JSON.parse(await cloud.aws('s3', 'cp', `s3://${results}/${manifest}`, '-')) as ArchiveManifest;
}

/** Waits until a function has written `text` to its log group. */
async function logged(logicalId: RegExp, text: string): Promise<void> {
  const group = await physicalName('AWS::Logs::LogGroup', logicalId);
  const query = ['--log-group-name', group, '--query', 'events[].message'];
  await cloud.until(`${text} in ${group}`, async () => {
    const lines = await cloud.ask<string[]>('logs', 'filter-log-events', ...query);
    return lines.some((line) => line.includes(text)) ? true : null;
  });
}

/** The name that CloudFormation gave to the stack's resource of this kind and logical id. */
async function physicalName(kind: string, logicalId: RegExp): Promise<string> {
  const query = ['--stack-name', STACK, '--query', `StackResourceSummaries[?ResourceType=='${kind}']`];
  type Resource = { LogicalResourceId: string; PhysicalResourceId: string };
  const resources = await cloud.ask<Resource[]>('cloudformation', 'list-stack-resources', ...query);
  const resource = resources.find(({ LogicalResourceId: id }) => logicalId.test(id));
  assert.ok(resource !== undefined, `no ${kind} whose id matches ${logicalId.source}`);
  return resource.PhysicalResourceId;
}
