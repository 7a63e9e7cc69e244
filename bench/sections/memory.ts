import type { Bench, Section } from '../bench.ts';
import { LADING, plainly } from '../contenders.ts';
import { filesOf } from '../inputs.ts';
import type { Row } from '../measure.ts';
import { atMost, peakMB, rowOf, spread } from '../targets.ts';

const HUGE_MEMBERS = 4;

/**
 * The section of the benchmark that checks that Lading's memory grows only with the number of tar members, not with the
 * bytes in them.
 */
export const memory: Section = {
  name: 'memory',
  title: 'Memory',
  how: `Ten times the bytes in ${HUGE_MEMBERS} huge members, converted to a pipe; a thousand times the members, with as many bytes, inspected.`,
  needs: [],
  async run(bench) {
    const { gb } = bench.options;
    const [small, large] = [`${gb} GB`, `${gb * 10} GB`];
    const bytes = await bench.measure([
      converted(small, await filesOf(bench, HUGE_MEMBERS, (gb * 1e9) / HUGE_MEMBERS)),
      // It is by far the slowest, so it runs in fewer rounds.
      { ...converted(large, await filesOf(bench, HUGE_MEMBERS, (gb * 1e10) / HUGE_MEMBERS)), rival: true },
    ]);
    const { few, many, rows: members } = await manyMembers(bench);
    return {
      tables: [
        { title: `${HUGE_MEMBERS} huge members`, rows: bytes },
        { title: 'Few and many members', rows: members },
      ],
      targets: [
        atMost(`memory at ${large} ÷ at ${small}`, peakMB(bytes, large) / peakMB(bytes, small), 1.1, '×'),
        atMost('memory for one more member', perMember(members, few, many), 40, 'bytes'),
      ],
    };
  },
};

async function manyMembers(bench: Bench): Promise<{ few: number; many: number; rows: Row[] }> {
  const many = 1e6 * Math.min(1, bench.options.gb);
  const few = many / 1000;
  // Each file of the small archive is as long as the thousand headers that the large archive has in its place.
  const sizes = { [few]: 999 * 512, [many]: 0 };
  const files = await Promise.all([few, many].map((count) => filesOf(bench, count, sizes[count] ?? 0)));
  const inspect = (count: number, file = ''): ReturnType<typeof plainly> =>
    plainly(titleOf(count), `${LADING} inspect --quiet ${file}`);
  return { few, many, rows: await bench.measure([inspect(few, files[0]), inspect(many, files[1])]) };
}

function perMember(rows: Row[], few: number, many: number): number {
  const peak = (count: number): number =>
    spread(rowOf(rows, titleOf(count)).runs.map(({ peakBytes }) => peakBytes)).median;
  return (peak(many) - peak(few)) / (many - few);
}

function titleOf(count: number): string {
  return `${count.toLocaleString('en')} members`;
}

function converted(name: string, file: string): ReturnType<typeof plainly> {
  return plainly(name, `${LADING} convert --quiet --name bench:1 ${file} | cat >/dev/null`);
}
