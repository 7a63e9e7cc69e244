import { convert } from '../../core/convert/convert.ts';
import { stream } from '../../core/convert/execute.ts';
import { inspect } from '../../core/inspect/inspect.ts';
import { manifestOf } from '../../core/manifest/manifest.ts';
import { concat } from '../../core/model/byte-arrays.ts';
import type { Plan } from '../../core/model/plan.ts';
import type { Bytes, Source, Tools } from '../../core/model/ports.ts';
import { parseOptions } from '../../core/options/options.ts';
import { NO_OPTIONS } from '../../core/options/table.ts';

/** The most that Lading says about an upload, without a store: its archive manifest, and the image archive if any. */
export interface Answer {
  manifest: string;
  made: { plan: Plan; image: Uint8Array } | null;
}

/**
 * Inspects and converts an upload with the same options each time. It needs nothing but the core and the tools, so that
 * it also runs where there is no Node.
 */
export async function answerTo(bytes: Uint8Array, tools: Tools, chunkBytes = bytes.length): Promise<Answer> {
  const source = sourceOf(bytes, chunkBytes);
  const options = { ...NO_OPTIONS, name: ['team/app:1.0'], change: ['CMD ["app"]'], platform: 'linux/arm64' };
  const request = parseOptions(options, 'upload.tar');
  if (!request.ok) throw new Error('the options are refused');
  const inspection = await inspect(source.open(), tools);
  const converted = await convert(inspection, request.value, tools);
  const done = converted.kind === 'converted';
  const manifest = manifestOf({
    source: { bucket: null, key: 'upload.tar', versionId: null, etag: null, sequencer: null, size: null, digest: null },
    inspection,
    converted,
    result: done ? { key: 'image.tar', uri: 'image.tar' } : null,
    cost: { bytesRead: 0, bytesSent: 0, seconds: 0 },
    version: '0',
  });
  if (!done) return { manifest: JSON.stringify(manifest), made: null };
  const { plan } = converted.conversion;
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream(plan, source, tools)) chunks.push(new Uint8Array(chunk));
  return { manifest: JSON.stringify(manifest), made: { plan, image: concat(chunks) } };
}

function sourceOf(bytes: Uint8Array, chunkBytes: number): Source {
  return {
    async *open(start = 0, end = bytes.length): Bytes {
      for (let at = start; at < end; at += chunkBytes) yield bytes.subarray(at, Math.min(at + chunkBytes, end));
    },
  };
}
