import type { Completion } from '../../core/service/completion.ts';
import type { Cloud } from './cloud.ts';

const NAME = 'completions';

interface Message {
  Body: string;
  ReceiptHandle: string;
}

/** Makes a queue for the completion events, as a user of the account would. The result waits for the next event. */
export async function subscribe(cloud: Cloud): Promise<() => Promise<Completion>> {
  const url = await cloud.aws('sqs', 'create-queue', '--queue-name', NAME, '--query', 'QueueUrl', '--output', 'text');
  const queue = ['--queue-url', url];
  const its = ['--attribute-names', 'QueueArn', '--query', 'Attributes.QueueArn'];
  const arn = await cloud.ask<string>('sqs', 'get-queue-attributes', ...queue, ...its);
  await cloud.aws('sqs', 'set-queue-attributes', ...queue, '--attributes', JSON.stringify({ Policy: policy(arn) }));
  const pattern = { source: ['lading'], 'detail-type': ['Archive Completed'] };
  await cloud.aws('events', 'put-rule', '--name', NAME, '--event-pattern', JSON.stringify(pattern));
  await cloud.aws('events', 'put-targets', '--rule', NAME, '--targets', `Id=queue,Arn=${arn}`);
  return () =>
    cloud.until('a completion event', async () => {
      const query = ['--query', 'Messages[0]', '--wait-time-seconds', '1'];
      const message = await cloud.ask<Message | null>('sqs', 'receive-message', ...queue, ...query);
      if (message === null) return null;
      await cloud.aws('sqs', 'delete-message', ...queue, '--receipt-handle', message.ReceiptHandle);
      return (JSON.parse(message.Body) as { detail: Completion }).detail;
    });
}

function policy(arn: string): string {
  const Principal = { Service: 'events.amazonaws.com' };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: arn }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
