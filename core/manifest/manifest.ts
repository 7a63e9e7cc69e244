import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { enumerated } from '../catalogue/brief.ts';
import { fewOfEach, type Finding, hasError, isMendable, quoted } from '../catalogue/findings.ts';
import { verdictsByRule } from '../clients/by-rule.ts';
import { type ClientVerdict, clientVerdicts } from '../clients/verdicts.ts';
import type { Contents } from '../contents/facts.ts';
import { LIMITS } from '../limits.ts';
import type { Converted, ConvertedImage, Result } from '../model/converted.ts';
import type { Digest } from '../model/digest.ts';
import type { Compression } from '../model/compression.ts';
import type { ArchiveKind, FoundImage, Inspection, RootfsFacts, Sums } from '../model/inspection.ts';
import type { Changes } from '../model/mending.ts';
import { formatPlatform } from '../model/platform.ts';
import { type LeftOut, shortened } from './shortened.ts';

/**
 * The archive manifest: the JSON document that says what an upload is and what became of it. Lading writes it for every
 * upload, after everything else (docs/manifest.schema.json).
 */
export interface ArchiveManifest {
  manifestVersion: 1;
  /**
   * The outcome for the upload. `converted`: an image archive or a root file system was written. `refused`: neither was
   * written, and a finding with the severity `error` says why. `failed`: the service gave up after its last try; if the
   * notification about the upload is delivered again, that may still succeed. `recognised`: neither was written, and
   * there is no error.
   */
  outcome: 'converted' | 'recognised' | 'refused' | 'failed';
  /** One sentence for the user: the kind of the upload, and what became of it. */
  summary: string;
  /** The fields `summary` and `archive.evidence` (the reasons for the kind of the upload) in Simplified Chinese. */
  zh: { summary: string; evidence: string[] };
  /**
   * True when Lading took only a quick look at the upload: it read tar headers and JSON documents, not the files.
   * Digests are then not verified: they are copied from the archive's own documents.
   */
  quick?: true;
  /**
   * The ID of the job, the work on one upload: a hash of the upload, its options and the version of Lading, as 64 hex
   * digits. The metadata of the image archive in S3 has the same value (`lading-job`). Only the service sets it.
   */
  job?: string;
  /** True when the service has written a report about the upload, `report.html`, beside this document. */
  report?: true;
  source: {
    bucket: string | null;
    /** The key of the uploaded object, or the name of the file; `-` is standard input. */
    key: string;
    versionId: string | null;
    etag: string | null;
    sequencer: string | null;
    size: number | null;
    digest: Digest | null;
    /**
     * The files of an archive that was uploaded in several pieces, in order, with their sizes in bytes. Absent when the
     * archive was uploaded as one file.
     */
    pieces?: { key: string; size: number; versionId?: string | null; etag?: string }[];
  };
  compression: { kind: Compression; content: Sums | null };
  archive: { kind: ArchiveKind; evidence: string[]; members: number; fileBytes: number };
  /** The images found in the upload; empty when it is not an image archive. */
  images: FoundImage[];
  rootfs: RootfsFacts | null;
  /**
   * The facts about the files in the images. Absent unless they were asked for, because they need a second reading of
   * the upload.
   */
  contents?: Contents;
  /**
   * For each client, such as Docker or podman, whether it is expected to load the upload as it is. Empty when the
   * upload was not read.
   */
  clients: ClientVerdict[];
  findings: Finding[];
  /**
   * The changes to layers or to a root file system that Lading made so that container engines accept these; absent when
   * there are none.
   */
  mended?: Changes;
  result: Result | null;
  /**
   * The shell commands that load the image archive, or that import the root file system that was written. Empty if
   * neither was written, or if it went to standard output.
   */
  load: string[];
  cost: Cost;
  converter: { name: 'lading'; version: string };
  /** The lists and texts that were shortened to keep this document below its size limit; absent if none were. */
  shortened?: LeftOut[];
}

/**
 * The cost of the work on an upload: the number of bytes that were read from it, the number of bytes that were sent to
 * write results, and the elapsed seconds. `requests`, the number of ranged reads, is only set when Lading took a quick
 * look.
 */
export interface Cost {
  bytesRead: number;
  bytesSent: number;
  requests?: number;
  seconds: number;
}

/** The values from which `manifestOf` makes an archive manifest, the JSON that says what became of an upload. */
export interface ManifestInput {
  source: ArchiveManifest['source'];
  inspection: Inspection;
  /** The facts about the files in the images; null when they were not asked for. */
  contents?: Contents | null;
  /**
   * The outcome of the conversion into an image archive or a root file system; null when no conversion was asked for.
   */
  converted: Converted | null;
  /**
   * The key of the written image archive or root file system, and its address for people (`s3://…`, a path, or `-` for
   * standard output); null when neither was written.
   */
  result: { key: string; uri: string } | null;
  cost: Cost;
  version: string;
}

/**
 * Makes the archive manifest, the JSON about an upload. Lists and texts are shortened if it would have more than
 * `LIMITS.manifestBytes`.
 */
export function manifestOf(input: ManifestInput): ArchiveManifest {
  return readableManifest(wholeManifest(input), LIMITS.manifestBytes - SERVICE_FIELDS_BYTES);
}

/**
 * The number of bytes that are kept free in the JSON about an upload for two fields that the service adds later: the
 * job ID, and the field that says that a report was written.
 */
const SERVICE_FIELDS_BYTES = 1024;

/**
 * Returns an archive manifest, the JSON about an upload, with lists and texts shortened until it has at most `most`
 * bytes. Its field `shortened` names these lists and texts. After the last attempt to shorten it, it may still have
 * some 3 MB.
 */
export function readableManifest(manifest: ArchiveManifest, most: number): ArchiveManifest {
  const { document, leftOut } = shortened(manifest, most);
  return leftOut.length === 0 ? document : { ...document, shortened: [...(manifest.shortened ?? []), ...leftOut] };
}

/**
 * Returns a copy of an archive manifest, the JSON about an upload, without its facts about files. It is used where
 * these facts are not shown, so that they do not use up the bytes that the shown JSON may have.
 */
export function withoutContents(manifest: ArchiveManifest): ArchiveManifest {
  const others = { ...manifest };
  delete others.contents;
  return others;
}

function wholeManifest({
  source,
  inspection,
  contents = null,
  converted,
  result,
  cost,
  version,
}: ManifestInput): ArchiveManifest {
  const findings = fewOfEach(converted?.findings ?? inspection.findings);
  const done = converted?.kind === 'converted' && result !== null;
  const outcome = done ? 'converted' : outcomeWithout(findings);
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
    ...(contents === null ? {} : { contents }),
    clients: kind === 'unread' ? [] : [...clientVerdicts(inspection), ...verdictsByRule(inspection)],
    findings,
    ...(inspection.mended && { mended: inspection.mended }),
    result: made,
    load: done ? loadLines(result.uri, converted.conversion.result.as) : [],
    cost,
    converter: { name: 'lading', version },
  };
}

/**
 * Determines, from the findings (messages for the user), the outcome of an upload for which nothing was converted:
 * `failed` when the service gave up, `refused` when a finding is an error, else `recognised`.
 */
function outcomeWithout(findings: Finding[]): 'recognised' | 'refused' | 'failed' {
  if (findings.some((each) => each.code === 'gave-up')) return 'failed';
  return hasError(findings) ? 'refused' : 'recognised';
}

/** The words in two languages for each kind of archive, for use inside a sentence such as "This is …". */
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
  unread: both('an upload that was not read', '未读取的上传文件'),
};

function summary(
  outcome: ArchiveManifest['outcome'],
  { kind }: Inspection,
  findings: Finding[],
  result: Result | null,
  isAsked: boolean,
): Bilingual {
  const error = findings.find((each) => each.severity === 'error');
  if ((outcome === 'refused' || outcome === 'failed') && error !== undefined) return quoted(error);
  const waits = findings.find((each) => each.code === 'piece-waits');
  if (waits !== undefined) return quoted(waits);
  const { en, zh } = KIND_NAMES[kind];
  if (result === null) {
    const next = isAsked
      ? LEFT_ALONE
      : kind.startsWith('rootfs/')
        ? CONVERTIBLE
        : kind.startsWith('image/') && findings.some(isMendable)
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
  if (result.as === 'rootfs')
    return both(
      `This is ${en}; its root file system was written as a tar archive.`,
      `这是${spaced(zh)}；其根文件系统已写成 tar 归档。`,
    );
  const [english, chinese] = [images.map((image) => image.en), images.map((image) => image.zh)];
  return both(
    `This is ${en}; it became the image ${enumerated(english, ', and ').en}.`,
    `这是${spaced(zh)}；已转换为镜像 ${enumerated(chinese, '、').zh}。`,
  );
}

const LEFT_ALONE = both('there is nothing to convert', '没有需要转换的内容');
const CONVERTIBLE = both('it can be converted into an image', '可以转换为镜像');
const MENDABLE = both('a conversion puts right what clients do not take', '转换可以修正客户端不接受的地方');

/**
 * Groups the images of a written archive by their names. An image for several platforms then appears once, with all its
 * platforms. Images without names are not grouped.
 */
export function madeImages(images: ConvertedImage[]): { names: string[]; platforms: string[] }[] {
  const made = new Map<string, { names: string[]; platforms: string[] }>();
  // The images of one entry share their list of names, which can be long.
  const joined = new Map<string[], string>();
  images.forEach(({ names, platform }, at) => {
    const all = joined.get(names) ?? names.join();
    joined.set(names, all);
    const key = all || String(at);
    const same = made.get(key) ?? { names, platforms: [] };
    same.platforms.push(formatPlatform(platform));
    made.set(key, same);
  });
  return [...made.values()];
}

/**
 * Returns a Chinese text, with a space before it if it begins with a Latin letter, a digit or a backtick. Chinese
 * typography puts a space between the two scripts.
 */
function spaced(zh: string): string {
  return /^[\w`]/.test(zh) ? ` ${zh}` : zh;
}

/**
 * The shell commands that load an image archive into Docker or podman, or that import a root file system. `uri` is an
 * address `s3://…` or a path. For `-` (standard output), there are no commands.
 */
export function loadLines(uri: string, as?: Result['as']): string[] {
  if (uri === '-') return [];
  const word = /^[\w@%+=:,./-]+$/.test(uri) ? uri : `'${uri.replaceAll("'", "'\\''")}'`;
  if (as === 'rootfs')
    return uri.startsWith('s3://') ? [`aws s3 cp ${word} - | docker import -`] : [`docker import ${word}`];
  if (uri.startsWith('s3://')) return [`aws s3 cp ${word} - | docker load`, `aws s3 cp ${word} - | podman load`];
  return [`docker load -i ${word}`, `podman load -i ${word}`];
}
