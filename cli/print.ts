import type { Finding } from '../lambda/core/findings.ts';
import type { FoundImage, RootfsFacts } from '../lambda/core/inspection.ts';
import { KIND_NAMES } from '../lambda/core/manifest.ts';
import type { ArchiveManifest, ConvertedImage } from '../lambda/core/manifest.ts';
import type { Platform } from '../lambda/core/image/platform.ts';
import { count, plural, printable, roughly, shellWord, size } from './text.ts';
import type { Paint } from './text.ts';

type Row = [label: string, text: string];

/** The page about an archive: what it is, why, what it holds, what is wrong with it and what to type next. */
export function inspectionPage(manifest: ArchiveManifest, next: string[], paint: Paint): string {
  const name = manifest.source.key === '-' ? 'Standard input' : printable(manifest.source.key);
  const sections = [
    `${paint.strong(name)} is ${KIND_NAMES[manifest.archive.kind]}.\n`,
    table([...archiveRows(manifest), ...(manifest.rootfs === null ? [] : rootfsRows(manifest.rootfs))], paint),
    ...manifest.images.map((image, index) => imageSection(image, index, manifest.images.length, paint)),
    findingsList(manifest.findings, paint),
    block('Next', next),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function archiveRows(manifest: ArchiveManifest): Row[] {
  const { source, compression, archive } = manifest;
  const content = compression.content;
  const told = new Set(manifest.findings.map((each) => each.message));
  const reasons = archive.evidence.filter((why) => !told.has(why));
  const rows: Row[] = reasons.map((why, index) => [index === 0 ? 'because' : '', printable(why)]);
  if (source.size !== null) rows.push(['size', size(source.size)]);
  rows.push(['compression', compression.kind]);
  if (content !== null && compression.kind !== 'none') rows.push(['expanded', size(content.size)]);
  if (archive.members > 0) rows.push(['members', `${count(archive.members)}, files of ${size(archive.fileBytes)}`]);
  if (source.digest !== null) rows.push(['digest', source.digest]);
  if (content !== null && compression.kind !== 'none') rows.push(['diffID', content.digest]);
  return rows;
}

function rootfsRows(rootfs: RootfsFacts): Row[] {
  const rows: Row[] = [];
  if (rootfs.distribution !== null) rows.push(['distribution', printable(rootfs.distribution.name)]);
  if (rootfs.platform !== null) rows.push(['platform', `${platformText(rootfs.platform)}${elfText(rootfs)}`]);
  if (rootfs.shells.length > 0) rows.push(['shells', rootfs.shells.map(printable).join(', ')]);
  if (rootfs.capabilities > 0) rows.push(['capabilities', `on ${plural(rootfs.capabilities, 'file')}; they are kept`]);
  return rows;
}

function elfText(rootfs: RootfsFacts): string {
  const found = rootfs.elf.map((each) => `${plural(each.files, 'executable')} of ${printable(each.platform)}`);
  if (rootfs.elf.length > 1) return `, from ${found.join(', ')}`;
  return rootfs.elf[0] === undefined ? '' : `, from ${plural(rootfs.elf[0].files, 'executable')}`;
}

function imageSection(image: FoundImage, index: number, images: number, paint: Paint): string {
  const title = images === 1 ? 'Image' : `Image ${index + 1} of ${images}`;
  const sizes = image.layers.map((layer) => layer.size);
  const known = sizes.filter((each) => each !== null);
  const total = known.length === 0 ? '' : `, ${roughly(known.reduce((sum, each) => sum + each, 0))}`;
  const rows: Row[] = [
    ['names', image.names.length === 0 ? 'none' : image.names.map(printable).join(', ')],
    ['platform', image.platform === null ? 'not said' : platformText(image.platform)],
    ['layers', `${count(sizes.length)}${total}`],
  ];
  if (image.configDigest !== null) rows.push(['image ID', image.configDigest]);
  if (image.manifestDigest !== null) rows.push(['manifest', image.manifestDigest]);
  if (image.created !== null) rows.push(['created', printable(image.created)]);
  return `${title}\n${table(rows, paint)}`;
}

/** What came out of a conversion and how to load it, or why nothing did and what to type next. */
export function conversionPage(manifest: ArchiveManifest, next: string[], paint: Paint): string {
  const { result } = manifest;
  const name = manifest.source.key === '-' ? 'standard input' : printable(manifest.source.key);
  const refusal = `Cannot convert ${name}; nothing was written.`;
  const sections = [`${result === null ? refusal : printable(manifest.summary)}\n`];
  const inFile = result !== null && result.key !== '-';
  if (inFile) sections.push(resultTable(result, paint));
  sections.push(findingsList(manifest.findings, paint));
  if (inFile) sections.push(block('Load it', manifest.load));
  if (result === null) sections.push(block('Next', next));
  return sections.filter((section) => section !== '').join('\n');
}

function resultTable(result: NonNullable<ArchiveManifest['result']>, paint: Paint): string {
  const archive: Row[] = [
    ['image', printable(result.key)],
    ['size', size(result.size)],
  ];
  return table([...archive, ...result.images.flatMap(convertedRows)], paint);
}

function convertedRows(image: ConvertedImage): Row[] {
  return [
    ...image.names.map((name, index): Row => [index === 0 ? 'name' : '', printable(name)]),
    ['platform', platformText(image.platform)],
    ...(image.created === null ? [] : [['created', printable(image.created)] satisfies Row]),
    ['image ID', image.imageId],
    ['manifest', image.manifestDigest],
    ...image.layers.map((layer, index): Row => [index === 0 ? 'diffID' : '', layer.diffID]),
    ...configRows(image.config),
  ];
}

function configRows(config: ConvertedImage['config']): Row[] {
  const words = (list: string[] | undefined) => (list ?? []).map(shellWord).join(' ');
  const rows: Row[] = [
    ['entrypoint', words(config.Entrypoint)],
    ['command', words(config.Cmd)],
    ['user', printable(config.User ?? '')],
    ['directory', printable(config.WorkingDir ?? '')],
    [
      'ports',
      Object.keys(config.ExposedPorts ?? {})
        .map(printable)
        .join(', '),
    ],
    [
      'volumes',
      Object.keys(config.Volumes ?? {})
        .map(printable)
        .join(', '),
    ],
    ...(config.Env ?? []).map((each, index): Row => [index === 0 ? 'environment' : '', printable(each)]),
  ];
  return rows.filter(([, text]) => text !== '');
}

/** The findings, the worst first, each with its remedy below it. */
export function findingsList(findings: Finding[], paint: Paint): string {
  const rank = { error: 0, warning: 1, info: 2 };
  const sorted = findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
  return sorted.map((each) => findingText(each, paint)).join('');
}

function findingText(finding: Finding, paint: Paint): string {
  const label = finding.severity === 'info' ? 'note' : finding.severity;
  const more = finding.count !== undefined && finding.count > 1 ? ` (${plural(finding.count, 'member')} in all)` : '';
  const head = finding.severity === 'info' ? `${label}:` : paint.alarm(`${label}:`);
  const remedy = finding.remedy === '' ? '' : `  ${printable(finding.remedy)}\n`;
  return `${head} ${printable(finding.message)}${more}\n${remedy}`;
}

function platformText(platform: Platform): string {
  return printable(
    [platform.os, platform.architecture, platform.variant].filter((each) => each !== undefined).join('/'),
  );
}

const LABEL_COLUMNS = 14;

function table(rows: Row[], paint: Paint): string {
  return rows.map(([label, text]) => `  ${paint.faint(label.padEnd(LABEL_COLUMNS))}${text}\n`).join('');
}

function block(title: string, lines: string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`;
}
