import { join } from 'node:path';
import type { Section } from '../bench.ts';
import { againstRivals, CONVERT, DOCKER, ours, plainly } from '../contenders.ts';
import { packed } from '../inputs.ts';
import { atLeast, atMost, peakMB, ratio } from '../targets.ts';

const FLOOR = 'pigz -dc, openssl dgst -sha256';

/**
 * The section of the benchmark that compares Lading's conversion of a gzip-compressed container export with that of
 * other programs, and with inflating and hashing alone.
 */
export const gzip: Section = {
  name: 'gzip',
  title: 'A gzip export',
  how: 'The same export packed by pigz and by gzip; the gzip bytes become the layer as they are. Whole processes.',
  needs: ['dockerd', 'docker', 'podman', 'buildah', 'debootstrap', 'openssl', 'pigz', 'gzip'],
  async run(bench) {
    const { gb } = bench.options;
    const output = join(bench.dir, 'output.tar');
    const floors = (file: string) => [
      plainly(FLOOR, `pigz -dc ${file} | openssl dgst -sha256`),
      plainly('gzip -dc, sha256sum', `gzip -dc ${file} | sha256sum`),
      plainly('cp', `cp ${file} ${output}`, output),
    ];
    const byPigz = await packed(bench, gb, 'pigz');
    const rows = await againstRivals(bench, byPigz, floors(byPigz), true);
    const byGzip = await packed(bench, gb, 'gzip');
    const others = await bench.measure([...floors(byGzip), ...ours(byGzip, output)]);
    return {
      tables: [
        { title: `${gb} GB, packed by pigz`, rows },
        { title: `${gb} GB, packed by gzip`, rows: others },
      ],
      targets: [
        atMost(`${CONVERT}, gzip, ÷ ${FLOOR}`, ratio(rows, CONVERT, FLOOR), 1.1, '×'),
        atLeast(`${DOCKER} ÷ ${CONVERT}, gzip`, ratio(rows, DOCKER, CONVERT), 4, '×'),
        atMost(`memory of ${CONVERT}, gzip`, peakMB(rows, CONVERT), 170, 'MB'),
      ],
    };
  },
};
