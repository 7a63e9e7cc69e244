import { join } from 'node:path';
import type { Section } from '../bench.ts';
import { againstRivals, CONVERT, DOCKER, plainly, PODMAN } from '../contenders.ts';
import { exported } from '../inputs.ts';
import { atLeast, atMost, peakMB, ratio } from '../targets.ts';

const FLOOR = 'openssl dgst -sha256';

/**
 * The section of the benchmark that compares Lading's conversion of an uncompressed container export with that of other
 * programs, and with hashing alone.
 */
export const plain: Section = {
  name: 'plain',
  title: 'A plain export',
  how: 'What `docker export` wrote, to an image archive in a file. Whole processes.',
  needs: ['dockerd', 'docker', 'podman', 'buildah', 'umoci', 'skopeo', 'debootstrap', 'openssl'],
  async run(bench) {
    const { gb } = bench.options;
    const tables = [];
    for (const size of new Set([0.2, gb])) {
      const file = await exported(bench, size);
      const output = join(bench.dir, 'output.tar');
      const floors = [
        plainly(FLOOR, `${FLOOR} ${file}`),
        plainly('sha256sum', `sha256sum ${file}`),
        plainly('cp', `cp ${file} ${output}`, output),
        plainly(`${FLOOR}, cp beside it`, `cp ${file} ${output} & ${FLOOR} ${file}; wait`, output),
      ];
      tables.push({ title: `${size} GB`, rows: await againstRivals(bench, file, floors, false) });
    }
    const rows = tables.at(-1)?.rows ?? [];
    return {
      tables,
      targets: [
        atMost(`${CONVERT}, plain, ÷ ${FLOOR}`, ratio(rows, CONVERT, FLOOR), 1.1, '×'),
        atLeast(`${DOCKER} ÷ ${CONVERT}, plain`, ratio(rows, DOCKER, CONVERT), 6, '×'),
        atLeast(`${PODMAN} ÷ ${CONVERT}, plain`, ratio(rows, PODMAN, CONVERT), 8, '×'),
        atMost(`memory of ${CONVERT}, plain`, peakMB(rows, CONVERT), 110, 'MB'),
      ],
    };
  },
};
