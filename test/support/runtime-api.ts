import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, shut } from './loopback.ts';

/** The answer of a function: a value, or the error that it threw. */
export type Answer = { kind: 'answer'; value: unknown } | { kind: 'fault'; errorType: string; errorMessage: string };

interface Invocation {
  id: string;
  event: unknown;
  deadline: number;
  settle: (answer: Answer) => void;
}

const PATH = /^\/2018-06-01\/runtime\/(?:invocation\/(?:(next)|([^/]+)\/(response|error))|(init\/error))$/u;

/** A stand-in for Lambda's Runtime API ("Using the Lambda runtime API") on the loopback interface, for one function. */
export class RuntimeApi {
  readonly #queue: Invocation[] = [];
  readonly #running = new Map<string, Invocation>();
  /** Why the function is no more; null while it lives. */
  #death: Answer | null = null;
  #idle: ServerResponse | null = null;
  // Node would close a connection that is idle for five seconds. The runtime client uses it again after a long invocation,
  // and its answer would be lost if it is closed at that moment.
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => void this.#serve(request, response));

  /** Starts it on a free port and returns the value of `AWS_LAMBDA_RUNTIME_API`. */
  async start(): Promise<string> {
    return await listen(this.#server);
  }

  async stop(): Promise<void> {
    await shut(this.#server);
  }

  /** Hands an event to the function as soon as it asks for one. */
  invoke(event: unknown, timeoutMs: number): Promise<Answer> {
    return new Promise((settle) => {
      if (this.#death !== null) return settle(this.#death);
      this.#queue.push({ id: randomUUID(), event, deadline: Date.now() + timeoutMs, settle });
      this.#hand();
    });
  }

  /** Ends what is under way and what comes later, when the function has died. */
  fail(errorType: string, errorMessage: string): void {
    const death: Answer = { kind: 'fault', errorType, errorMessage };
    this.#death ??= death;
    for (const { settle } of [...this.#running.values(), ...this.#queue]) settle(death);
    this.#running.clear();
    this.#queue.length = 0;
    this.#idle = null;
  }

  #hand(): void {
    if (this.#idle === null) return;
    const invocation = this.#queue.shift();
    if (invocation === undefined) return;
    this.#running.set(invocation.id, invocation);
    this.#idle
      .writeHead(200, {
        'Content-Type': 'application/json',
        'Lambda-Runtime-Aws-Request-Id': invocation.id,
        'Lambda-Runtime-Deadline-Ms': String(invocation.deadline),
        'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:123456789012:function:lading',
        'Lambda-Runtime-Trace-Id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
      })
      .end(JSON.stringify(invocation.event));
    this.#idle = null;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, next, id = '', outcome, initError] = PATH.exec(request.url ?? '') ?? [];
    if (next !== undefined) {
      this.#idle = response;
      return this.#hand();
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { errorType: string; errorMessage: string };
    if (initError !== undefined) this.fail(body.errorType, body.errorMessage);
    this.#running
      .get(id)
      ?.settle(outcome === 'response' ? { kind: 'answer', value: body } : { kind: 'fault', ...body });
    this.#running.delete(id);
    response.writeHead(202).end('{}');
  }
}
