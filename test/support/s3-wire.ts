import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Condition, Stored } from './s3-model.ts';

// The HTTP headers and XML of S3's requests and answers, as far as the stand-in uses them.

export function conditionIn(headers: IncomingHttpHeaders): Condition {
  return {
    ifMatch: one(headers, 'if-match')?.replaceAll('"', '') ?? null,
    ifNoneMatch: one(headers, 'if-none-match'),
  };
}

export function partHeaders({ etag, crc32 }: { etag: string; crc32: string }): Record<string, string> {
  return { etag: `"${etag}"`, 'x-amz-checksum-crc32': crc32 };
}

export function identity({ etag, versionId }: Stored): Record<string, string> {
  return { etag: `"${etag}"`, ...(versionId !== null && { 'x-amz-version-id': versionId }) };
}

export function attributes(headers: IncomingHttpHeaders): { contentType: string; metadata: Record<string, string> } {
  const meta = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  const metadata = Object.fromEntries(meta.map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]));
  return { contentType: headers['content-type'] ?? 'application/octet-stream', metadata };
}

export function one(headers: IncomingHttpHeaders, name: string): string | null {
  return headers[name]?.toString() ?? null;
}

export function partsListed(xmlText: string): { number: number; etag: string; crc32: string | null }[] {
  return [...xmlText.matchAll(/<Part>(.*?)<\/Part>/gsu)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</u.exec(part)?.[1]),
    etag: (/<ETag>(.*?)</u.exec(part)?.[1] ?? '').replaceAll(/"|&quot;/gu, ''),
    crc32: /<ChecksumCRC32>(.*?)</u.exec(part)?.[1] ?? null,
  }));
}

const PARTS_A_PAGE = 1000;

/** The first page of a list of parts, in XML. */
export function partsPage(parts: { number: number; size: number; etag: string; crc32: string }[]): string {
  const page = parts.slice(0, PARTS_A_PAGE);
  const listed = page.map(({ number, size, etag, crc32 }) => {
    const fields = tag('PartNumber', String(number)) + tag('Size', String(size)) + tag('ETag', `"${etag}"`);
    return `<Part>${fields}${tag('ChecksumCRC32', crc32)}</Part>`;
  });
  const next = tag('NextPartNumberMarker', String(page.at(-1)?.number ?? 0));
  return next + tag('IsTruncated', String(parts.length > page.length)) + listed.join('');
}

export function contents({ key, stored }: { key: string; stored: Stored }): string {
  return `<Contents>${tag('Key', key)}${tag('ETag', `"${stored.etag}"`)}${tag('Size', String(stored.bytes.length))}</Contents>`;
}

export function tag(name: string, text: string): string {
  return `<${name}>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`;
}

export function xml(response: ServerResponse, root: string, inner: string): void {
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0"?><${root}>${inner}</${root}>`);
}
