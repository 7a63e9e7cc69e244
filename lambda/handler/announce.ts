import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { LadingError } from '../../core/model/errors.ts';
import type { Announce } from '../../core/service/stores.ts';
import { endedBy } from '../../s3/client.ts';

/**
 * What is needed to send completion events, which say that an upload is finished: the EventBridge bus that gets them,
 * and the name of the results bucket, which each event contains.
 */
export interface Announcer {
  client: EventBridgeClient;
  /** The name or the ARN of the EventBridge bus. */
  bus: string;
  resultsBucket: string;
  signal?: AbortSignal | undefined;
}

/**
 * Makes the function that sends a completion event, the message that an upload is finished, to an EventBridge bus. That
 * function throws `unannounced` when EventBridge refuses the event or cannot be reached.
 */
export function toEventBridge({ client, bus, resultsBucket, signal }: Announcer): Announce {
  return async (completion) => {
    const Detail = JSON.stringify({ ...completion, resultsBucket });
    const entry = { EventBusName: bus, Source: 'lading', DetailType: 'Archive Completed', Detail };
    const unannounced = (reason: string, cause?: unknown): LadingError => {
      const message = `Cannot announce ${completion.source.key} on the event bus ${bus}: ${reason}`;
      return new LadingError('unannounced', message, { cause });
    };
    const { Entries: [sent] = [] } = await client
      .send(new PutEventsCommand({ Entries: [entry] }), endedBy(signal))
      .catch((cause: unknown) => {
        throw unannounced(String(cause), cause);
      });
    // PutEvents answers 200 even when it refuses an event.
    if (sent?.EventId === undefined) throw unannounced(`${sent?.ErrorCode ?? 'no answer'} ${sent?.ErrorMessage ?? ''}`);
  };
}
