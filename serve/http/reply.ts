import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { Bilingual } from '../../core/catalogue/bilingual.ts';
import type { Bytes } from '../../core/model/ports.ts';

/**
 * The headers of every answer to a browser. By them, a browser lets the page load only its own files, and send
 * requests only to this server. No site may show the page in a frame, and no other site may use its files.
 */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Not `no-referrer`: browsers then send the form of the login page with `Origin: null`.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/**
 * Sends a whole answer: its status, its headers together with those that every answer has, and its body. By default,
 * the body is empty.
 */
export function reply(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders = {},
  body: string | Uint8Array = '',
): void {
  begin(response, status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

/**
 * Sends the status and the headers of an answer, together with the headers that every answer has. Returns the
 * response: the caller sends the body, and ends the answer.
 */
export function begin(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): ServerResponse {
  // After a refusal, the body of the request may still be coming.
  const closing = status >= 400 ? { connection: 'close' } : {};
  return response.writeHead(status, { ...HEADERS, ...closing, ...headers });
}

export function replyJson(response: ServerResponse, status: number, value: unknown): void {
  reply(response, status, { 'content-type': 'application/json' }, `${JSON.stringify(value)}\n`);
}

/** Refuses a request: sends the error status `status`, and the sentence `why` in both languages as JSON. */
export function refuse(response: ServerResponse, status: number, why: Bilingual): void {
  replyJson(response, status, { error: why });
}

/**
 * Sends `bytes` as the body of an answer, and ends the answer. Asks for each chunk only after the previous chunk was
 * sent, because the source may use the memory of one chunk again for the next. Stops when the browser has closed the
 * connection.
 */
export async function sendAll(response: ServerResponse, bytes: Bytes): Promise<void> {
  for await (const chunk of bytes) {
    if (response.destroyed) return;
    await new Promise<void>((resolve, reject) => {
      response.once('close', resolve);
      response.write(chunk, (error) => {
        response.off('close', resolve);
        if (error) reject(error);
        else resolve();
      });
    });
  }
  response.end();
  await finished(response);
}
