import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Bilingual } from '../core/catalogue/bilingual.ts';
import { endedBy } from '../s3/client.ts';
import { tryOut } from './canary.ts';
import { noRule, silentBucket } from './complaints.ts';
import { complaintsAbout, type Probes, rulesOf, type WatchingRule } from './path-check.ts';
import type { Remote } from './remote.ts';

/**
 * Checks a deployed service: the notifications of its two buckets, and the rules, queues, keys and functions behind
 * them. Also sends a trial upload, unless a fault would stop every upload. Returns a sentence for each fault.
 */
export async function diagnose(remote: Remote, timeoutMs: number): Promise<Bilingual[]> {
  const probes = {
    events: new EventBridgeClient(),
    lambda: new LambdaClient(),
    kms: new KMSClient(),
    sqs: new SQSClient(),
  };
  try {
    const { uploads, results } = remote.buckets;
    const rules = await rulesOf(uploads, probes, remote.access.signal);
    const found = [
      ...(await ofBucket(uploads, rules, probes, remote)),
      ...(await ofBucket(results, await rulesOf(results, probes, remote.access.signal), probes, remote)),
    ];
    if (found.some(({ isFatal }) => isFatal)) return found.map(({ sentence }) => sentence);
    const trial = await tryOut(keyFor(rules), timeoutMs, remote);
    return [...found.map(({ sentence }) => sentence), ...(trial === null ? [] : [trial])];
  } finally {
    for (const client of Object.values(probes)) client.destroy();
  }
}

/** The faults on the way from one bucket to its Lambda function. `isFatal` is true if a fault stops all new objects. */
async function ofBucket(
  bucket: string,
  rules: WatchingRule[],
  probes: Probes,
  { access: { client, signal } }: Remote,
): Promise<{ sentence: Bilingual; isFatal: boolean }[]> {
  const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket });
  const { EventBridgeConfiguration: isOn } = await client.send(command, endedBy(signal));
  const silent = isOn === undefined ? [{ sentence: silentBucket(bucket), isFatal: true }] : [];
  if (rules.length === 0) return [...silent, { sentence: noRule(bucket), isFatal: true }];
  const found = [];
  for (const rule of rules) found.push(...(await complaintsAbout(rule, probes, signal)));
  return [...silent, ...found];
}

/** The prefix and suffix of a key that the service handles, taken from its first EventBridge rule. */
function keyFor([rule]: WatchingRule[]): { prefix: string; suffix: string } {
  const { prefix = '', suffix = '.tar', wildcard } = rule?.key ?? {};
  if (wildcard === undefined) return { prefix, suffix };
  const [before = '', after = ''] = wildcard.split('*');
  return { prefix: before, suffix: after };
}
