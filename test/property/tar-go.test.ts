import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withoutOracle } from '../support/oracles.ts';
import { GoTar, type OurListing, ourListing } from '../support/tar-listing.ts';
import { Mutator } from '../support/tar-mutations.ts';
import { oddArchives, realArchives } from '../support/tar-seeds.ts';

// Every engine unpacks layers with Go's archive/tar. The scanner must read the same members from any bytes, or refuse
// them as well. LADING_MUTATIONS and LADING_SEED set the number of mutants and the seed.

const skip = withoutOracle('tar');
const count = Number(process.env['LADING_MUTATIONS'] ?? 40_000);
const seed = Number(process.env['LADING_SEED'] ?? 20_261_128);
const BATCH = 200;

let go: GoTar;
before(async () => {
  if (skip === false) go = await GoTar.start();
});
after(async () => {
  if (skip === false) await go.stop();
});

/** True for faults refused on purpose though Go reads them: holes, and records without a member (docs/formats.md). */
function isStricter({ fault }: OurListing): boolean {
  return fault?.code === 'hole' || (fault?.code === 'truncated' && fault.message.includes('inside a header'));
}

async function compare(archives: Buffer[], name: (i: number) => string): Promise<number> {
  const listings = await go.list(archives);
  let accepted = 0;
  archives.forEach((bytes, i) => {
    const theirs = listings[i];
    const ours = ourListing(bytes, [[bytes.length || 1], [700, 3, 1024]][i % 2]);
    if (theirs?.error === null && isStricter(ours)) return;
    const said = `${name(i)}: Go says ${theirs?.error ?? 'nothing'}, Lading ${ours.error ?? 'nothing'}`;
    assert.equal(ours.error === null, theirs?.error === null, said);
    if (ours.error !== null) return;
    accepted++;
    assert.deepEqual(ours.members, theirs?.members, said);
  });
  return accepted;
}

test('odd archives and archives of real programs read as with archive/tar', { skip }, async () => {
  await compare(oddArchives(), (i) => `odd archive ${i}`);
  const real = realArchives();
  assert.ok(real.length > 0);
  assert.equal(await compare(real, (i) => `real archive ${i}`), real.length, 'all of them are sound');
});

test(`${count} mutants of them (seed ${seed}) read as with archive/tar`, { skip }, async () => {
  const mutator = new Mutator(seed, [...oddArchives(), ...realArchives()]);
  let accepted = 0;
  for (let done = 0; done < count; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - done) }, () => mutator.next());
    accepted += await compare(batch, (i) => `mutant ${done + i} of seed ${seed}`);
  }
  // Where hardly any mutant is a valid archive, only refusals would be compared.
  assert.ok(accepted > count / 5, `${accepted} of ${count} are archives`);
});
