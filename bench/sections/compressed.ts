import { join } from 'node:path';
import type { Section } from '../bench.ts';
import { CONVERT, ours, plainly } from '../contenders.ts';
import { packed } from '../inputs.ts';
import { atMost, ratio } from '../targets.ts';

/**
 * For each compression, the command that compresses the input of the benchmark. `most` is the largest size of that
 * input in GB before compression; Infinity for no limit. The commands are fast ones, because they are not measured.
 */
const PACKERS = [
  { tool: 'bzip2', packer: 'bzip2', most: 0.2 },
  { tool: 'xz', packer: 'xz -T0 -3', most: 0.2 },
  { tool: 'zstd', packer: 'zstd -q', most: Infinity },
];

/** The section of the benchmark that compares converting bzip2, xz and zstd archives with unpacking by native tools. */
export const compressed: Section = {
  name: 'compressed',
  title: 'bzip2, xz and zstd',
  how: 'The layer is written expanded, as not every client unpacks these. At most 0.2 GB of bzip2 and xz: the native tools are slow too.',
  needs: ['dockerd', 'docker', 'debootstrap', 'openssl', 'bzip2', 'xz', 'zstd'],
  async run(bench) {
    const output = join(bench.dir, 'output.tar');
    const tables = [];
    const targets = [];
    for (const { tool, packer, most } of PACKERS) {
      const gb = Math.min(most, bench.options.gb);
      const file = await packed(bench, gb, packer);
      const floor = plainly(`${tool} -dc, openssl dgst -sha256`, `${tool} -dc ${file} | openssl dgst -sha256`);
      const rows = await bench.measure([floor, ...ours(file, output)]);
      tables.push({ title: `${gb} GB, ${tool}`, rows });
      targets.push(atMost(`${CONVERT}, ${tool}, ÷ ${floor.name}`, ratio(rows, CONVERT, floor.name), 1.3, '×'));
    }
    return { tables, targets };
  },
};
