import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Completion } from '../../core/service/completion.ts';
import { listen, shut } from './loopback.ts';

interface Entry {
  EventBusName: string;
  Source: string;
  DetailType: string;
  Detail: string;
}

/** EventBridge User Guide, "Calculating PutEvents event entry size". */
const MAX_ENTRY_BYTES = 256 * 1024;

/** A stand-in for EventBridge on the loopback interface: it answers PutEvents, keeps the events, and has one bus. */
export class EventBusStandIn {
  readonly bus = 'completions';
  readonly events: (Entry & { detail: Completion & { resultsBucket: string } })[] = [];
  /** Called for each request: `refused` answers 200 with an error inside, a number is an HTTP status. */
  disturb: () => 'refused' | number | undefined = () => undefined;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<string> {
    return `http://${await listen(this.#server)}`;
  }

  async stop(): Promise<void> {
    await shut(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    };
    const signed = request.headers.authorization?.includes('/events/aws4_request') === true;
    if (!signed || request.headers['x-amz-target'] !== 'AWSEvents.PutEvents')
      return answer(400, { __type: 'UnknownOperationException' });
    const disturbance = this.disturb();
    if (typeof disturbance === 'number') return answer(disturbance, { __type: 'InternalException' });
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { Entries: Entry[] };
    const results = Entries.map((entry) => (disturbance === 'refused' ? { ErrorCode: 'Busy' } : this.#take(entry)));
    answer(200, { FailedEntryCount: results.filter((each) => 'ErrorCode' in each).length, Entries: results });
  }

  #take(entry: Entry): object {
    const size = Object.values(entry).join('').length;
    if (entry.EventBusName !== this.bus || size > MAX_ENTRY_BYTES) return { ErrorCode: 'InvalidArgument' };
    this.events.push({ ...entry, detail: JSON.parse(entry.Detail) });
    return { EventId: String(this.events.length) };
  }
}
