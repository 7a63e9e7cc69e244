import { createServer, type IncomingHttpHeaders, type IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { listen, shut } from './loopback.ts';
import { crcBase64, S3Fault, S3Model, type Stored } from './s3-model.ts';
import {
  attributes,
  conditionIn,
  contents,
  identity,
  one,
  partHeaders,
  partsListed,
  partsPage,
  tag,
  xml,
} from './s3-wire.ts';

const DROPS = 5;
const DROP_MS = 10;

/** A request as the stand-in understood it. */
export interface SeenRequest {
  operation: string;
  bucket: string;
  key: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The access key that signed it. */
  caller: string;
  /** The size of the request's body in bytes. */
  bytes: number;
  /** True when the client closed the connection before it had the answer. */
  cancelled: boolean;
}

/**
 * The disturbances of a request. It fails with a status (200 for an error in the body of the answer), or its connection
 * breaks before it is served, after it is served or in the middle of the answer, or its answer stalls in the middle, or
 * its answer comes slowly, in a few pieces, or it does not tell how long its answer is.
 */
export type Disturbance =
  | { status: number; code: string; message?: string }
  | 'reset'
  | 'reset-after'
  | 'reset-mid-body'
  | 'stall-mid-body'
  | 'slow'
  | 'without-length'
  | undefined;

/**
 * A stand-in for S3 on the loopback interface, in memory. It is strict where clients could get things wrong. It knows
 * only the operations that Lading uses, and answers all others with 501; signatures are not checked.
 */
export class S3StandIn {
  readonly model = new S3Model();
  readonly requests: SeenRequest[] = [];
  /** Called before each request is served. */
  disturb: (request: SeenRequest) => Disturbance | Promise<Disturbance> = () => undefined;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  /** Starts it, and makes it the store of this process: the environment tells the SDK where it is. */
  async startForProcess(): Promise<string> {
    const endpoint = await this.start();
    const keys = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'us-east-1' };
    Object.assign(process.env, { AWS_ENDPOINT_URL_S3: endpoint, ...keys });
    return endpoint;
  }

  /** Starts it on a free port and returns its endpoint. */
  async start(): Promise<string> {
    return `http://${await listen(this.#server)}`;
  }

  async stop(): Promise<void> {
    await shut(this.#server);
  }

  /** Records a request to another service like one to S3, and returns the disturbance that the test has for it. */
  async disturbed(request: Pick<SeenRequest, 'operation' | 'key' | 'caller'>): Promise<Disturbance> {
    const elsewhere = { bucket: '', query: new URLSearchParams(), headers: {}, bytes: 0, cancelled: false };
    const seen = { ...elsewhere, ...request };
    this.requests.push(seen);
    return await this.disturb(seen);
  }

  /** The total size in bytes of the bodies sent for these operations. */
  bytesSent(...operations: string[]): number {
    return this.requests
      .filter(({ operation }) => operations.includes(operation))
      .reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      const body = Buffer.concat(chunks);
      const seen = understand(request, body.length);
      this.requests.push(seen);
      response.on('close', () => (seen.cancelled = !response.writableFinished));
      const disturbance = await this.disturb(seen);
      if (disturbance === 'reset') return void response.destroy();
      if (disturbance === 'slow') await pause(DROP_MS);
      if (typeof disturbance === 'object') throw new S3Fault(disturbance.status, disturbance.code, disturbance.message);
      this.#answer(seen, body, disturbance === 'reset-after' ? cutOff(request, response) : response, disturbance);
    } catch (error) {
      const fault = error instanceof S3Fault ? error : new S3Fault(500, 'InternalError', String(error));
      response.writeHead(fault.status, { 'content-type': 'application/xml' });
      response.end(
        request.method === 'HEAD' ? '' : `<Error><Code>${fault.code}</Code><Message>${fault.message}</Message></Error>`,
      );
    }
  }

  #answer(seen: SeenRequest, body: Buffer, response: ServerResponse, disturbance: Disturbance): void {
    const { operation, bucket, key, query, headers } = seen;
    const id = query.get('uploadId') ?? '';
    const number = Number(query.get('partNumber'));
    const condition = conditionIn(headers);
    checkBody(headers, body);
    switch (operation) {
      case 'PutObject':
        return void response
          .writeHead(200, identity(this.model.put(bucket, key, body, attributes(headers), { condition })))
          .end();
      case 'GetObject':
      case 'HeadObject':
        return serveObject(this.model.get(bucket, key, query.get('versionId')), headers, response, disturbance);
      case 'DeleteObject':
        this.model.remove(bucket, key, condition);
        return void response.writeHead(204).end();
      case 'ListObjectsV2':
        return xml(
          response,
          'ListBucketResult',
          this.model
            .list(bucket, query.get('prefix') ?? '')
            .map(contents)
            .join(''),
        );
      case 'ListMultipartUploads': {
        const uploads = this.model
          .unfinished(bucket)
          .filter((each) => each.key.startsWith(query.get('prefix') ?? ''))
          .map((each) => {
            const initiated = new Date(each.initiated).toISOString();
            return `<Upload>${tag('Key', each.key)}${tag('UploadId', each.id)}${tag('Initiated', initiated)}</Upload>`;
          });
        return xml(response, 'ListMultipartUploadsResult', uploads.join(''));
      }
      case 'ListParts': {
        const rest = this.model.parts(id).filter((each) => each.number > Number(query.get('part-number-marker')));
        return xml(response, 'ListPartsResult', partsPage(rest));
      }
      case 'CreateMultipartUpload': {
        const created = this.model.createUpload(bucket, key, attributes(headers), one(headers, 'x-amz-checksum-type'));
        return xml(response, 'InitiateMultipartUploadResult', tag('UploadId', created));
      }
      case 'UploadPart':
        return void response.writeHead(200, partHeaders(this.model.putPart(id, number, body))).end();
      case 'UploadPartCopy': {
        const { source, start, end } = this.#copySource(headers);
        const { etag, crc32 } = this.model.copyPart(id, number, source, start, end);
        return xml(response, 'CopyPartResult', tag('ETag', `"${etag}"`) + tag('ChecksumCRC32', crc32));
      }
      case 'CompleteMultipartUpload': {
        const size = one(headers, 'x-amz-mp-object-size');
        const checksumType = one(headers, 'x-amz-checksum-type');
        const want = {
          crc32: one(headers, 'x-amz-checksum-crc32'),
          checksumType,
          size: size === null ? null : Number(size),
        };
        const { etag, versionId } = this.model.complete(id, partsListed(body.toString()), condition, want);
        if (versionId !== null) response.setHeader('x-amz-version-id', versionId);
        return xml(response, 'CompleteMultipartUploadResult', tag('ETag', `"${etag}"`));
      }
      case 'AbortMultipartUpload':
        this.model.abort(id);
        return void response.writeHead(204).end();
      default:
        throw new S3Fault(501, 'NotImplemented', operation);
    }
  }

  #copySource(headers: IncomingHttpHeaders): { source: Stored; start: number; end: number } {
    const [path = '', versionId = null] = (one(headers, 'x-amz-copy-source') ?? '').split('?versionId=');
    const [bucket = '', ...key] = decodeURIComponent(path).split('/');
    const source = this.model.get(bucket, key.join('/'), versionId);
    const etag = one(headers, 'x-amz-copy-source-if-match');
    if (etag !== null && etag.replaceAll('"', '') !== source.etag) throw new S3Fault(412, 'PreconditionFailed');
    const range = /^bytes=(\d+)-(\d+)$/u.exec(one(headers, 'x-amz-copy-source-range') ?? '');
    if (range === null) throw new S3Fault(400, 'InvalidArgument', 'No range');
    return { source, start: Number(range[1]), end: Number(range[2]) + 1 };
  }
}

function understand(request: IncomingMessage, bytes: number): SeenRequest {
  const { headers, method = '', url = '/' } = request;
  // `new URL` would resolve `..`, but in S3 a key is not a path.
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  const [bucket = '', ...rest] = path.slice(1).split('/');
  const key = decodeURIComponent(rest.join('/'));
  return {
    operation: operationOf(method, key, query, headers),
    bucket,
    key,
    query,
    headers,
    caller: /Credential=([^/]+)\//u.exec(headers.authorization ?? '')?.[1] ?? '',
    bytes,
    cancelled: false,
  };
}

function operationOf(method: string, key: string, query: URLSearchParams, headers: IncomingHttpHeaders): string {
  const part = query.has('partNumber');
  if (method === 'PUT' && part) return 'x-amz-copy-source' in headers ? 'UploadPartCopy' : 'UploadPart';
  if (method === 'PUT' && key !== '' && !('x-amz-copy-source' in headers)) return 'PutObject';
  if (method === 'POST' && query.has('uploads')) return 'CreateMultipartUpload';
  if (method === 'POST' && query.has('uploadId')) return 'CompleteMultipartUpload';
  if (method === 'DELETE') return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  if (method === 'GET' && key === '') return query.has('uploads') ? 'ListMultipartUploads' : 'ListObjectsV2';
  if (method === 'GET') return query.has('uploadId') ? 'ListParts' : 'GetObject';
  return method === 'HEAD' ? 'HeadObject' : `${method} ${query.toString()}`;
}

function checkBody(headers: IncomingHttpHeaders, body: Buffer): void {
  if (headers['content-encoding'] === 'aws-chunked') throw new S3Fault(501, 'NotImplemented', 'aws-chunked');
  const sum = one(headers, 'x-amz-checksum-crc32');
  const ofBody = one(headers, 'x-amz-checksum-type') === null;
  if (sum !== null && ofBody && sum !== crcBase64(body)) throw new S3Fault(400, 'BadDigest');
}

function serveObject(
  stored: Stored,
  headers: IncomingHttpHeaders,
  response: ServerResponse,
  disturbance: Disturbance,
): void {
  const { bytes, etag, contentType, metadata } = stored;
  const ifMatch = one(headers, 'if-match');
  if (ifMatch !== null && ifMatch.replaceAll('"', '') !== etag) throw new S3Fault(412, 'PreconditionFailed');
  const range = /^bytes=(\d+)-(\d+)$/u.exec(headers.range ?? '');
  const start = Number(range?.[1] ?? 0);
  if (range !== null && start >= bytes.length) throw new S3Fault(416, 'InvalidRange');
  const end = Math.min(bytes.length, Number(range?.[2] ?? bytes.length - 1) + 1);
  const meta = Object.entries(metadata).map(([name, value]): [string, string] => [`x-amz-meta-${name}`, value]);
  const fields = {
    ...identity(stored),
    'content-type': contentType,
    ...(disturbance !== 'without-length' && { 'content-length': end - start }),
    'last-modified': (stored.lastModified ?? new Date()).toUTCString(),
    ...Object.fromEntries(meta),
  };
  response.writeHead(range === null ? 200 : 206, fields);
  if (response.req.method === 'HEAD') return void response.end();
  const body = bytes.subarray(start, end);
  if (disturbance === 'slow') return void trickle(body, response);
  const isWhole = disturbance !== 'reset-mid-body' && disturbance !== 'stall-mid-body';
  if (isWhole) return void response.end(body);
  const half = body.subarray(0, Math.floor(body.length / 2));
  response.write(half, () => disturbance === 'reset-mid-body' && response.destroy());
}

/** Sends an answer in a few pieces, with pauses between them. */
async function trickle(body: Buffer, response: ServerResponse): Promise<void> {
  const drop = Math.ceil(body.length / DROPS) || 1;
  for (let at = 0; at < body.length; at += drop) {
    response.write(body.subarray(at, at + drop));
    await pause(DROP_MS);
  }
  response.end();
}

/** An answer that is not delivered: the request is carried out, but the client only sees its connection break. */
function cutOff(request: IncomingMessage, response: ServerResponse): ServerResponse {
  response.destroy();
  return new ServerResponse(request);
}
