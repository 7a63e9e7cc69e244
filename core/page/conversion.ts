import { enumerated } from '../catalogue/brief.ts';
import { LIMITS } from '../limits.ts';
import { type ArchiveManifest, KIND_NAMES, madeImages, readableManifest } from '../manifest/manifest.ts';
import type { ConvertedImage } from '../model/converted.ts';
import { asList, asObject, asText } from '../model/json.ts';
import { type ShownFinding, shownFindings } from './findings.ts';
import { type ShownImage, shortenedText } from './inspection.ts';
import { shownLayers } from './layers.ts';
import { platformText, type Row, sizeText, type Voice } from './rows.ts';
import { called, printable, shellWord } from './text.ts';

type Result = NonNullable<ArchiveManifest['result']>;

/**
 * The description, for the user, of how an archive was converted. Its fields are in the order in which they are shown.
 */
export interface ShownConversion {
  /** The sentence that says what became of the archive that was to be converted. */
  title: string;
  /**
   * The lines about the image archive, or the root file system, that was written, and about its image when it has only
   * one. Empty when nothing was written, or when it was written to standard output.
   */
  rows: Row[];
  /**
   * The images in the image archive that was written; empty when none was written to a file. A single image has an
   * empty title, and the lines about it are in `rows` of the whole description.
   */
  images: ShownImage[];
  findings: ShownFinding[];
  /** The sentence on what the description leaves out; empty when it leaves out nothing. */
  shortened: string;
}

/**
 * Describes a conversion for people: the image archive that was written and the faults that were corrected, or why
 * nothing was written. `voice` is the language, and `isGated` is true when the flag `--fail-on` has stopped the
 * conversion.
 */
export function shownConversion(whole: ArchiveManifest, voice: Voice, isGated = false): ShownConversion {
  const manifest = shownPart(whole);
  const { result } = manifest;
  const inFile = result !== null && result.key !== '-';
  return {
    title: firstLine(manifest, voice, isGated),
    ...(inFile ? shownResult(result, voice) : { rows: [], images: [] }),
    findings: shownFindings(manifest.findings, voice),
    shortened: shortenedText(manifest, voice),
  };
}

/**
 * The part of an archive manifest, the JSON about an upload, that the description of a conversion shows. It is
 * shortened to `LIMITS.pageBytes`.
 */
function shownPart({ result, ...whole }: ArchiveManifest): ArchiveManifest {
  const images = result?.images.map((each) => ({ ...each, history: [] })) ?? [];
  return readableManifest({ ...whole, images: [], result: result && { ...result, images } }, LIMITS.pageBytes);
}

function firstLine({ source, archive, result }: ArchiveManifest, { words, language }: Voice, isGated: boolean): string {
  const stdin = source.key === '-';
  if (result === null) {
    const name = stdin ? words.standardInputInside : printable(called(source));
    return isGated ? words.gated(name) : words.refused(name);
  }
  if (result.as === 'rootfs')
    return words.becameRootfs(
      stdin ? words.standardInput : printable(called(source)),
      KIND_NAMES[archive.kind][language],
    );
  const images = madeImages(result.images).map(
    ({ names, platforms }) => `${enumerated(names, ', ')[language] || words.none} (${platforms.join(', ')})`,
  );
  return words.became(
    stdin ? words.standardInput : printable(called(source)),
    KIND_NAMES[archive.kind][language],
    images.map(printable),
  );
}

function shownResult(result: Result, voice: Voice): Pick<ShownConversion, 'rows' | 'images'> {
  const archive: Row[] = [
    [result.as ?? 'image', printable(result.key)],
    ['size', sizeText(result.size, voice)],
    ...(result.indexes ?? []).map(({ digest }): Row => ['index', digest]),
  ];
  const [only] = result.images;
  if (result.as === 'rootfs' && only !== undefined) return { rows: [...archive, ...rootfsRows(only)], images: [] };
  if (result.images.length === 1 && only !== undefined)
    return { rows: [...archive, ...imageRows(only)], images: [{ title: '', rows: [], layers: layersOf(only) }] };
  const images = result.images.map((image, i) => ({
    title: voice.words.imageOf(i + 1, result.images.length),
    rows: imageRows(image),
    layers: layersOf(image),
  }));
  return { rows: archive, images };
}

function layersOf({ layers }: ConvertedImage): ShownImage['layers'] {
  return layers.length > 1 ? shownLayers(layers) : [];
}

/**
 * The lines about a root file system that was written as a tar archive: its platform and its digest. Unlike an image,
 * it has no name and no config.
 */
function rootfsRows({ platform, layers: [only] }: ConvertedImage): Row[] {
  return [['platform', platformText(platform)], ...(only === undefined ? [] : [['digest', only.diffID] satisfies Row])];
}

function imageRows(image: ConvertedImage): Row[] {
  const [only] = image.layers;
  return [
    ...image.names.map((name, index): Row => [index === 0 ? 'name' : '', printable(name)]),
    ['platform', platformText(image.platform)],
    ...(image.created === null ? [] : [['created', printable(image.created)] satisfies Row]),
    ['imageID', image.imageId],
    ...(image.manifestDigest === null ? [] : [['manifest', image.manifestDigest] satisfies Row]),
    ...(image.layers.length === 1 && only !== undefined ? [['diffID', only.diffID] satisfies Row] : []),
    ...configRows(image.config),
  ];
}

/**
 * The lines of a report about how an image is run: CMD, ENV and so on. A null in a list is treated as an empty text, as
 * in Docker and other clients.
 */
function configRows(config: ConvertedImage['config']): Row[] {
  const texts = (list: unknown) => asList(list).map((each) => asText(each) ?? '');
  const words = (list: unknown) => texts(list).map(shellWord).join(' ');
  const keys = (map: unknown) =>
    Object.keys(asObject(map) ?? {})
      .map(printable)
      .join(', ');
  const rows: Row[] = [
    ['entrypoint', words(config.Entrypoint)],
    ['command', words(config.Cmd)],
    ['user', printable(config.User ?? '')],
    ['directory', printable(config.WorkingDir ?? '')],
    ['ports', keys(config.ExposedPorts)],
    ['volumes', keys(config.Volumes)],
    ...texts(config.Env).map((each, index): Row => [index === 0 ? 'environment' : '', printable(each)]),
  ];
  return rows.filter(([, text]) => text !== '');
}
