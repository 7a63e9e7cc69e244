import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Bilingual, both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import { requestFrom } from '../../core/service/asked.ts';
import { FORGET_MS } from './inbox.ts';
import type { Denied, Intake, Upload } from './intake.ts';
import { refuse, reply } from './reply.ts';
import { bodyOf } from './server.ts';

// Uploads by the tus protocol 1.0.0 (tus.io), with its extensions `creation`, `expiration` and `termination`
// (docs/decisions/0095).

const VERSION = { 'tus-resumable': '1.0.0' };
const EXTENSIONS = 'creation,expiration,termination';

/**
 * The uploads through the web page that are under way, and the function to call with the key of each that is complete.
 */
export interface Reception {
  intake: Intake;
  onArrival: (key: string) => void;
}

/**
 * Answers a request of the tus protocol that names no upload: `POST` begins one, `OPTIONS` asks what the server can do.
 */
export async function answerUploads(
  request: IncomingMessage,
  response: ServerResponse,
  reception: Reception,
): Promise<void> {
  if (request.method === 'OPTIONS') {
    const limits = { 'tus-version': '1.0.0', 'tus-extension': EXTENSIONS, 'tus-max-size': LIMITS.pageUploadBytes };
    return reply(response, 204, { ...VERSION, ...limits });
  }
  if (request.method !== 'POST') return refuse(response, 405, NO_METHOD);
  if (isOtherVersion(request)) return deny(response, { status: 412, why: OTHER_VERSION });
  const size = wholeIn(request, 'upload-length');
  const key = filenameIn(request.headers['upload-metadata']);
  if (size === null || key === null) return deny(response, { status: 400, why: INCOMPLETE });
  const id = await reception.intake.create(key, size);
  if (typeof id !== 'string') return deny(response, id);
  reply(response, 201, { ...VERSION, location: `/uploads/${id}`, ...expiry() });
}

/**
 * Answers a request for the upload with this id. By the tus protocol, `HEAD` asks how many bytes have come, `PATCH`
 * brings more bytes, `DELETE` ends the upload. `options` is true when the request is for the upload's options, which a
 * `PUT` sets.
 */
export async function answerUpload(
  request: IncomingMessage,
  response: ServerResponse,
  { id, options, reception }: { id: string; options: boolean; reception: Reception },
): Promise<void> {
  const upload = reception.intake.find(id);
  if (upload === null) return deny(response, { status: 404, why: NO_UPLOAD });
  if (options) return await takeOptions(request, response, upload);
  if (isOtherVersion(request)) return deny(response, { status: 412, why: OTHER_VERSION });
  if (request.method === 'HEAD' || request.method === 'PATCH')
    return await upload.turn(
      () => request.destroy(),
      () => append(request, response, upload, reception),
    );
  if (request.method !== 'DELETE') return refuse(response, 405, NO_METHOD);
  await upload.turn(NOTHING, () => reception.intake.discard(id));
  reply(response, 204, VERSION);
}

const NOTHING = (): void => undefined;

/**
 * Answers a `PATCH`, which brings bytes for an upload, or a `HEAD`, which asks how many have come. The answer has the
 * offset in bytes at which the next bytes belong. When all bytes have come, the file appears among the uploads before
 * the answer is sent. If that has failed for a `PATCH`, a later `HEAD` tries it again.
 */
async function append(
  request: IncomingMessage,
  response: ServerResponse,
  upload: Upload,
  { intake, onArrival }: Reception,
): Promise<void> {
  const isHead = request.method === 'HEAD';
  if (!isHead) {
    if (request.headers['content-type'] !== 'application/offset+octet-stream')
      return deny(response, { status: 415, why: INCOMPLETE });
    if (wholeIn(request, 'upload-offset') !== upload.offset) return deny(response, { status: 409, why: OTHER_OFFSET });
    const denied = await intake.take(upload, request.iterator({ destroyOnReturn: false }));
    if (denied) return deny(response, denied);
  }
  if (await intake.finish(upload)) onArrival(upload.key);
  const where = { 'upload-offset': upload.offset, ...(isHead && { 'upload-length': upload.size }) };
  reply(response, isHead ? 200 : 204, { ...VERSION, ...where, ...expiry() });
}

/**
 * Answers a `PUT` of the options of an upload, as JSON. Invalid options are refused at once, with status 422. So a
 * client that sends the options before the file does not send the file in vain.
 */
async function takeOptions(request: IncomingMessage, response: ServerResponse, upload: Upload): Promise<void> {
  if (request.method !== 'PUT') return refuse(response, 405, NO_METHOD);
  const sidecar = await bodyOf(request, LIMITS.sidecarBytes);
  if (sidecar === null) return refuse(response, 413, OPTIONS_TOO_LARGE);
  if (upload.isFinished) return refuse(response, 409, FINISHED);
  const asked = requestFrom({ metadata: {}, sidecar }, upload.key);
  if (!asked.ok) {
    const { problem, remedy } = asked;
    return refuse(response, 422, both(`${problem.en} ${remedy.en}`, `${problem.zh}${remedy.zh}`));
  }
  upload.options = sidecar;
  reply(response, 204);
}

function deny(response: ServerResponse, { status, why }: Denied): void {
  for (const [name, value] of Object.entries(VERSION)) response.setHeader(name, value);
  refuse(response, status, why);
}

function isOtherVersion({ headers }: IncomingMessage): boolean {
  return headers['tus-resumable'] !== VERSION['tus-resumable'];
}

/**
 * Returns the value of the header `name` as a whole number; null when the header is missing, or is not 1 to 15 digits.
 */
function wholeIn({ headers }: IncomingMessage, name: string): number | null {
  const value = String(headers[name] ?? '');
  return /^\d{1,15}$/.test(value) ? Number(value) : null;
}

/**
 * Returns the value of the field `filename` in the header `Upload-Metadata`, decoded. The header is a list of names,
 * each with a text in base64, separated by commas. Null when it has no such field.
 */
function filenameIn(header: string | string[] | undefined): string | null {
  for (const pair of String(header ?? '').split(',')) {
    const [name, text = ''] = pair.trim().split(' ');
    if (name === 'filename') return Buffer.from(text, 'base64').toString();
  }
  return null;
}

/** Returns the header `Upload-Expires`, which tells when an upload is forgotten if no more bytes come. */
function expiry(): { 'upload-expires': string } {
  return { 'upload-expires': new Date(Date.now() + FORGET_MS).toUTCString() };
}

const NO_METHOD: Bilingual = both('This address does not take such a request.', '该地址不接受这种请求。');
const OTHER_VERSION = both('Only version 1.0.0 of the tus protocol is spoken here.', '这里只支持 tus 协议 1.0.0。');
const INCOMPLETE = both('A header of the tus protocol is missing or wrong.', 'tus 协议的某个头缺失或有误。');
const NO_UPLOAD = both('There is no such upload. Begin it again.', '没有这个上传。请重新开始。');
const OTHER_OFFSET = both('The upload stands at another offset.', '上传的当前位置与请求不符。');
const FINISHED = both(
  'The upload is finished. Begin it again with other options.',
  '上传已完成。如需其他选项，请重新上传。',
);
const OPTIONS_TOO_LARGE = both('The options are too large.', '选项过大。');
