import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BadSetting } from './bad-setting.ts';
import type { GitHubTrust } from './constructs/github-role.ts';

interface Setting<T> {
  /** What the value of a setting of the CDK app must be, in words that complete the sentence "it has to be …". */
  expected: string;
  /** Parses the text of a setting of the CDK app, and returns its value. Null when the text is wrong. */
  read: (text: string) => T | null;
}

const bucket = matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u, 'the name of a bucket');
const memory = whole(128, 10_240, 'MB');
const truth: Setting<boolean> = {
  expected: 'true or false',
  read: (text) => (text === 'true' || text === 'false' ? text === 'true' : null),
};

const SETTINGS = {
  stackName: matching(/^[A-Za-z][A-Za-z0-9-]{0,127}$/u, 'the name of a stack, of letters, digits and hyphens'),
  uploadsBucket: bucket,
  resultsBucket: bucket,
  prefix: matching(/^.+$/u, 'the beginning of keys, such as team/'),
  suffixes: { expected: 'the endings of keys, such as .tar,.tar.gz', read: (text: string) => text.split(',') },
  nameTemplate: matching(/\{name\}.*\{tag\}/u, 'a name with {name} and {tag} in it, such as ghcr.io/team/{name}:{tag}'),
  maxUploadGiB: whole(1, 5120, 'GiB'),
  memory,
  convertMemory: memory,
  concurrency: whole(2, 1000, 'executions'),
  reservedConcurrency: whole(2, 1000, 'executions'),
  uploadsDays: whole(1, 36_500, 'days'),
  resultsDays: whole(1, 36_500, 'days'),
  logDays: {
    expected: `one of ${logDays().join(', ')} days`,
    read: (text: string) => logDays().find((days) => String(days) === text) ?? null,
  },
  encryptionKey: matching(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/u, 'the ARN of a KMS key'),
  eventBus: matching(/^[\w./-]{1,256}$/u, 'the name of an event bus'),
  completionTopic: matching(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/u, 'the ARN of an SNS topic'),
  dashboard: truth,
  reports: truth,
  gitHub: {
    expected: 'OWNER/NAME:branch:BRANCH or OWNER/NAME:environment:ENVIRONMENT, without wildcards',
    read: gitHubTrust,
  },
  gitHubProvider: matching(/^arn:[\w-]+:iam::\d{12}:oidc-provider\/.+$/u, 'the ARN of an identity provider'),
  alarmEmail: matching(/^[^\s@]+@[^\s@]+$/u, 'an e-mail address'),
};

/** The settings of the CDK app, by name. docs/operations.md explains each. */
export type Settings = { [Name in keyof typeof SETTINGS]?: NonNullable<ReturnType<(typeof SETTINGS)[Name]['read']>> };

/**
 * Reads the settings from the CDK's context (`-c name=value`, `cdk.json`). Settings that are not given are absent in
 * the result. Throws `BadSetting` for a wrong value or an unknown name.
 */
export function settingsFrom(context: Record<string, unknown>): Settings {
  const ours = Object.entries(context).filter(([name]) => !isOfTheCdk(name));
  return Object.fromEntries(ours.map(([name, value]) => [name, valueOf(name, String(value))]));
}

/**
 * True for a name in the CDK's context that is no setting of Lading but a feature flag or a cache of the CDK. Such a
 * name contains `@`, `:` or `/`.
 */
function isOfTheCdk(name: string): boolean {
  return /[@:/]/u.test(name);
}

function valueOf(name: string, text: string): unknown {
  const setting = new Map<string, Setting<unknown>>(Object.entries(SETTINGS)).get(name);
  if (setting === undefined)
    throw new BadSetting(
      `Cannot deploy with ${name}: there is no such setting, only ${Object.keys(SETTINGS).join(', ')}`,
    );
  const value = setting.read(text);
  if (value === null) throw new BadSetting(`Cannot deploy with ${name}=${text}: it has to be ${setting.expected}`);
  return value;
}

/**
 * Parses the setting for GitHub workflows: `OWNER/NAME:branch:BRANCH` or `OWNER/NAME:environment:ENVIRONMENT`. Null for
 * any other text.
 */
function gitHubTrust(text: string): GitHubTrust | null {
  const [, repository, kind, name] = /^([\w.-]+\/[\w.-]+):(branch|environment):([\w./-]+)$/u.exec(text) ?? [];
  if (repository === undefined || name === undefined) return null;
  return { repository, ...(kind === 'branch' ? { branch: name } : { environment: name }) };
}

function matching(pattern: RegExp, expected: string): Setting<string> {
  return { expected, read: (text) => (pattern.test(text) ? text : null) };
}

function whole(least: number, most: number, unit: string): Setting<number> {
  const read = (text: string): number | null => {
    const number = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most ? number : null;
  };
  return { expected: `a whole number of ${unit}, ${least} to ${most}`, read };
}

/** Returns the numbers of days for which CloudWatch Logs can keep logs. "Forever" is not among them. */
function logDays(): RetentionDays[] {
  const days = Object.values(RetentionDays).filter((each) => typeof each === 'number');
  return days.filter((each) => each !== RetentionDays.INFINITE);
}
