import type { Bilingual } from '../catalogue/bilingual.ts';
import { enumerated } from '../catalogue/brief.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import type { ExecutionConfig } from '../model/config.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Result } from '../model/converted.ts';
import type { ArchiveKind, Inspection, RootfsFacts } from '../model/inspection.ts';
import { isNumbered } from '../model/legal-name.ts';
import { platformText } from '../model/platform.ts';
import type { Reference } from '../model/reference.ts';
import type { EntryToWrite } from './layout.ts';

/** Returns the findings about the conversion of a root file system to an image, except those about its platform. */
export function rootfsRemarks(inspection: Inspection, request: ConversionRequest): Finding[] {
  const { names, nameDerived, config, notes } = request;
  // Only an image needs a command and a name. A root file system that is written as it is needs neither.
  const isImage = request.as === 'image';
  const derived = isImage && nameDerived ? names.slice(0, 1) : [];
  return [
    ...rootfsRemark(inspection.kind),
    ...unusedRemarks(request),
    ...(isImage ? commandRemarks(config, inspection.rootfs) : []),
    ...notes.map((note) => finding('inspect-note', { note })),
    ...derived.map((name) => nameDerivedRemark(name)),
  ];
}

/**
 * Makes the finding that an image was named after the key (the name) of the upload. If the key has letters that image
 * names cannot have, the name ends with a hash of the key; the finding then says so.
 */
export function nameDerivedRemark({ familiar }: Reference): Finding {
  return finding('name-derived', { name: `\`${familiar}\``, why: isNumbered(familiar) ? LETTERS_LOST : '' });
}

const LETTERS_LOST: Bilingual = {
  en: ' Image names can only have letters from a to z, so a number that stands for the whole key takes the place of the others.',
  zh: '镜像名称只能使用字母 a 到 z，因此其余文字由代表整个文件名的编号代替。',
};

function rootfsRemark(kind: ArchiveKind): Finding[] {
  const what = kind === 'rootfs/docker-export' ? BY_EXPORT : A_ROOT;
  return kind.startsWith('rootfs/') ? [finding('container-archive', { what })] : [];
}

/**
 * Returns a list with the finding that options which choose an image or merge layers have no effect on a container
 * archive. The list is empty when none of these options is given.
 */
function unusedRemarks({ as, image, mergeFrom }: ConversionRequest): Finding[] {
  // A root file system is made by merging all layers, which is no option of its own.
  const merging = mergeFrom === null || as === 'rootfs' ? [] : ['flatten/squash'];
  const options = [...(image === null ? [] : ['image']), ...merging];
  return options.length === 0 ? [] : [finding('image-options-unused', { options: options.join(', ') })];
}

/**
 * Returns the findings about how the layers are compressed: that some are zstd, which not every client unpacks, and
 * that some are plain although another compression was asked for.
 */
export function compressRemarks(entries: EntryToWrite[], { compress }: ConversionRequest): Finding[] {
  const images = entries.flatMap((entry) => [entry.image, ...entry.platforms.map(({ image }) => image)]);
  const forms = new Set(images.flatMap(({ layers }) => layers.map(({ compression }) => compression)));
  const isExpanded = compress !== null && compress !== 'none' && forms.has('none');
  return [
    ...(forms.has('zstd') ? [finding('written-as-zstd')] : []),
    ...(isExpanded ? [finding('layer-expanded', { compression: compress })] : []),
  ];
}

const BY_EXPORT: Bilingual = { en: 'made by `docker export`', zh: '由 `docker export` 生成' };
const A_ROOT: Bilingual = { en: 'a root file system', zh: '一个根文件系统' };

/**
 * Returns a list with the finding that an image has no command to run, and with which option one can be added. The
 * list is empty when the image has a command.
 */
function commandRemarks({ Cmd, Entrypoint }: ExecutionConfig, rootfs: RootfsFacts | null): Finding[] {
  if ((Cmd ?? []).length + (Entrypoint ?? []).length > 0) return [];
  const shells = rootfs?.shells ?? [];
  const program = shells.includes('/bin/sh') ? '/bin/sh' : (shells[0] ?? '/PATH/TO/PROGRAM');
  return [finding('no-command', { option: `--change 'CMD ["${program}"]'` })];
}

/**
 * Returns a list with the finding that images get the tag `latest`, which later builds usually get too. The list is
 * empty when no image gets it.
 */
export function nameRemarks(names: Reference[]): Finding[] {
  const latest = [...new Set(names.filter(({ tag }) => tag === 'latest').map(({ familiar }) => `\`${familiar}\``))];
  return latest.length === 0 ? [] : [finding('tag-latest', { name: enumerated(latest, ', ') })];
}

/**
 * Returns a finding for each image for several platforms. Some clients can load only one platform of such an image,
 * and the finding says which one they load.
 */
export function platformRemarks({ indexes }: Pick<Result, 'indexes'>): Finding[] {
  return (indexes ?? []).map(({ names, platforms, chosen }) =>
    finding('platform-chosen', {
      name: nameInSentence(names),
      platforms: enumerated(platforms, ', '),
      platform: chosen,
    }),
  );
}

/**
 * Returns the findings about an image archive in the layout `docker`, that of `docker save` before version 25: which
 * programs it is for, and which platforms were left out.
 */
export function layoutRemarks(entries: readonly EntryToWrite[]): Finding[] {
  return [finding('layout-docker'), ...leftOutRemarks(entries)];
}

/**
 * Returns a finding for each image for several platforms of which only one platform is written. The finding names all
 * platforms and the one that is written.
 */
export function leftOutRemarks(entries: readonly EntryToWrite[]): Finding[] {
  const narrowed = entries.filter(({ platforms }) => platforms.length > 0);
  return narrowed.map(({ names, image, platforms }) => {
    const kept = platforms.find((each) => each.image === image);
    const all = platforms.map(({ platform }) => platformText(platform));
    return finding('platforms-left-out', {
      name: nameInSentence(names.map((name) => name.canonical)),
      platforms: enumerated(all, ', '),
      platform: kept === undefined ? '' : platformText(kept.platform),
    });
  });
}

function nameInSentence(names: readonly string[]): Bilingual {
  if (names.length === 0) return UNNAMED;
  const quoted = names.map((name) => `\`${name}\``);
  return enumerated(quoted, ', ');
}

const UNNAMED: Bilingual = { en: 'without a name', zh: '（没有名称）' };

/**
 * The size in bytes from which the disk space for loading an image is worth a finding: half the disk of a small virtual
 * machine.
 */
const REMARKABLE_BYTES = 8 * 1024 ** 3;

/**
 * Returns a list with the finding about the disk space that Docker's classic store needs while it loads the image
 * archive. This is the size of the archive, which is unpacked into a temporary folder, plus the size of the unpacked
 * layers. The size of the archive is an estimate. For an image archive, it is the decompressed size of the uploaded
 * archive. For a root file system, it is the size of its layer, compressed if the layer stays or becomes compressed.
 * The list is empty below `REMARKABLE_BYTES`, or when the upload was not read to its end.
 */
export function diskRemarks(inspection: Pick<Inspection, 'content' | 'images'> & Partial<Inspection>): Finding[] {
  const { content, images, upload, packed = null, cleanGzip = false } = inspection;
  if (content === null) return [];
  const sizes = new Map(images.flatMap((image) => image.layers.map((each) => [each.diffID, each.contentSize ?? 0])));
  const isRootfs = images.length === 0;
  const layers = isRootfs ? content.size : [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const layer = packed ?? (cleanGzip ? upload : content);
  const archive = (isRootfs ? layer : content)?.size ?? content.size;
  const peak = archive + layers;
  if (peak < REMARKABLE_BYTES) return [];
  return [finding('disk-space', { peak: gigabytes(peak), archive: gigabytes(archive), layers: gigabytes(layers) })];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
