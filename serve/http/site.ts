import { readFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import { OPTION_LIST } from '../../core/options/table.ts';
import type { Board } from '../board.ts';
import type { Say } from '../one-upload.ts';
import { judge, type Rules } from './guard.ts';
import type { Inbox } from './inbox.ts';
import { Intake } from './intake.ts';
import { Live } from './live.ts';
import { refuse, reply, replyJson } from './reply.ts';
import { type Downloads, sendResult, type Shelf } from './results.ts';
import { isSame, loginCookie, LOGOUT_COOKIE } from './secret.ts';
import { addressOf, bodyOf, openDoor } from './server.ts';
import { answerUpload, answerUploads } from './tus.ts';

/** The address of the web page of `lading serve`, and the token that its users must know, if any. */
export interface SiteDoor extends Rules {
  port: number;
}

/**
 * The settings of the web page: its address, the list of uploads that it shows, the store that receives new uploads,
 * and the store from which it reads results.
 */
export interface SiteSettings extends SiteDoor {
  board: Board;
  inbox: Inbox;
  shelf: Shelf;
  /** Called with the key of each upload that has come through the web page as a whole. */
  onArrival: (key: string) => void;
  say: Say;
}

/**
 * The milliseconds in which a request must have come as a whole. The page sends 16 MiB of a file with each request, so
 * 56 kB/s are enough. A request that takes longer is ended. The bytes that have come are kept, and the page sends the
 * rest in a new request.
 */
const REQUEST_MS = 300_000;

/** The milliseconds without any traffic after which a connection to the web page is closed. */
const IDLE_MS = 60_000;

/**
 * The shortest time in milliseconds between two log lines about logins with a wrong token. Others are refused without
 * a log line, so that nobody can fill the log.
 */
const STRANGERS_MS = 60_000;

const TOKEN_BYTES = 4096;

/**
 * The files of the web page, by URL path, each with its file name and its media type. All but `/` are sent without a
 * login, because the login page needs them.
 */
const FILES: Record<string, { file: string; type: string }> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/login': { file: 'login.html', type: 'text/html; charset=utf-8' },
  ...Object.fromEntries(
    ['app.js', 'rows.js', 'send.js', 'texts.js'].map((file) => [
      `/${file}`,
      { file, type: 'text/javascript; charset=utf-8' },
    ]),
  ),
  '/style.css': { file: 'style.css', type: 'text/css; charset=utf-8' },
};

/** The running HTTP server of the web page of `lading serve`. */
export interface Site {
  /** Stops the server: ends all connections, and discards the uploads that are not finished. */
  close(): Promise<void>;
}

/** Starts the HTTP server of the web page, and returns it. Throws Node's error when the address cannot be used. */
export async function openSite(settings: SiteSettings): Promise<Site> {
  const { host, port, say } = settings;
  const page: Page = {
    ...settings,
    intake: new Intake(settings.inbox),
    live: new Live(settings.board),
    downloads: { count: 0 },
    files: await filesOf(),
  };
  const bounds = { connections: LIMITS.pageConnections, requestMs: REQUEST_MS, idleMs: IDLE_MS };
  const server = await openDoor({ host, port, ...bounds }, (request, response) => {
    answer(request, response, page).catch((error: unknown) => fail(error, response, say));
  });
  await say(`Showing uploads and results on ${addressOf(server)}`);
  return { close: async () => await close(server, page) };
}

interface Page extends SiteSettings {
  intake: Intake;
  live: Live;
  downloads: Downloads;
  files: Map<string, Buffer>;
  /**
   * The time of the last log line about a login with a wrong token, in milliseconds of `performance.now()`. Absent
   * before the first.
   */
  told?: number;
}

async function filesOf(): Promise<Map<string, Buffer>> {
  const folder = new URL('./page/', import.meta.url);
  const read = Object.values(FILES).map(async ({ file }) => [file, await readFile(new URL(file, folder))] as const);
  return new Map(await Promise.all(read));
}

async function answer(request: IncomingMessage, response: ServerResponse, page: Page): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (url === null) return refuse(response, 400, NOT_HERE);
  const isFile = Object.hasOwn(FILES, url.pathname) && url.pathname !== '/';
  switch (judge(request, page)) {
    case 'foreign':
      return refuse(response, 403, FOREIGN);
    case 'stranger':
      if (url.pathname === '/login' && request.method === 'POST') return await logIn(request, response, page);
      if (isFile && isReading(request)) return sendFile(request, response, url.pathname, page);
      if (url.pathname === '/' && isReading(request)) return reply(response, 303, { location: '/login' });
      return refuse(response, 401, STRANGER);
    case 'allowed':
      return await route(request, response, url, page);
  }
}

async function route(request: IncomingMessage, response: ServerResponse, url: URL, page: Page): Promise<void> {
  const { pathname, searchParams } = url;
  const { board, downloads, intake, live, shelf, onArrival } = page;
  const [, first = '', second = '', third = null, ...more] = pathname.split('/');
  if (first === 'uploads' && request.method !== 'GET' && more.length === 0) {
    const reception = { intake, onArrival };
    if (second === '') return await answerUploads(request, response, reception);
    if (third === null || third === 'options')
      return await answerUpload(request, response, { id: second, options: third !== null, reception });
  }
  if (pathname === '/login' && request.method === 'POST') return await logIn(request, response, page);
  if (pathname === '/logout' && request.method === 'POST')
    return reply(response, 303, { location: '/', 'set-cookie': LOGOUT_COOKIE });
  if (!isReading(request)) return refuse(response, 405, NOT_HERE);
  if (Object.hasOwn(FILES, pathname)) return sendFile(request, response, pathname, page);
  if (pathname === '/live' && request.method === 'GET') return live.add(response);
  if (pathname === '/uploads') return replyJson(response, 200, board.all());
  if (pathname === '/options') return replyJson(response, 200, formOf(page));
  const key = searchParams.get('key');
  if (first === 'results' && third === null && key !== null)
    return await sendResult(request, response, { file: second, key, shelf, downloads });
  return refuse(response, 404, NOT_HERE);
}

/**
 * Returns the data from which the web page makes its form. `options`: the options of a conversion, with their
 * meanings. `login`: true when users log in with a token, so that the page has a button to log out.
 */
function formOf({ token }: Page): object {
  const options = OPTION_LIST.map(([name, { form, meaning, zh, placeholder }]) => ({
    name,
    form,
    meaning,
    zh,
    placeholder,
  }));
  return { options, login: token !== null };
}

function sendFile(request: IncomingMessage, response: ServerResponse, path: string, { files }: Page): void {
  const { file = '', type = '' } = FILES[path] ?? {};
  const body = files.get(file) ?? Buffer.of();
  reply(response, 200, { 'content-type': type, 'content-length': body.length }, request.method === 'HEAD' ? '' : body);
}

/**
 * Answers the form of the login page. For the right token, the browser gets the login cookie and goes to the main page.
 * For a wrong one, it gets the login page again; the log tells of this at most once a minute.
 */
async function logIn(request: IncomingMessage, response: ServerResponse, page: Page): Promise<void> {
  const body = await bodyOf(request, TOKEN_BYTES);
  const token = new URLSearchParams(body?.toString()).get('token')?.trim() ?? '';
  if (page.token !== null && isSame(token, page.token))
    return reply(response, 303, { location: '/', 'set-cookie': loginCookie(page.token, Date.now()) });
  if (performance.now() - (page.told ?? -Infinity) > STRANGERS_MS) {
    page.told = performance.now();
    await page.say(
      `A login from ${request.socket.remoteAddress ?? 'an unknown address'} was refused: the token was wrong.`,
    );
  }
  reply(response, 303, { location: '/login?wrong' });
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * Ends a request after an error. Answers with status 500 or, when an answer was begun already, breaks the connection.
 * The log tells of the error. Nothing happens when the connection has broken already.
 */
function fail(error: unknown, response: ServerResponse, say: Say): void {
  if (response.destroyed || response.socket?.destroyed === true) return;
  const reason = error instanceof Error ? error.message : String(error);
  void say(`A request to the page has failed: ${reason}`);
  if (response.headersSent) response.destroy();
  else refuse(response, 500, both(`It has failed: ${reason}`, `出错了：${reason}`));
}

async function close(server: Server, { intake, live }: Page): Promise<void> {
  live.close();
  server.close();
  await intake.close();
  server.closeAllConnections();
}

const NOT_HERE = both('There is nothing here.', '这里没有内容。');
const FOREIGN = both(
  'This request comes from a page of another site, or names another server. Open the page by its address.',
  '该请求来自其他网站的页面，或指向另一台服务器。请用地址打开本页。',
);
const STRANGER = both('This needs the token.', '需要令牌。');
