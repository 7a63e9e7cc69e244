import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { LIMITS } from '../core/limits.ts';
import type { UploadNotice } from '../core/service/stores.ts';
import { noticesIn } from '../s3/events.ts';
import { isSame } from './http/secret.ts';
import { bodyOf, openDoor } from './http/server.ts';

/** The settings of the HTTP server to which an S3 server sends its notifications of new objects. */
export interface Listening {
  host: string;
  port: number;
  /** The secret that every notification must contain; null when no secret is needed. */
  secret: string | null;
  /** Called for each new object. It must return at once, because the notification is answered only after that. */
  onNotice: (notice: UploadNotice) => void;
  /** Called with the sender's address for a notification without the right secret. */
  onStranger: (address: string) => void;
  /**
   * Returns the state of the service with which `GET /healthz` is answered. If `healthy` is false, the status is 503.
   */
  health: () => { healthy: boolean };
}

/**
 * The milliseconds in which a client must send a whole request with a notification. A slower request is refused. S3
 * servers send it at once.
 */
const REQUEST_MS = 10_000;

/**
 * Starts an HTTP server that takes S3's notifications as POST to any path, and answers `GET /healthz`. Returns the
 * server. Throws Node's error when the address cannot be used.
 */
export async function listen(listening: Listening): Promise<Server> {
  const { host, port } = listening;
  const bounds = { connections: LIMITS.notificationConnections, requestMs: REQUEST_MS, idleMs: 0 };
  return await openDoor({ host, port, ...bounds }, (request, response) => {
    void answer(request, listening)
      // The connection has broken off, or the request took too long.
      .catch(() => ({ status: 400 }))
      .then((said) => send(response, said));
  });
}

interface Answer {
  status: number;
  body?: object;
}

async function answer(request: IncomingMessage, listening: Listening): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/healthz') {
    const body = listening.health();
    return { status: body.healthy ? 200 : 503, body };
  }
  if (request.method !== 'POST') return { status: 405 };
  if (listening.secret !== null && !isAuthorized(request, searchParams.get('token'), listening.secret)) {
    listening.onStranger(request.socket.remoteAddress ?? 'an unknown address');
    return { status: 401 };
  }
  const body = await bodyOf(request, LIMITS.notificationBytes);
  if (body === null) return { status: 413 };
  const notices = parsed(body.toString());
  if (notices === null) return { status: 400 };
  for (const notice of notices) listening.onNotice(notice);
  return { status: 200 };
}

/** Sends the answer to a request. After a refusal it closes the connection: the request may still be coming. */
function send(response: ServerResponse, { status, body }: Answer): void {
  const headers = {
    ...(status >= 400 && { connection: 'close' }),
    ...(body && { 'content-type': 'application/json' }),
  };
  response.writeHead(status, headers).end(body && `${JSON.stringify(body)}\n`);
}

/**
 * True when a request has the secret: as `token`, a parameter of its URL, as the password of Basic authentication, or
 * as the header `Authorization`, with or without the word `Bearer`. Each store can send only some of these.
 */
function isAuthorized({ headers }: IncomingMessage, token: string | null, secret: string): boolean {
  const { authorization = '' } = headers;
  const [, word = '', rest = ''] = /^(\w+) +(\S.*)$/.exec(authorization) ?? [];
  const basic = Buffer.from(rest, 'base64').toString();
  const password = word.toLowerCase() === 'basic' ? basic.slice(basic.indexOf(':') + 1) : rest;
  // All are compared, so that the time does not tell which one was wrong.
  const equal = [token ?? '', authorization, password].map((each) => isSame(each, secret));
  return equal.includes(true);
}

/** Returns the new objects that the JSON text of a notification reports. Null when it is not a notification of S3. */
function parsed(body: string): UploadNotice[] | null {
  try {
    return noticesIn(JSON.parse(body));
  } catch {
    return null;
  }
}
