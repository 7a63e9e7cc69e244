import {
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  type Rule,
} from '@aws-sdk/client-eventbridge';
import { GetKeyPolicyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Bilingual } from '../core/catalogue/bilingual.ts';
import { asList, asObject, asText } from '../core/model/json.ts';
import { endedBy } from '../s3/client.ts';
import { closedKey, closedQueue, deadLetters, mappingOff, noFunction, noQueue, ruleOff } from './complaints.ts';
import { letsEventBridge } from './policies.ts';

/** The clients of the AWS services that `lading doctor` asks about a deployed service. */
export interface AwsClients {
  events: EventBridgeClient;
  lambda: LambdaClient;
  kms: KMSClient;
  sqs: SQSClient;
}

/**
 * An EventBridge rule for new objects in a bucket. `isOn` is false when the rule is disabled. `key` is the rule's
 * condition on the key of an object. If the rule has several conditions, it is the first one; if it has none, its
 * fields are undefined.
 */
export interface WatchingRule {
  name: string;
  arn: string;
  isOn: boolean;
  key: { prefix?: string | undefined; suffix?: string | undefined; wildcard?: string | undefined };
}

/** A fault of a deployed service, as a sentence. */
export interface Complaint {
  sentence: Bilingual;
  /** True when the fault stops all new objects on their way to the Lambda function. */
  isFatal: boolean;
}

type Signal = AbortSignal | undefined;

/** Lists all EventBridge rules on the default event bus. */
export async function allRules({ events }: AwsClients, signal: Signal): Promise<Rule[]> {
  const pages: Rule[][] = [];
  for (let NextToken: string | undefined, more = true; more; more = NextToken !== undefined) {
    const page = await events.send(new ListRulesCommand({ NextToken }), endedBy(signal));
    pages.push(page.Rules ?? []);
    NextToken = page.NextToken;
  }
  return pages.flat();
}

/**
 * A list with the EventBridge rule as its only item if the rule matches new objects in the bucket; else an empty list.
 */
export function watching({ Name, Arn, State, EventPattern = '{}' }: Rule, bucket: string): WatchingRule[] {
  const pattern = asObject(JSON.parse(EventPattern));
  const detail = asObject(pattern?.['detail']);
  if (Name === undefined || Arn === undefined || !asList(pattern?.['source']).includes('aws.s3')) return [];
  if (!asList(pattern?.['detail-type']).includes('Object Created')) return [];
  if (!asList(asObject(detail?.['bucket'])?.['name']).includes(bucket)) return [];
  const condition = asObject(asList(asObject(detail?.['object'])?.['key'])[0]);
  const of = (name: string): string | undefined => asText(condition?.[name]) ?? undefined;
  const key = { prefix: of('prefix'), suffix: of('suffix'), wildcard: of('wildcard') };
  return [{ name: Name, arn: Arn, isOn: State !== 'DISABLED', key }];
}

/**
 * Finds the faults on the way from an EventBridge rule to the Lambda function: in the rule, its queues, their policies
 * and the function. Messages in a dead-letter queue count as a fault, too. Returns an empty list when there are no
 * faults. Null for a rule that sends to no queue: it is not one of Lading's.
 */
export async function complaintsAbout(
  rule: WatchingRule,
  aws: AwsClients,
  signal: Signal,
): Promise<Complaint[] | null> {
  const { Targets = [] } = await aws.events.send(new ListTargetsByRuleCommand({ Rule: rule.name }), endedBy(signal));
  const queues = Targets.flatMap(({ Arn = '' }) => (Arn.includes(':sqs:') ? [Arn] : []));
  if (queues.length === 0) return null;
  const found = [rule.isOn ? [] : [fatal(ruleOff(rule.name))]];
  for (const queue of queues) {
    const attributes = await attributesOf(queue, aws, signal);
    if (attributes === null) found.push([fatal(noQueue(nameIn(queue), rule.name))]);
    else found.push(await ofQueue(queue, attributes, rule, aws, signal));
  }
  return found.flat();
}

async function ofQueue(
  arn: string,
  attributes: Record<string, string>,
  rule: WatchingRule,
  aws: AwsClients,
  signal: Signal,
): Promise<Complaint[]> {
  const name = nameIn(arn);
  const found: Complaint[] = [];
  const { Policy, KmsMasterKeyId: key } = attributes;
  if (!letsEventBridge(Policy, 'sqs:SendMessage', rule.arn)) found.push(fatal(closedQueue(name, rule.name)));
  if (key !== undefined && key !== '') {
    const { Policy: ofKey } = await aws.kms.send(
      new GetKeyPolicyCommand({ KeyId: key, PolicyName: 'default' }),
      endedBy(signal),
    );
    if (!letsEventBridge(ofKey, 'kms:GenerateDataKey', rule.arn)) found.push(fatal(closedKey(key, name)));
  }
  const command = new ListEventSourceMappingsCommand({ EventSourceArn: arn });
  const { EventSourceMappings: mappings = [] } = await aws.lambda.send(command, endedBy(signal));
  if (mappings.length === 0) found.push(fatal(noFunction(name)));
  else if (mappings.every(({ State }) => State === 'Disabled' || State === 'Disabling'))
    found.push(fatal(mappingOff(name)));
  return [...found, ...(await deadLettersBehind(attributes, aws, signal))];
}

/**
 * Follows the chain of dead-letter queues that begins at a queue with the given `attributes`, and looks for messages in
 * the last queue of the chain. Returns a list: one fault if that queue has messages, otherwise an empty list.
 */
async function deadLettersBehind(
  attributes: Record<string, string>,
  aws: AwsClients,
  signal: Signal,
): Promise<Complaint[]> {
  let [last, at] = [attributes, ''];
  // Queues may be the dead-letter queues of each other.
  const seen = new Set<string>();
  for (let next = nextOf(last); next !== null && !seen.has(next); next = nextOf(last)) {
    seen.add(next);
    const behind = await attributesOf(next, aws, signal);
    if (behind === null) break;
    [last, at] = [behind, next];
  }
  const count = at === '' ? 0 : Number(last['ApproximateNumberOfMessages'] ?? 0);
  return count === 0 ? [] : [{ sentence: deadLetters(count, nameIn(at)), isFatal: false }];
}

function nextOf({ RedrivePolicy = '{}' }: Record<string, string>): string | null {
  return asText(asObject(JSON.parse(RedrivePolicy))?.['deadLetterTargetArn']);
}

/** All attributes of an SQS queue; null when it does not exist. */
async function attributesOf(arn: string, { sqs }: AwsClients, signal: Signal): Promise<Record<string, string> | null> {
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: nameIn(arn) }), endedBy(signal));
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return (await sqs.send(command, endedBy(signal))).Attributes ?? {};
  } catch (error) {
    if (error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name)) return null;
    throw error;
  }
}

function nameIn(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}

/** Makes the complaint about a fault because of which no new object reaches the Lambda function. */
export function fatal(sentence: Bilingual): Complaint {
  return { sentence, isFatal: true };
}
