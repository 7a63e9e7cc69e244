import type { Bilingual, Language } from '../bilingual.ts';
import { type Finding, finding, isMendable, mended } from '../findings.ts';
import type { FoundImage, ImageSource, Inspection, LayerSource } from '../inspection.ts';
import type { Tools } from '../ports.ts';
import { type Conversion, conversionOf } from './conversion.ts';
import type { ImageToWrite, LayerToWrite } from './layout.ts';
import { mendedConfig } from './mend-config.ts';
import type { ConversionRequest } from '../request/options.ts';
import { formatPlatform, type Platform, samePlatform } from './platform.ts';
import { diskRemarks, nameRemarks } from './remarks.ts';
import { parseReference, type Reference, withTag } from './reference.ts';

/** An image of the archive that is to be written again. */
interface Chosen {
  found: FoundImage;
  source: ImageSource;
}

/** What came of rebuilding: `null` when the archive is as good as it can be and nothing was asked for. */
export type Rebuilt = { conversion: Conversion; findings: Finding[] } | { conversion: null; findings: Finding[] };

/**
 * Writes the images of an archive again as the one archive that every client loads: renamed, unwrapped, completed,
 * their layers byte for byte. Findings that this puts right are marked as mended.
 */
export async function rebuildImages(
  inspection: Inspection,
  request: ConversionRequest,
  tools: Tools,
  always: boolean,
): Promise<Rebuilt> {
  const findings = [...inspection.findings, ...notApplied(request)];
  const asked = always || !request.nameDerived || request.image !== null;
  const broken = findings.some((each) => each.severity === 'error' && !isMendable(each));
  if (!(asked || findings.some(isMendable)) || (broken && request.image === null))
    return { conversion: null, findings };
  const chosen = choose(inspection, request);
  if (!Array.isArray(chosen)) return { conversion: null, findings: [...findings, chosen] };
  if (chosen.length === 0) return { conversion: null, findings };
  const images = chosen.map((each) =>
    imageToWrite(each, namesFor(each, chosen, request), inspection, request.platform),
  );
  const derived = request.nameDerived && chosen.some(({ source }) => ownNames(source).length === 0);
  const names = images.flatMap((image) => image.names);
  const remarks = [...nameRemarks(names), ...diskRemarks(inspection)];
  return { conversion: await conversionOf(images, derived, tools), findings: [...findings.map(mended), ...remarks] };
}

/** The images to be written, or why they cannot be told. */
function choose({ images, sources }: Inspection, request: ConversionRequest): Chosen[] | Finding {
  const all = images.flatMap((found, i): Chosen[] => {
    const source = sources[i];
    return source === null || source === undefined ? [] : [{ found, source }];
  });
  const described = { en: images.map(nameOf('en')).join('; '), zh: images.map(nameOf('zh')).join('；') };
  let chosen = all;
  if (request.image !== null) {
    const { image } = request;
    chosen = all.filter((each) => isCalled(each.found, image, images));
    if (chosen.length === 0) return finding('image-not-found', { image, images: described });
  }
  const { platform } = request;
  if (platform !== null && chosen.length > 1) {
    const fitting = chosen.filter(({ found }) => found.platform !== null && samePlatform(found.platform, platform));
    if (fitting.length > 0) chosen = fitting;
  }
  if (!request.nameDerived && chosen.length > 1)
    return finding('image-not-chosen', { count: chosen.length, images: described });
  return chosen;
}

/** True for the image that `wanted` names: by one of its names, or by its number from 1. */
export function isCalled(found: FoundImage, wanted: string, images: FoundImage[]): boolean {
  if (wanted === String(images.indexOf(found) + 1)) return true;
  if (found.tags.includes(wanted)) return true;
  const reference = parseReference(wanted);
  return found.names.some((name) => {
    const own = parseReference(name);
    return name === wanted || (own.ok && reference.ok && own.value.canonical === reference.value.canonical);
  });
}

/** An image of several in a sentence: number, names, platform. */
export function nameOf(language: Language): (image: FoundImage, at: number) => string {
  return (image, at) => {
    const platform = image.platform === null ? '' : ` (${formatPlatform(image.platform)})`;
    const name = [...image.names, ...image.tags.map((tag) => `:${tag}`)].join(', ');
    return `${at + 1}: ${name || UNNAMED[language]}${platform}`;
  };
}

const UNNAMED: Bilingual = { en: 'without a name', zh: '没有名称' };

/** The names asked for, else its own as far as clients take them, else the one that the key gave, with the tags of the index. */
function namesFor({ source }: Chosen, chosen: Chosen[], request: ConversionRequest): Reference[] {
  if (!request.nameDerived) return request.names;
  const own = ownNames(source);
  if (own.length > 0) return own;
  const [derived] = request.names;
  // A tag in the key was typed by a person; that in the index is often the `latest` of a tool.
  const isTagged = chosen.length === 1 && derived?.tag !== 'latest';
  if (derived !== undefined && !isTagged && source.tags.length > 0) {
    return source.tags.map((tag) => withTag(derived, tag));
  }
  return chosen.length === 1 ? request.names : [];
}

function ownNames({ names }: ImageSource): Reference[] {
  const own = names.flatMap((name) => {
    const parsed = parseReference(name);
    return parsed.ok ? [parsed.value] : [];
  });
  return [...new Map(own.map((name) => [name.canonical, name])).values()];
}

function imageToWrite(
  { found, source }: Chosen,
  names: Reference[],
  inspection: Inspection,
  platform: Platform | null,
): ImageToWrite {
  return {
    names,
    config: Buffer.from(mendedConfig(source, found.platform ?? platform)),
    layers: source.layers.map((layer) => layerToWrite(layer, inspection)),
  };
}

/** A plain or clean gzip layer stays as it is; anything else is expanded, as not every client unpacks it. */
function layerToWrite(layer: LayerSource, { compression: outer }: Inspection): LayerToWrite {
  const { start, stored, content, compression } = layer;
  const end = start + stored.size;
  const kept = compression === 'none' || (compression === 'gzip' && layer.clean);
  const sums = kept ? stored : content;
  const whole = kept && outer === 'none';
  return {
    ...sums,
    gzip: kept && compression === 'gzip',
    diffID: content.digest,
    part: whole
      ? { kind: 'range', start, end }
      : { kind: 'recoded', outer, start, end, inner: kept ? 'none' : compression, size: sums.size },
  };
}

function notApplied(request: ConversionRequest): Finding[] {
  const options = [
    ...(Object.keys(request.config).length > 0 ? ['change and inspect'] : []),
    ...(request.message === null ? [] : ['message']),
    ...(request.compress === null ? [] : ['compress']),
  ];
  return options.length === 0 ? [] : [finding('config-kept', { options: options.join(', ') })];
}
