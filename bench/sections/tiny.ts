import type { Section } from '../bench.ts';
import { worker } from '../contenders.ts';
import { filesOf } from '../inputs.ts';
import { atMost, ratio } from '../targets.ts';

const HASH = 'hashing alone';
const INSPECT = 'lading inspect';

/**
 * The section of the benchmark that measures what reading and checking many small tar members costs on top of hashing.
 */
export const tiny: Section = {
  name: 'tiny',
  title: 'Many tiny members',
  how: 'Scan, checks and hash against the hash alone over the same reads, both in Node and without its start.',
  needs: [],
  async run(bench) {
    const count = 200_000;
    const file = await filesOf(bench, count, 500);
    const rows = await bench.measure([worker(HASH, `hash ${file}`), worker(INSPECT, `inspect ${file}`)]);
    return {
      tables: [{ title: `${count.toLocaleString('en')} members of 1 kB`, rows }],
      targets: [atMost(`${INSPECT}, tiny members, ÷ ${HASH}`, ratio(rows, INSPECT, HASH), 1.3, '×')],
    };
  },
};
