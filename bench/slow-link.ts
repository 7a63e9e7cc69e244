import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** How far away a server is: milliseconds before a request arrives, and bytes per second of one connection, each way. */
export interface Distance {
  latencyMs: number;
  bytesPerSecond: number;
}

/** What may be sent at once: timers are not exact, and each takes time. */
const BURST_MS = 10;

/** Bytes that the receiver has not taken yet. */
const MOST_WAITING = 2 ** 20;

/** A way to an HTTP server on this machine that makes it a distant one. */
export class SlowLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL, distance: Distance) {
    this.#server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      join(near, far, distance);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      }
    });
  }

  static async to(endpoint: string, distance: Distance): Promise<SlowLink> {
    const link = new SlowLink(new URL(endpoint), distance);
    await once(link.#server.listen(0, '127.0.0.1'), 'listening');
    return link;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Without pipelining, a request begins with the first bytes of the client after some of the server. */
function join(near: Socket, far: Socket, { latencyMs, bytesPerSecond }: Distance): void {
  let answering = true;
  carry(near, far, bytesPerSecond, () => {
    const latency = answering ? latencyMs : 0;
    answering = false;
    return latency;
  });
  carry(far, near, bytesPerSecond, () => {
    answering = true;
    return 0;
  });
}

/** Passes all on at this rate, and what comes now so many milliseconds later. */
function carry(from: Socket, to: Socket, rate: number, latencyOf: () => number): void {
  let free = 0;
  from.on('data', (chunk: Buffer) => {
    const latency = latencyOf();
    const now = performance.now();
    free = Math.max(free, now + latency - BURST_MS) + (chunk.length / rate) * 1000;
    if (latency === 0) to.write(chunk);
    else setTimeout(() => to.write(chunk), latency);
    if (free <= now && to.writableLength < MOST_WAITING) return;
    from.pause();
    setTimeout(() => from.resume(), Math.max(1, latency, free - now)); // never before what waits for its latency
  });
  from.on('close', () => to.end()).on('error', () => to.destroy());
}
