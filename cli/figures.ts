import { type Bilingual, both } from '../core/catalogue/bilingual.ts';
import type { Contents, ImageContents } from '../core/contents/facts.ts';
import { toType, UsageError } from './exit.ts';
import { count, roughly } from '../core/page/text.ts';

/**
 * A limit that `--fail-on` sets on a figure, which is a number about the files in an image. For `wasted=10%`, `figure`
 * is `wasted`, the wasted bytes. `most` is the largest value that is allowed, 10, and `typed` is the whole text.
 */
export interface FigureLimit {
  figure: Figure;
  most: number;
  /** The unit of the limit `most`: `bytes`, `%` of the bytes of all files in the layers, or `number` for a count. */
  unit: Unit;
  typed: string;
}

type Unit = 'bytes' | '%' | 'number';

/**
 * The numbers about the files in an image (figures) on which `--fail-on` can set a limit. `units` are the units that a
 * limit may have. `of` returns the number for one image. If an archive has several images, the limit is compared with
 * the largest number.
 */
const FIGURES = {
  /** The bytes of files that are in a layer, but that a later layer replaced or deleted. */
  wasted: { units: ['bytes', '%'], of: ({ wasted }) => wasted.bytes },
  /** The bytes of all files that a container of the image sees. */
  size: { units: ['bytes'], of: ({ bytes }) => bytes },
  files: { units: ['number'], of: ({ files }) => files },
  layers: { units: ['number'], of: ({ layers }) => layers.length },
  setuid: { units: ['number'], of: ({ setuid }) => setuid.files },
  /**
   * The number of files whose owner has no name in `/etc/passwd`; 0 when the image has no such file, or when that file
   * was not read because of its size or its place.
   */
  ownerless: { units: ['number'], of: ({ ownerless }) => ownerless?.files ?? 0 },
  /**
   * The bytes that would be saved if large files with the same content were stored once. Files below
   * `LIMITS.largeFileBytes` bytes are not compared.
   */
  duplicates: { units: ['bytes', '%'], of: ({ duplicates }) => duplicates.bytes },
} as const satisfies Record<string, { units: readonly Unit[]; of: (image: ImageContents) => number }>;

type Figure = keyof typeof FIGURES;

const BYTES = new Map([
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
]);

/**
 * Parses a limit that was typed after `--fail-on`, such as `wasted=20MB`. Returns null for a text without `=`, which is
 * no limit. Throws a UsageError for a name that is not in `FIGURES`, and for a unit that does not fit.
 */
export function figureLimit(typed: string): FigureLimit | null {
  if (!typed.includes('=')) return null;
  const [, name = '', digits = '', word = ''] = /^([a-z]+)=(\d{1,15}(?:\.\d{1,3})?) ?([a-z]+|%)?$/i.exec(typed) ?? [];
  if (!isFigure(name))
    throw new UsageError(
      both(`There is no bound '${typed}'.`, `没有限值 '${typed}'。`),
      both(
        `The figures are ${Object.keys(FIGURES).join(', ')}; for instance wasted=10%, wasted=20MB or setuid=0.`,
        `可用的指标有：${Object.keys(FIGURES).join('、')}；例如 wasted=10%、wasted=20MB、setuid=0。`,
      ),
    );
  const { units }: { units: readonly Unit[] } = FIGURES[name];
  const unit = word === '' ? units[0] : word === '%' ? '%' : 'bytes';
  const factor = unit === 'bytes' && word !== '' ? BYTES.get(word.toLowerCase()) : 1;
  if (factor === undefined || unit === undefined || !units.includes(unit))
    throw new UsageError(
      both(`'${typed}' has no unit that fits ${name}.`, `'${typed}' 的单位不适用于 ${name}。`),
      toType(`--fail-on ${name}=${units[0] === 'bytes' ? '20MB' : '10'}`),
    );
  return { figure: name, most: Number(digits) * factor, unit, typed };
}

function isFigure(name: string): name is Figure {
  return Object.hasOwn(FIGURES, name);
}

/**
 * Returns a sentence, in English and Chinese, for each limit of `--fail-on` that is exceeded, or that cannot be checked
 * because the number is not known. If `contents` is null, no number is known. Returns an empty list when all limits are
 * kept.
 */
export function exceeded(contents: Contents | null, limits: readonly FigureLimit[]): Bilingual[] {
  return limits.flatMap((limit): Bilingual[] => {
    const { figure, most, typed } = limit;
    const values = contents?.images.map((image) => (image === null ? null : valueOf(image, limit))) ?? [null];
    if (values.includes(null)) return [both(`${figure} is not known (${typed})`, `${figure} 未知（${typed}）`)];
    const value = values.reduce<number>((largest, each) => Math.max(largest, each ?? 0), 0);
    const said = spoken(value, limit.unit);
    return value <= most ? [] : [both(`${figure} is ${said} (${typed})`, `${figure} 为 ${said}（${typed}）`)];
  });
}

function valueOf(image: ImageContents, { figure, unit }: FigureLimit): number {
  const value = FIGURES[figure].of(image);
  if (unit !== '%') return value;
  const all = image.bytes + image.wasted.bytes;
  return all === 0 ? 0 : (100 * value) / all;
}

function spoken(value: number, unit: Unit): string {
  if (unit === 'number') return count(value);
  return unit === '%' ? `${value.toFixed(1)}%` : roughly(value);
}
