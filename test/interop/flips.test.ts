import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Damage, damaged, damages, delicateOffsets, randomFrom } from '../support/corpus-damage.ts';
import { FIXED_ARCHIVES, type FixedArchive, fixedArchives } from '../support/corpus-fixed.ts';
import type { Answer, Order } from '../support/corpus-flips-worker.ts';
import { removeScratch, scratch, without } from '../support/engines.ts';
import { Judges } from './corpus-judges.ts';

const SEED = Number(process.env['LADING_SEED'] ?? 1);
const CASES = Math.ceil(Number(process.env['LADING_FLIPS'] ?? 1000) / FIXED_ARCHIVES.length);
/** The number of unnoticed damages for each archive that engines are asked about. */
const ASKED = Number(process.env['LADING_ASKED'] ?? 30) / FIXED_ARCHIVES.length;
/** In milliseconds; an inspection of two megabytes takes about 50 ms. */
const HANGS_MS = 60_000;
/** The number of inspections after which live memory should not grow any more. */
const WARM = 20;
const GROWTH_BYTES = 300e6;

const PROGRAMS = ['dockerd', 'docker', 'containerd', 'ctr', 'podman', 'runc', 'skopeo', 'setcap', 'tar', 'gzip'];

describe('random damage', { skip: without(...PROGRAMS) }, () => {
  let dir: string;
  let judges: Judges;
  let files: Record<FixedArchive, string>;
  before(async () => {
    dir = scratch('flips');
    judges = await Judges.start(dir);
    files = await fixedArchives(judges, dir);
  });
  after(async () => {
    await judges?.stop();
    await removeScratch(dir);
  });

  for (const [number, name] of FIXED_ARCHIVES.entries()) {
    test(`${name}: damage that an engine refuses does not go unnoticed`, async (t) => {
      t.diagnostic(`LADING_SEED=${SEED}`);
      const archive = readFileSync(files[name]);
      await judges.assertSound(name, archive);
      const random = randomFrom(SEED * FIXED_ARCHIVES.length + number);
      const cases = damages(CASES, archive, random);
      const answers = await inspected({ archive, damages: cases });
      const delicate = new Set(delicateOffsets(archive));
      const unnoticed = cases.filter((_, i) => isTaken(answers[i], name));
      const asked = unnoticed
        .toSorted((a, b) => Number(delicate.has(b.at)) - Number(delicate.has(a.at)))
        .slice(0, ASKED);
      t.diagnostic(`${cases.length} damages, ${unnoticed.length} without an error or a new warning`);
      const holes: { damage: Damage; refusals: string[] }[] = [];
      for (const damage of asked) {
        const refusals = await judges.refusals(name, damaged(archive, damage));
        if (refusals.length > 0) holes.push({ damage, refusals });
      }
      assert.deepEqual(holes, []);
    });
  }
});

/** True when no finding speaks against the archive, so that somebody would load or convert it. */
function isTaken(answer: Answer | undefined, name: string): boolean {
  const { kind, noticed } = answer ?? { kind: null, noticed: [] };
  if (kind === null || noticed.length > 0) return false;
  return name.startsWith('docker export')
    ? /^rootfs\/(?:docker-export|generic)$/.test(kind)
    : kind.startsWith('image/');
}

/** All answers, computed on another thread, as an endless inspection would block this one. */
async function inspected(order: Order): Promise<Answer[]> {
  const answers: Answer[] = [];
  const memory: number[] = [];
  const worker = new Worker(new URL('../support/corpus-flips-worker.ts', import.meta.url), { workerData: order });
  worker.on('message', (answer: Answer) => {
    answers.push(answer);
    memory.push(process.memoryUsage.rss());
  });
  const ended = once(worker, 'exit').then(() => true);
  try {
    for (let seen = -1; !(await Promise.race([ended, sleep(HANGS_MS, false, { ref: false })])); seen = answers.length)
      assert.ok(answers.length > seen, `hangs: ${JSON.stringify(order.damages[answers.length])}`);
  } finally {
    await worker.terminate();
  }
  const thrown = answers.flatMap((each, i) => (each.thrown === null ? [] : [[order.damages[i], each.thrown]]));
  assert.deepEqual(thrown, []);
  assert.equal(answers.length, order.damages.length);
  assert.ok(Math.max(...memory) - (memory[WARM] ?? 0) < GROWTH_BYTES, 'memory grows from archive to archive');
  return answers;
}
