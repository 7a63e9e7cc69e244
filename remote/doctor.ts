import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Bilingual } from '../core/catalogue/bilingual.ts';
import { endedBy } from '../s3/client.ts';
import { tryOut } from './canary.ts';
import { noRule, silentBucket } from './complaints.ts';
import {
  allRules,
  type Complaint,
  complaintsAbout,
  fatal,
  type AwsClients,
  watching,
  type WatchingRule,
} from './path-check.ts';
import type { Remote } from './remote.ts';

/**
 * Checks a deployed service: the notifications of its two buckets, and the rules, queues, keys and functions behind
 * them. Also sends a trial upload, unless a fault would stop every upload, and waits at most `timeoutMs` milliseconds
 * for its result. Returns a sentence for each fault; an empty list for a sound service.
 */
export async function diagnose(remote: Remote, timeoutMs: number): Promise<Bilingual[]> {
  const { access, buckets } = remote;
  // One handler for all: it knows the proxy, and is destroyed with the client for S3.
  const { requestHandler } = access.client.config;
  const aws = {
    events: new EventBridgeClient({ requestHandler }),
    lambda: new LambdaClient({ requestHandler }),
    kms: new KMSClient({ requestHandler }),
    sqs: new SQSClient({ requestHandler }),
  };
  const all = await allRules(aws, access.signal);
  const rulesOf = (bucket: string) => all.flatMap((rule) => watching(rule, bucket));
  const found = [
    ...(await ofBucket(buckets.uploads, rulesOf(buckets.uploads), aws, remote)),
    ...(await ofBucket(buckets.results, rulesOf(buckets.results), aws, remote)),
  ];
  const sentences = found.map(({ sentence }) => sentence);
  if (found.some(({ isFatal }) => isFatal)) return sentences;
  const trial = await tryOut(keyFor(rulesOf(buckets.uploads)), timeoutMs, remote);
  return trial === null ? sentences : [...sentences, trial];
}

/**
 * Checks that events about new objects get from a bucket to their Lambda function. `rules` are the EventBridge rules
 * for new objects in the bucket. Returns the faults; an empty list when there are none.
 */
async function ofBucket(
  bucket: string,
  rules: WatchingRule[],
  aws: AwsClients,
  { access: { client, signal } }: Remote,
): Promise<Complaint[]> {
  const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket });
  const { EventBridgeConfiguration: isOn } = await client.send(command, endedBy(signal));
  const silent = isOn === undefined ? [fatal(silentBucket(bucket))] : [];
  const found: Complaint[][] = [];
  for (const rule of rules) {
    const complaints = await complaintsAbout(rule, aws, signal);
    if (complaints !== null) found.push(complaints);
  }
  return [...silent, ...(found.length === 0 ? [fatal(noRule(bucket))] : found.flat())];
}

/**
 * Returns a prefix and a suffix with which the service handles a key. They are those in the key condition of its first
 * EventBridge rule, or what is before and after the `*` in a condition with a wildcard. What the condition does not
 * have is replaced by an empty prefix or the suffix `.tar`.
 */
function keyFor([rule]: WatchingRule[]): { prefix: string; suffix: string } {
  const { prefix = '', suffix = '.tar', wildcard } = rule?.key ?? {};
  if (wildcard === undefined) return { prefix, suffix };
  const [before = '', after = ''] = wildcard.split('*');
  return { prefix: before, suffix: after };
}
