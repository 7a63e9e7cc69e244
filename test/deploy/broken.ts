import type { Cloud } from './cloud.ts';

/** A way to break a deployed service, the sentence that tells of it, and the way back. */
export interface Breakage {
  what: string;
  says: RegExp;
  make: () => Promise<void>;
  undo: () => Promise<void>;
}

/** The names that CloudFormation gave to the parts of a deployed service. */
export interface Parts {
  uploads: string;
  rule: string;
  queue: string;
  deadLetters: string;
  inspect: string;
}

/** Ways to break a service. In each of them no upload gets through, or nobody would notice that one did not. */
export async function breakages(
  { uploads, rule, queue, deadLetters, inspect }: Parts,
  cloud: Cloud,
): Promise<Breakage[]> {
  const bucket = ['s3api', 'put-bucket-notification-configuration', '--bucket', uploads];
  const notify = (configuration: object) => [...bucket, '--notification-configuration', JSON.stringify(configuration)];
  const attributesOf = ['sqs', 'set-queue-attributes', '--queue-url', queue, '--attributes'];
  const set = (attributes: object) => [...attributesOf, JSON.stringify(attributes)];
  const all = ['sqs', 'get-queue-attributes', '--queue-url', queue, '--attribute-names', 'All'];
  const { Policy, QueueArn } = await cloud.ask<Record<string, string>>(...all, '--query', 'Attributes');
  const mappings = ['lambda', 'list-event-source-mappings', '--function-name', inspect];
  const [uuid = ''] = await cloud.ask<string[]>(...mappings, '--query', 'EventSourceMappings[].UUID');
  const mapping = ['lambda', 'update-event-source-mapping', '--uuid', uuid];
  const key = await cloud.ask<string>('kms', 'create-key', '--query', 'KeyMetadata.KeyId');
  const targets = ['events', 'list-targets-by-rule', '--rule', rule, '--query', 'Targets'];
  const [target] = await cloud.ask<{ Id: string; Arn: string }[]>(...targets);
  const aim = (Arn: string) => [
    'events',
    'put-targets',
    '--rule',
    rule,
    '--targets',
    JSON.stringify([{ ...target, Arn }]),
  ];
  const broken = (what: string, says: RegExp, make: string[], undo: string[]): Breakage => ({
    what,
    says,
    make: async () => void (await cloud.aws(...make)),
    undo: async () => void (await cloud.aws(...undo)),
  });
  return [
    broken(
      'EventBridge is off',
      /EventBridge is not on for the bucket/u,
      notify({}),
      notify({ EventBridgeConfiguration: {} }),
    ),
    broken(
      'the rule is disabled',
      /The rule .* is disabled/u,
      ['events', 'disable-rule', '--name', rule],
      ['events', 'enable-rule', '--name', rule],
    ),
    broken(
      'the queue is gone',
      /The queue absent, .* does not exist/u,
      aim(`${QueueArn?.replace(/[^:]+$/u, '')}absent`),
      aim(QueueArn ?? ''),
    ),
    broken('the queue is closed', /does not let the rule .* send events/u, set({ Policy: '' }), set({ Policy })),
    broken(
      'the key is closed to EventBridge',
      /The policy of the KMS key .* does not let EventBridge use it/u,
      set({ KmsMasterKeyId: key }),
      set({ KmsMasterKeyId: '' }),
    ),
    broken(
      'the mapping is disabled',
      /The event source mapping .* is disabled/u,
      [...mapping, '--no-enabled'],
      [...mapping, '--enabled'],
    ),
    broken(
      'an event was given up',
      /1 events wait in the dead-letter queue/u,
      ['sqs', 'send-message', '--queue-url', deadLetters, '--message-body', '{}'],
      ['sqs', 'purge-queue', '--queue-url', deadLetters],
    ),
  ];
}
