import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http';
import { listen, shut } from './loopback.ts';

/** A part on its way through the proxy to S3. */
export interface PassingPart {
  number: number;
  /** The number of bytes of its body so far. */
  bytes: number;
  /** True once the answer of S3 was passed on to the client. */
  answered: boolean;
}

/** A proxy between a client and an S3 engine, which watches uploaded parts and can drop connections. */
export class S3Proxy {
  readonly parts: PassingPart[] = [];
  /** Called for each piece of a part; returning `true` drops the connection. */
  onBytes: (part: PassingPart) => boolean = () => false;
  /** Called for each part that S3 has confirmed. */
  onAnswered: (part: PassingPart) => void = () => {};
  readonly #upstream: URL;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #server = createServer((request, response) => this.#pass(request, response));

  constructor(endpoint: string) {
    this.#upstream = new URL(endpoint);
  }

  async start(): Promise<string> {
    return `http://${await listen(this.#server)}`;
  }

  /** Waits until S3 has answered every complete request, even when the client has gone. */
  async quiet(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async stop(): Promise<void> {
    await shut(this.#server);
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = request;
    const number = Number(new URLSearchParams(url.split('?')[1]).get('partNumber'));
    const part = method === 'PUT' && number > 0 ? { number, bytes: 0, answered: false } : null;
    if (part !== null) this.parts.push(part);
    const { hostname, port } = this.#upstream;
    const onward = forward({ hostname, port, method, path: url, headers, agent: false });
    const closed = new Promise((resolve) => void onward.on('close', resolve));
    this.#underWay.add(closed);
    void closed.then(() => this.#underWay.delete(closed));
    const drop = () => {
      onward.destroy();
      request.destroy();
    };
    request.on('data', (chunk: Buffer) => {
      if (part !== null) part.bytes += chunk.length;
      if (part !== null && this.onBytes(part)) return drop();
      if (!onward.write(chunk)) request.pause();
    });
    onward.on('drain', () => request.resume());
    request.on('end', () => onward.end());
    request.on('error', () => {
      // S3 stores a part that it has received completely, even when the client has gone.
      if (part !== null && part.bytes === Number(headers['content-length'])) onward.end();
      else drop();
    });
    onward.on('error', drop);
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
      // Either side may close the connection in the middle of an answer.
      answer.on('error', () => response.destroy());
      // When the client has gone, the answer is read and dropped.
      response.on('close', () => answer.resume());
      if (part === null || answer.statusCode !== 200) return;
      response.on('finish', () => {
        part.answered = true;
        this.onAnswered(part);
      });
    });
  }
}
