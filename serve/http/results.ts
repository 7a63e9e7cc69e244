import type { IncomingMessage, ServerResponse } from 'node:http';
import { both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import { resultKeys } from '../../core/service/keys.ts';
import type { UploadIdentity, Uploads } from '../../core/service/stores.ts';
import { begin, refuse, sendAll } from './reply.ts';

/** The store from which the web page reads results, and the name of its bucket or folder. */
export interface Shelf {
  store: Uploads;
  name: string;
}

/**
 * The number of downloads of results that are under way. All requests share this object, so that the number can be
 * limited.
 */
export interface Downloads {
  count: number;
}

/**
 * The results of an upload that can be downloaded from the web page, by file name. Each has its media type, and a
 * function that makes the key of the result from the key of the upload.
 */
const TYPES: Record<string, { type: string; keyOf: (key: string) => string }> = {
  'image.tar': { type: 'application/x-tar', keyOf: (key) => resultKeys(key).image },
  'rootfs.tar': { type: 'application/x-tar', keyOf: (key) => resultKeys(key).rootfs },
  'manifest.json': { type: 'application/json', keyOf: (key) => resultKeys(key).manifest },
  'report.html': { type: 'text/html; charset=utf-8', keyOf: (key) => resultKeys(key).report },
};

/**
 * The content security policy for a report, the HTML page about one upload. A report has a script, and data that
 * strangers have made. So it gets an origin of its own (`sandbox`), from which it reaches neither this server nor the
 * login cookie.
 */
const REPORT_POLICY =
  "sandbox allow-scripts allow-downloads; default-src 'none'; " +
  "script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:";

/**
 * Answers a request for `file`, a result of the upload with this key: `image.tar`, for example. Sends all of it, or
 * the one range that the request asks for (RFC 9110, section 14). The status is 404 when there is no such result, and
 * 416 when it has no byte in the range. It is 503 when too many downloads are under way.
 */
export async function sendResult(
  request: IncomingMessage,
  response: ServerResponse,
  { file, key, shelf, downloads }: { file: string; key: string; shelf: Shelf; downloads: Downloads },
): Promise<void> {
  const kind = Object.hasOwn(TYPES, file) ? TYPES[file] : undefined;
  const found = kind === undefined ? null : await look(kind.keyOf(key), shelf);
  if (kind === undefined || found === null) return refuse(response, 404, NO_RESULT);
  const { size } = found;
  const etag = `"${found.etag}"`;
  const headers = {
    etag,
    'accept-ranges': 'bytes',
    'content-type': kind.type,
    ...(file === 'report.html' && { 'content-security-policy': REPORT_POLICY }),
    ...(kind.type === 'application/x-tar' && { 'content-disposition': disposition(key, file) }),
  };
  if (request.headers['if-none-match'] === etag) return void begin(response, 304, headers).end();
  if (downloads.count >= LIMITS.pageDownloads) return refuse(response, 503, TOO_MANY);
  const range = rangeFor(request.headers, etag, size);
  if (range === 'beyond') {
    begin(response, 416, { ...headers, 'content-range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: size };
  begin(response, range === null ? 200 : 206, {
    ...headers,
    'content-length': end - start,
    ...(range !== null && { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
  });
  if (request.method === 'HEAD' || end === start) return void response.end();
  downloads.count += 1;
  try {
    await sendAll(response, shelf.store.source(found).open(start, end));
  } finally {
    downloads.count -= 1;
  }
}

async function look(key: string, { store, name }: Shelf): Promise<UploadIdentity | null> {
  const found = await store.find({ bucket: name, key, versionId: null, etag: null, sequencer: null });
  return found?.identity ?? null;
}

/**
 * Returns the bytes of a result that a request asks for, as offsets: from `start` up to but without `end`. Null when
 * all bytes are to be sent. `beyond` when the result has no byte in the range that is asked for. `etag` and `size`, in
 * bytes, are those of the stored result: a request for a range of another version gets all bytes.
 */
function rangeFor(
  headers: IncomingMessage['headers'],
  etag: string,
  size: number,
): { start: number; end: number } | 'beyond' | null {
  // Of several ranges, all bytes are sent, as a server may. A range of another version is none of this one.
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? [];
  const isOther = headers['if-range'] !== undefined && headers['if-range'] !== etag;
  if (isOther || (first === '' && last === '')) return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  return start < end ? { start, end } : 'beyond';
}

/**
 * Returns the value of the header `Content-Disposition`, by which a browser saves a result under a fitting name. For
 * the upload `in/app.tar.gz` and the result `image.tar`, the name is `app-image.tar`.
 */
function disposition(key: string, file: string): string {
  const name = `${key.replace(/^.*\//, '').replace(/(?:\.tar)?(?:\.\w{1,4})?$/, '')}-${file}`;
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${file}"; filename*=UTF-8''${encoded}`;
}

const TOO_MANY = both('Too many downloads are under way. Try again later.', '正在进行的下载太多。请稍后重试。');
const NO_RESULT = both('There is no such result.', '没有这个结果。');
