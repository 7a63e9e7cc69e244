import type { Severity } from '../catalogue/entry.ts';
import type { FindingCode } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import type { ArchiveManifest } from '../manifest/manifest.ts';
import type { Digest } from '../model/digest.ts';
import type { ArchiveKind } from '../model/inspection.ts';
import { formatPlatform } from '../model/platform.ts';
import { utf8Length } from '../model/utf8.ts';
import { isCanary } from './canary.ts';
import { resultKeys } from './keys.ts';

/**
 * The event which says that the work on an upload is complete. It has the main facts of the archive manifest, the JSON
 * document that says what became of the upload (docs/completion.schema.json).
 */
export interface Completion {
  completionVersion: 1;
  /**
   * The id of the job, which is one upload with its options. A repeated event has the same id. Null when the archive
   * manifest, from which the event is made, states no id.
   */
  job: string | null;
  /** True for a trial upload, by which `lading doctor` checks the service; absent for other uploads. */
  canary?: true;
  /** The upload. Its pieces are left out when the event is shortened: 1,000 of them can take a megabyte. */
  source: ArchiveManifest['source'];
  outcome: ArchiveManifest['outcome'];
  kind: ArchiveKind;
  /** The codes of the findings (messages about the upload), each code once, with their severities. */
  findings: { code: FindingCode; severity: Severity }[];
  manifest: { key: string };
  /** The report about the upload, an HTML page; absent when none was written. */
  report?: { key: string };
  result: { key: string; size: number; crc32: string | null } | null;
  /** A sentence that sums up what became of the upload; empty when it does not fit into the event. */
  summary: string;
  /** The images that were made from the upload; empty when they do not fit into the event. */
  images: { names: string[]; platform: string; imageId: Digest; manifestDigest: Digest | null }[];
  /**
   * True when `summary`, `images` and `source.pieces` are left out of the event: they did not fit, or the archive
   * manifest, from which the event is made, is itself shortened.
   */
  shortened: boolean;
  cost: ArchiveManifest['cost'];
  converter: ArchiveManifest['converter'];
}

/**
 * Makes the completion event of an upload from its archive manifest, the JSON document that says what became of the
 * upload. An event of more than `LIMITS.completionBytes` bytes as JSON is shortened: summary, images and the list of
 * pieces are left out.
 */
export function completionOf(manifest: ArchiveManifest): Completion {
  const { source, outcome, archive, summary, result, cost, converter } = manifest;
  const keys = resultKeys(source.key);
  const findings = new Map(manifest.findings.map(({ code, severity }) => [code, { code, severity }]));
  const completion: Completion = {
    completionVersion: 1,
    job: manifest.job ?? null,
    ...(isCanary(source.key) && { canary: true }),
    source,
    outcome,
    kind: archive.kind,
    findings: [...findings.values()],
    manifest: { key: keys.manifest },
    ...(manifest.report && { report: { key: keys.report } }),
    result: result && { key: result.key, size: result.size, crc32: result.crc32 },
    summary,
    images: imagesOf(manifest),
    shortened: false,
    cost,
    converter,
  };
  const bytes = utf8Length(JSON.stringify(completion));
  const fits = manifest.shortened === undefined && bytes <= LIMITS.completionBytes;
  if (fits) return completion;
  const { pieces: _, ...upload } = source;
  return { ...completion, source: upload, summary: '', images: [], shortened: true };
}

function imagesOf({ result }: ArchiveManifest): Completion['images'] {
  return (result?.images ?? []).map(({ names, platform, imageId, manifestDigest }) => {
    return { names, platform: formatPlatform(platform), imageId, manifestDigest };
  });
}
