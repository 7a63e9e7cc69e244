import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { Bilingual } from '../../core/catalogue/bilingual.ts';
import type { Bytes } from '../../core/model/ports.ts';

/**
 * The headers of every answer. The page loads nothing but its own files, talks to nobody else, and is shown in no
 * frame. No other site may use anything of it.
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

/** Sends an answer with the headers that all answers have. */
export function reply(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders = {},
  body: string | Uint8Array = '',
): void {
  begin(response, status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

/** Sends the headers of an answer whose body follows. */
export function begin(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): ServerResponse {
  // After a refusal, the body of the request may still be coming.
  const closing = status >= 400 ? { connection: 'close' } : {};
  return response.writeHead(status, { ...HEADERS, ...closing, ...headers });
}

export function replyJson(response: ServerResponse, status: number, value: unknown): void {
  reply(response, status, { 'content-type': 'application/json' }, `${JSON.stringify(value)}\n`);
}

/** Refuses a request with a sentence in both languages. */
export function refuse(response: ServerResponse, status: number, why: Bilingual): void {
  replyJson(response, status, { error: why });
}

/** Sends the body of an answer. A chunk is asked for when the one before it was sent, since its memory is reused. */
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
