import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http';
import { listen, shut } from './loopback.ts';

/** A part as the proxy saw it on its way to S3. */
export interface PassingPart {
  number: number;
  /** Bytes of its body so far. */
  bytes: number;
  /** True once S3's answer was passed on. */
  answered: boolean;
}

/** Stands between a client and an S3 engine, looks on as parts are uploaded, and can drop connections. */
export class S3Proxy {
  readonly parts: PassingPart[] = [];
  /** Told of each piece of a part; `true` drops the connection there. */
  onBytes: (part: PassingPart) => boolean = () => false;
  /** Told of each part that S3 has. */
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

  /** Until S3 has answered everything that it was asked in full, whoever still listens. */
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
      // What S3 has in full it will store, whoever went away.
      if (part !== null && part.bytes === Number(headers['content-length'])) onward.end();
      else drop();
    });
    onward.on('error', drop);
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
      // Either side may go away in the middle of an answer.
      answer.on('error', () => response.destroy());
      // Nobody may be left to read it.
      response.on('close', () => answer.resume());
      if (part === null || answer.statusCode !== 200) return;
      response.on('finish', () => {
        part.answered = true;
        this.onAnswered(part);
      });
    });
  }
}
