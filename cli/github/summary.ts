import { type Finding, inLanguage } from '../../core/catalogue/findings.ts';
import { LIMITS } from '../../core/limits.ts';
import { type ArchiveManifest, readableManifest, withoutContents } from '../../core/manifest/manifest.ts';
import { wastedText } from '../../core/page/contents.ts';
import type { Labels } from '../../core/page/labels.ts';
import type { PageStyle } from '../page-style.ts';
import { platformText, sizeText } from '../../core/page/rows.ts';
import { called, count, printable, roughly } from '../../core/page/text.ts';

/**
 * The facts in a job summary of GitHub Actions that are not about the archive itself. `gate` says why the step fails,
 * and is empty when it does not. `report` is the path or `s3://` address of the HTML report; null when there is none.
 */
interface Told {
  gate: string;
  report: string | null;
}

/**
 * The job summary in GitHub Actions about an archive: Markdown that consists of blocks of HTML. Texts from the archive
 * are escaped for HTML only. That is enough, because a block of HTML ends only at an empty line, and the escaped texts
 * have no line feeds.
 */
export function summary(whole: ArchiveManifest, { gate, report }: Told, style: PageStyle): string {
  const manifest = readableManifest(shownPart(whole), LIMITS.jobSummaryBytes);
  const { words, language } = style;
  const blocks = [
    `<h3>${text(language === 'zh' ? manifest.zh.summary : manifest.summary)}</h3>`,
    gate === '' ? '' : `<p><strong>${text(gate)}</strong></p>`,
    table(
      [...facts(manifest, style), ...inside(whole, report)].map(([label, value]) => [
        text(words.labels[label]),
        code(value),
      ]),
    ),
    table(manifest.findings.map((each) => findingRow(each, style))),
    manifest.load.length === 0 ? '' : `<pre>${manifest.load.map(text).join('\n')}</pre>`,
    (manifest.shortened ?? []).length === 0
      ? ''
      : `<p>${text(words.shortened((manifest.shortened ?? []).map((each) => words.lost(each))))}</p>`,
  ];
  return `${blocks.filter((each) => each !== '').join('\n\n')}\n\n`;
}

/**
 * Returns the JSON about an archive without the fields that a job summary in GitHub Actions does not show. These fields
 * are removed because the size of a job summary is limited.
 */
function shownPart(whole: ArchiveManifest): ArchiveManifest {
  const images = whole.images.map((each) => ({ ...each, layers: [], config: null, history: [] }));
  const made = whole.result?.images.map((each) => ({ ...each, layers: [], config: {}, history: [] })) ?? [];
  return {
    ...withoutContents(whole),
    images,
    rootfs: null,
    clients: [],
    result: whole.result && { ...whole.result, images: made },
  };
}

/** The job summary in GitHub Actions for a command that ended with an error instead of a result. */
export function failureSummary(sentence: string): string {
  return `<h3>${text(sentence)}</h3>\n\n`;
}

type Fact = [label: keyof Labels, value: string];

/**
 * Returns the rows of a job summary about the files inside each image, and a row with the path of the HTML report.
 * `report` is null when no report was written; then that row is left out.
 */
function inside({ contents }: ArchiveManifest, report: string | null): Fact[] {
  return [
    ...(contents?.images ?? []).flatMap((image): Fact[] =>
      image === null
        ? []
        : [
            ['files', `${count(image.files)} (${roughly(image.bytes)})`],
            ['wasted', wastedText(image)],
          ],
    ),
    ...(report === null ? [] : [['report', report] satisfies Fact]),
  ];
}

function facts({ source, images, result }: ArchiveManifest, style: PageStyle): Fact[] {
  const made = result?.images.map((each) => ({ ...each, configDigest: each.imageId }));
  return [
    ['name', called(source)],
    ...(source.size === null ? [] : [['size', sizeText(source.size, style)] satisfies Fact]),
    ...(source.digest === null ? [] : [['digest', source.digest] satisfies Fact]),
    ...(made ?? images).flatMap((image): Fact[] => [
      ['image', image.names.join(', ') || style.words.none],
      ['platform', image.platform === null ? style.words.unsaid : platformText(image.platform)],
      ['imageID', image.configDigest ?? style.words.unsaid],
      ['manifest', image.manifestDigest ?? style.words.unsaid],
    ]),
  ];
}

function findingRow(finding: Finding, { words, language }: PageStyle): string[] {
  const { message, remedy } = inLanguage(finding, language);
  const more = finding.more === undefined ? '' : ` (${words.more(finding.more)})`;
  const rank = finding.mended === true ? 'mended' : finding.severity;
  return [
    text(words.severities[rank]),
    code(finding.code),
    text(message + more),
    text(rank === 'mended' ? '' : remedy),
  ];
}

function table(rows: string[][]): string {
  const lines = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return lines.length === 0 ? '' : ['<table>', ...lines, '</table>'].join('\n');
}

function code(value: string): string {
  return `<code>${text(value)}</code>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes a text for HTML. Line feeds and other control characters are escaped as on a terminal. */
function text(value: string): string {
  return printable(value).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}
