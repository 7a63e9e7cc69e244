import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * The distance to a server: the milliseconds by which each request arrives later, and the bytes per second of one
 * connection in each direction.
 */
export interface Distance {
  latencyMs: number;
  bytesPerSecond: number;
}

/**
 * The relay may send as much data at once as it normally sends in this many milliseconds. Smaller amounts would need
 * more timers, which are inexact and cost time.
 */
const BURST_MS = 10;

/**
 * The bytes that may wait in the socket of the receiver. From this number on, the relay makes a pause before it reads
 * more from the sender.
 */
const MOST_WAITING = 2 ** 20;

/** A relay in front of an HTTP server on this machine. It makes the server as slow as a distant one. */
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

/**
 * Connects the socket of a client (`near`) with that of a server (`far`). Each direction carries `bytesPerSecond`. What
 * the client sends first after an answer of the server begins a new request. Only this chunk is delayed, by
 * `latencyMs`.
 */
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

/**
 * Copies data from one socket to the other at `rate` bytes per second. `latencyOf` is called for each chunk, and
 * returns the milliseconds by which the chunk is delayed.
 */
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
    // Not earlier than the delayed chunk, so that the order stays.
    setTimeout(() => from.resume(), Math.max(1, latency, free - now));
  });
  from.on('close', () => to.end()).on('error', () => to.destroy());
}
