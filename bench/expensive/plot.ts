import type { Point, Series } from './summary.ts';

const WIDTH = 720;
const HEIGHT = 360;
const MARGIN = 60;
/**
 * The least and the largest size on the plot's horizontal axis, which is logarithmic, in bytes. Others are drawn at the
 * end.
 */
const SIZES = [2 ** 13, 2 ** 25] as const;
/**
 * The least and the largest CPU seconds on the plot's vertical axis, which is logarithmic. Others are drawn at the end.
 */
const SECONDS = [0.1, 64] as const;

/**
 * Draws how many CPU seconds a process takes for inputs of growing size. Each element of `all`, which has the measured
 * values for one kind of input, becomes a line. All are inputs for `reader`, the part of Lading that reads one format.
 * A dashed line shows how a cost grows that is proportional to the size; a red line marks 2 s. Returns SVG.
 */
export function plot(reader: string, all: readonly Series[]): string {
  const lines = all.map(({ name, points }) => polyline(points, name));
  const ticks = [
    ...[2 ** 14, 2 ** 17, 2 ** 20, 2 ** 24].map((size) => label(x(size), HEIGHT - MARGIN + 18, sizeOf(size), 'middle')),
    ...[0.1, 1, 10].map((seconds) => label(MARGIN - 6, y(seconds) + 4, `${seconds} s`, 'end')),
  ];
  const linear = `<path d="M${x(2 ** 18)} ${y(0.25)} L${x(2 ** 25)} ${y(32)}" stroke="#999" stroke-dasharray="4"/>`;
  const budget = `<path d="M${MARGIN} ${y(2)} H${WIDTH - MARGIN}" stroke="#c00" stroke-width="0.7"/>`;
  const frame = `<path d="M${MARGIN} ${MARGIN / 2} V${HEIGHT - MARGIN} H${WIDTH - MARGIN}" stroke="#000"/>`;
  const texts = [
    label(WIDTH / 2, 18, `${reader}: CPU seconds of the process over the size`, 'middle'),
    label(WIDTH - MARGIN, y(2) - 4, '2 s', 'end'),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="none">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[frame, budget, linear, ...lines, ...ticks, ...texts].join('\n')}
</svg>
`;
}

function polyline(points: readonly Point[], name: string): string {
  const places = points.map(({ size, cpuSeconds }) => `${x(size)},${y(cpuSeconds)}`).join(' ');
  return `<polyline points="${places}" stroke="#06c" stroke-opacity="0.6"><title>${escaped(name)}</title></polyline>`;
}

function label(left: number, top: number, text: string, anchor: string): string {
  return `<text x="${left}" y="${top}" text-anchor="${anchor}" fill="#000">${escaped(text)}</text>`;
}

function x(size: number): number {
  return Math.round(MARGIN + share(size, SIZES) * (WIDTH - 2 * MARGIN));
}

function y(seconds: number): number {
  return Math.round(HEIGHT - MARGIN - share(seconds, SECONDS) * (HEIGHT - 1.5 * MARGIN));
}

/** The position of a value on a logarithmic axis: 0 at `least` and below, 1 at `most` and above. */
function share(value: number, [least, most]: readonly [number, number]): number {
  return Math.min(1, Math.max(0, Math.log(value / least) / Math.log(most / least)));
}

function sizeOf(bytes: number): string {
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 10} KiB`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
