import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { enumerated } from '../catalogue/brief.ts';
import { fewOfEach, type Finding, hasError, isMendable, quoted } from '../catalogue/findings.ts';
import { type ClientVerdict, clientVerdicts } from '../clients/verdicts.ts';
import { LIMITS } from '../limits.ts';
import type { Converted, ConvertedImage, Result } from '../model/converted.ts';
import type { Digest } from '../model/digest.ts';
import type { ArchiveKind, Compression, FoundImage, Inspection, RootfsFacts, Sums } from '../model/inspection.ts';
import { formatPlatform } from '../model/platform.ts';
import { type LeftOut, shortened } from './shortened.ts';

/** The final word on an upload, written last and for every upload (docs/manifest.schema.json). */
export interface ArchiveManifest {
  manifestVersion: 1;
  /** `converted`: an image archive lies beside this. `recognised`: none was made, and no error forbids it. `refused`: an error finding says why. */
  outcome: 'converted' | 'recognised' | 'refused';
  /** One plain sentence: what it is and what came of it. */
  summary: string;
  /** The summary and the evidence in Simplified Chinese. */
  zh: { summary: string; evidence: string[] };
  /** True when only headers and documents were read: nothing was verified, and digests are what the archive says. */
  quick?: true;
  /**
   * What was asked for of which upload, as 64 hex digits: the image archive beside it carries the same in its metadata
   * (`lading-job`). Only the service sets it.
   */
  job?: string;
  source: {
    bucket: string | null;
    /** The object's key, or the file's name; `-` is standard input. */
    key: string;
    versionId: string | null;
    etag: string | null;
    sequencer: string | null;
    size: number | null;
    digest: Digest | null;
  };
  compression: { kind: Compression; content: Sums | null };
  archive: { kind: ArchiveKind; evidence: string[]; members: number; fileBytes: number };
  /** The images found in an image archive. */
  images: FoundImage[];
  rootfs: RootfsFacts | null;
  /** Which clients load the upload as it is. */
  clients: ClientVerdict[];
  findings: Finding[];
  result: Result | null;
  /** The exact lines that load the result; empty when there is none. */
  load: string[];
  cost: Cost;
  converter: { name: 'lading'; version: string };
  /** What was left out because the manifest would be larger than its readers take; absent where nothing was. */
  shortened?: LeftOut[];
}

/** What it took: bytes, the ranged reads of a quick look, and time on the clock. */
export interface Cost {
  bytesRead: number;
  bytesSent: number;
  requests?: number;
  seconds: number;
}

/** What a manifest is made from. */
export interface ManifestInput {
  source: ArchiveManifest['source'];
  inspection: Inspection;
  /** What came of the conversion, null when none was asked for. */
  converted: Converted | null;
  /** The result's key, and where it is for a person (`s3://…`, a path, `-`); null when nothing was written. */
  result: { key: string; uri: string } | null;
  cost: Cost;
  version: string;
}

/** The archive manifest of one upload, of a size that its readers take. */
export function manifestOf(input: ManifestInput): ArchiveManifest {
  return readableManifest(wholeManifest(input), LIMITS.manifestBytes - LATER_BYTES);
}

/** The field `job`, which the service sets in the end. */
const LATER_BYTES = 1024;

/** The manifest in at most `most` bytes of JSON: where it has more, lists and texts are shortened, and `shortened` says so. */
export function readableManifest(manifest: ArchiveManifest, most: number): ArchiveManifest {
  const { document, leftOut } = shortened(manifest, most);
  return leftOut.length === 0 ? document : { ...document, shortened: [...(manifest.shortened ?? []), ...leftOut] };
}

function wholeManifest({ source, inspection, converted, result, cost, version }: ManifestInput): ArchiveManifest {
  const findings = fewOfEach(converted?.findings ?? inspection.findings);
  const done = converted?.kind === 'converted' && result !== null;
  const outcome = done ? 'converted' : hasError(findings) ? 'refused' : 'recognised';
  const made = done ? { key: result.key, ...converted.conversion.result } : null;
  const { kind, evidence, members, fileBytes, compression, content, images, rootfs } = inspection;
  const { en, zh } = summary(outcome, inspection, findings, made, converted !== null);
  return {
    manifestVersion: 1,
    outcome,
    summary: en,
    zh: { summary: zh, evidence: evidence.map((why) => why.zh) },
    ...(inspection.quick === undefined ? {} : { quick: true }),
    source: {
      ...source,
      size: inspection.upload?.size ?? source.size,
      digest: inspection.upload?.digest ?? source.digest,
    },
    compression: { kind: compression, content },
    archive: { kind, evidence: evidence.map((why) => why.en), members, fileBytes },
    images,
    rootfs,
    clients: clientVerdicts(inspection),
    findings,
    result: made,
    load: done ? loadLines(result.uri) : [],
    cost,
    converter: { name: 'lading', version },
  };
}

/** What each kind is called in a sentence. */
export const KIND_NAMES: Record<ArchiveKind, Bilingual> = {
  'rootfs/docker-export': both('a container archive made by `docker export`', '由 `docker export` 生成的容器归档'),
  'rootfs/generic': both('a root file system', '根文件系统'),
  'rootfs/minimal': both('a tar archive of executables', '只含可执行文件的 tar 归档'),
  'image/docker': both('an image archive', '镜像归档'),
  'image/oci': both('an image archive (OCI layout)', '镜像归档（OCI 布局）'),
  'image/hybrid': both('an image archive (Docker and OCI)', '镜像归档（Docker 与 OCI）'),
  'image/docker-v1': both('an image archive from before Docker 1.10', 'Docker 1.10 之前的镜像归档'),
  'image/directory': both('an image folder of podman or skopeo', 'podman 或 skopeo 的镜像目录'),
  'image/incomplete': both('an incomplete image archive', '不完整的镜像归档'),
  'image/nested-in-export': both('an image archive inside a container export', '容器导出中的镜像归档'),
  plain: both('a tar archive', 'tar 归档'),
  empty: both('empty', '空的'),
  'not-an-archive': both('no readable archive', '无法读取的文件，不是归档'),
};

function summary(
  outcome: ArchiveManifest['outcome'],
  { kind }: Inspection,
  findings: Finding[],
  result: Result | null,
  isAsked: boolean,
): Bilingual {
  const error = findings.find((each) => each.severity === 'error');
  if (outcome === 'refused' && error !== undefined) return quoted(error);
  const { en, zh } = KIND_NAMES[kind];
  if (result === null) {
    const next = isAsked
      ? LEFT_ALONE
      : kind.startsWith('rootfs/')
        ? CONVERTIBLE
        : findings.some(isMendable)
          ? MENDABLE
          : LEFT_ALONE;
    return both(`This is ${en}; ${next.en}.`, `这是${spaced(zh)}；${next.zh}。`);
  }
  const images = madeImages(result.images).map(({ names, platforms }) => {
    const name = enumerated(names, ', ');
    const [last = '', ...others] = platforms.toReversed();
    const before = enumerated(others.toReversed(), ', ').en;
    const list = others.length === 0 ? last : `${before} and ${last}`;
    const all = enumerated(platforms, '、').zh;
    return both(`${name.en || 'without a name'} for ${list}`, `${name.zh || '（没有名称）'}（${all}）`);
  });
  const [english, chinese] = [images.map((image) => image.en), images.map((image) => image.zh)];
  return both(
    `This is ${en}; it became the image ${enumerated(english, ', and ').en}.`,
    `这是${spaced(zh)}；已转换为镜像 ${enumerated(chinese, '、').zh}。`,
  );
}

const LEFT_ALONE = both('there is nothing to convert', '没有需要转换的内容');
const CONVERTIBLE = both('it can be converted into an image', '可以转换为镜像');
const MENDABLE = both('a conversion puts right what clients do not take', '转换可以修正客户端不接受的地方');

/** What was made, by names: an image for several platforms once. */
export function madeImages(images: ConvertedImage[]): { names: string[]; platforms: string[] }[] {
  const made = new Map<string, { names: string[]; platforms: string[] }>();
  images.forEach(({ names, platform }, at) => {
    const key = names.join() || String(at);
    const same = made.get(key) ?? { names, platforms: [] };
    same.platforms.push(formatPlatform(platform));
    made.set(key, same);
  });
  return [...made.values()];
}

/** Chinese is set apart from letters of other scripts. */
function spaced(zh: string): string {
  return /^[\w`]/.test(zh) ? ` ${zh}` : zh;
}

/** The lines that load an image archive; `uri` is `s3://…` or a path, and `-` has none. */
export function loadLines(uri: string): string[] {
  if (uri === '-') return [];
  const word = /^[\w@%+=:,./-]+$/.test(uri) ? uri : `'${uri.replaceAll("'", "'\\''")}'`;
  if (uri.startsWith('s3://')) return [`aws s3 cp ${word} - | docker load`, `aws s3 cp ${word} - | podman load`];
  return [`docker load -i ${word}`, `podman load -i ${word}`];
}
