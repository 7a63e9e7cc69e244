import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '../../core/limits.ts';
import { collected } from '../../core/model/bytes.ts';

/**
 * An address at which an HTTP server of `lading serve` listens, and the limits for its clients, such as the number of
 * connections.
 */
export interface Door {
  host: string;
  /** The port; 0 for any free one. */
  port: number;
  /** The largest number of connections at the same time. Further connections are closed at once. */
  connections: number;
  /** The milliseconds in which a client must send a whole request. Its headers must come within 10 seconds. */
  requestMs: number;
  /** The milliseconds without traffic after which a connection is closed; 0 to never close it for that reason. */
  idleMs: number;
}

/** The milliseconds in which a client must send the headers of a request. A slower client gets the answer 408. */
const HEADERS_MS = 10_000;

/**
 * Starts an HTTP server, and returns it when it listens. It calls `handle` for each request. Throws Node's error when
 * the address cannot be used. Node itself answers 408 to a request that comes too slowly, and 431 to one whose headers
 * are too large.
 */
export async function openDoor(
  { host, port, connections, requestMs, idleMs }: Door,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(
    {
      headersTimeout: Math.min(HEADERS_MS, requestMs),
      requestTimeout: requestMs,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: LIMITS.requestHeaderBytes,
    },
    handle,
  );
  server.maxConnections = connections;
  server.setTimeout(idleMs);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

/** Returns the address at which a server listens, as a URL: `http://127.0.0.1:8099`. */
export function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Reads the body of a request as a whole, and returns it. Null when it is larger than `most` bytes. */
export async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer | null> {
  const body = await collected(request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, most);
  return body === null ? null : Buffer.from(body.buffer);
}
