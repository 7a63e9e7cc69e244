import { mkdir } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { FolderUploads } from '../../../node/folder-store.ts';
import { Board } from '../../../serve/board.ts';
import { FolderInbox } from '../../../serve/http/folder-inbox.ts';
import type { Inbox } from '../../../serve/http/inbox.ts';
import { openSite, type SiteSettings } from '../../../serve/http/site.ts';
import { folder } from '../../cli/kit.ts';

export const TUS = { 'tus-resumable': '1.0.0' };
export const TOKEN = 'a token of the tests, not a real one';

/** Starts the page over two new folders, without the service. */
export async function givenSite(t: TestContext, more: Partial<SiteSettings> & { inbox?: Inbox } = {}) {
  const path = await folder(t);
  const [up, down] = [join(path, 'up'), join(path, 'down')];
  for (const each of [up, down]) await mkdir(each);
  const board = new Board();
  const arrived: string[] = [];
  const log: string[] = [];
  const site = await openSite({
    host: '127.0.0.1',
    port: 0,
    token: null,
    board,
    inbox: new FolderInbox(up),
    shelf: { store: new FolderUploads(down), name: 'down' },
    onArrival: (key) => void arrived.push(key),
    say: async (line) => void log.push(line),
    ...more,
  });
  t.after(async () => await site.close());
  const [base = ''] = /http:\S+/.exec(log[0] ?? '') ?? [];
  const { port } = new URL(base);
  return { up, down, board, arrived, log, site, base, port: Number(port) };
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Sends a request with any headers: `fetch` would set or forbid some of them. */
export async function ask(
  url: string,
  headers: Record<string, string> = {},
  { method = 'GET', body = '' }: { method?: string; body?: string | Uint8Array } = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const sent = requestHttp(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Opens a connection, and writes this to it. It is closed after the test. */
export function wire(t: TestContext, port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.write(text);
  return socket;
}

/** Begins an upload, and returns its address. */
export async function begun(base: string, key: string, size: number): Promise<string> {
  const headers = metadata(key, size);
  const { status, headers: answer, body } = await ask(`${base}/uploads`, headers, { method: 'POST' });
  if (status !== 201) throw new Error(`${status}: ${body.toString()}`);
  return base + String(answer['location']);
}

export function metadata(key: string, size: number): Record<string, string> {
  const filename = Buffer.from(key).toString('base64');
  return { ...TUS, 'upload-length': String(size), 'upload-metadata': `type YXBw,filename ${filename}` };
}

export async function patch(address: string, offset: number, body: Uint8Array): Promise<Answer> {
  const headers = { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
  return await ask(address, headers, { method: 'PATCH', body });
}

/** The bytes of an upload that the server has. */
export async function offsetOf(address: string): Promise<number> {
  return Number((await ask(address, TUS, { method: 'HEAD' })).headers['upload-offset']);
}
