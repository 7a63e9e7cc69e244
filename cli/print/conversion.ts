import { enumerated } from '../../core/catalogue/brief.ts';
import { LIMITS } from '../../core/limits.ts';
import { type ArchiveManifest, KIND_NAMES, madeImages, readableManifest } from '../../core/manifest/manifest.ts';
import type { ConvertedImage } from '../../core/model/converted.ts';
import { asList, asObject, asText } from '../../core/model/json.ts';
import type { Look } from '../page-style.ts';
import { findingsList } from './findings.ts';
import { layerTable } from './layers.ts';
import { block, page, type Row, table } from './page.ts';
import { platformText, shortenedLine, sizeText } from './print.ts';
import { called, printable, shellWord } from './text.ts';

type Result = NonNullable<ArchiveManifest['result']>;

/** The printed description of a conversion: the result, what was mended, how to load the image; or why it failed. */
export function conversionPage(whole: ArchiveManifest, next: string[], look: Look): string {
  const manifest = shownPart(whole);
  const { result } = manifest;
  const inFile = result !== null && result.key !== '-';
  const sections = [
    `${firstLine(manifest, look)}\n`,
    ...(inFile ? resultSections(result, look) : []),
    findingsList(manifest.findings, look),
    shortenedLine(manifest, look),
    inFile ? block(look.words.loadIt, manifest.load) : '',
    result === null ? block(look.words.next, next) : '',
  ];
  return page(sections, look);
}

/** The archive manifest without the fields that are not printed, shortened to `LIMITS.pageBytes`. */
function shownPart({ result, ...whole }: ArchiveManifest): ArchiveManifest {
  const images = result?.images.map((each) => ({ ...each, history: [] })) ?? [];
  return readableManifest({ ...whole, images: [], result: result && { ...result, images } }, LIMITS.pageBytes);
}

function firstLine({ source, archive, result }: ArchiveManifest, { words, language }: Look): string {
  const stdin = source.key === '-';
  if (result === null) return words.refused(stdin ? words.standardInputInside : printable(called(source)));
  const images = madeImages(result.images).map(
    ({ names, platforms }) => `${enumerated(names, ', ')[language] || words.none} (${platforms.join(', ')})`,
  );
  return words.became(
    stdin ? words.standardInput : printable(called(source)),
    KIND_NAMES[archive.kind][language],
    images.map(printable),
  );
}

/** The parts of a printed description about an image archive and its images. A single image has no heading. */
function resultSections(result: Result, look: Look): string[] {
  const archive: Row[] = [
    ['image', printable(result.key)],
    ['size', sizeText(result.size, look)],
    ...(result.indexes ?? []).map(({ digest }): Row => ['index', digest]),
  ];
  const [only] = result.images;
  if (result.images.length === 1 && only !== undefined)
    return [table([...archive, ...imageRows(only)], look) + layers(only, look)];
  const each = result.images.map((image, i) => {
    const title = look.words.imageOf(i + 1, result.images.length);
    return `${title}\n${table(imageRows(image), look)}${layers(image, look)}`;
  });
  return [table(archive, look), ...each];
}

function layers(image: ConvertedImage, look: Look): string {
  return image.layers.length > 1 ? layerTable(image.layers, look) : '';
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

/** The printed lines about an execution config. In a list, null counts as an empty text, as clients read it. */
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
