import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { resultKeys } from '../../core/service/keys.ts';
import type { UploadNotice } from '../../core/service/stores.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { dice, World } from './world.ts';

const SEED = Number(process.env['LADING_SEED'] ?? 20261105);
const KEYS = 10;
const UPLOADS = 100;
const DELIVERIES = 3;
const WORKERS = 8;

async function newWorld(t: TestContext, versioned: boolean, reports: boolean): Promise<World> {
  const world = new World({ reports });
  t.after(async () => await world.stop());
  await world.start(versioned);
  return world;
}

/** An upload of any outcome. The same number gives the same bytes, so that some uploads repeat others. */
function someUpload(number: number): Buffer {
  const tar = archive([...exportEntries(), { name: 'etc/issue', body: `number ${number}` }]);
  if (number % 5 === 0) return Buffer.from(`no archive, number ${number}`);
  if (number % 5 === 1) return archive([{ name: 'README', body: `plain, number ${number}` }]);
  return number % 5 === 2 ? gzipSync(tar) : tar;
}

/** The results of an undisturbed run for the newest upload of each key. */
async function undisturbed(t: TestContext, world: World, keys: string[]): Promise<Map<string, unknown>> {
  const other = await newWorld(t, false, world.reports);
  const made = new Map<string, unknown>();
  for (const key of keys) {
    const { bytes, metadata } = world.standIn.model.get('uploads', key);
    await other.run(other.upload(key, bytes, metadata), 'undisturbed');
    made.set(key, gist(other, key));
  }
  return made;
}

/** The part of the results that does not depend on how often and in which order events came. */
function gist(world: World, key: string): unknown {
  const { manifest, image } = world.atRest(key);
  const { source: _, job: __, ...rest } = manifest;
  return { ...rest, image };
}

const BOTH = [false, true];
const withReports = (reports: boolean): string => (reports ? ', with reports' : '');

for (const reports of BOTH) {
  const versioned = reports; // neither depends on the other
  const bucket = versioned ? 'a versioned bucket' : 'an unversioned bucket';

  test(`${UPLOADS} uploads of ${KEYS} keys to ${bucket}, each event delivered ${DELIVERIES} times in any order to ${WORKERS} workers${withReports(reports)}`, async (t) => {
    t.diagnostic(`LADING_SEED=${SEED}`);
    const roll = dice(SEED);
    const world = await newWorld(t, versioned, reports);
    const { model } = world.standIn;
    const keys = Array.from({ length: KEYS }, (_, index) => `team/app-${index}.tar`);
    const queue: ((worker: string) => Promise<unknown>)[] = [];
    const deliver = (event: (worker: string) => Promise<unknown>): void => {
      for (let count = 0; count < DELIVERIES; count += 1) queue.push(event);
    };
    const newest = new Map<string, UploadNotice>();
    let uploads = 0;
    const uploadOne = (): void => {
      const key = keys[uploads < KEYS ? uploads : roll(KEYS)] ?? '';
      uploads += 1;
      const notice = world.upload(key, someUpload(roll(12)), { name: `app:${roll(3)}` });
      newest.set(key, notice);
      deliver((worker) => world.inspect(notice, worker));
    };
    model.onCreated = (where, key) => {
      const upload = key.replace(/\/inspection\.json$/u, '');
      if (where === 'results' && upload !== key) deliver((worker) => world.convert(upload, worker));
    };
    const isMore = (): boolean => queue.length > 0 || uploads < UPLOADS;
    const work = async (worker: string): Promise<void> => {
      while (isMore()) {
        if (uploads < UPLOADS && roll(3) === 0) uploadOne();
        const [event] = queue.splice(roll(Math.max(1, queue.length)), 1);
        await event?.(worker);
        if (event === undefined) uploadOne();
      }
    };
    uploadOne();
    // A worker that finds no work may find some when another worker has finished.
    while (isMore()) {
      await Promise.all(Array.from({ length: WORKERS }, (_, index) => work(`worker-${index}`)));
    }
    const expected = await undisturbed(t, world, keys);
    for (const key of keys) {
      const { versionId, etag, sequencer } = world.manifest(key).source;
      const { bucket: _, key: __, ...upload } = newest.get(key) ?? assert.fail();
      assert.deepEqual({ versionId, etag, sequencer }, upload, `${key} ends with its newest upload`);
      assert.deepEqual(gist(world, key), expected.get(key), key);
      const { job } = world.manifest(key);
      assert.ok(
        world.told.some((told) => told.job === job),
        `${key}: its newest upload was told of`,
      );
    }
    assert.deepEqual(model.unfinished('results'), []);
  });
}

describe('two uploads of one key, one held at any of its requests while the other runs through', () => {
  const first = archive([...exportEntries(), { name: 'first' }]);
  const second = archive([...exportEntries(), { name: 'second' }]);
  const refused = Buffer.from('dear diary');
  const pairs: Record<string, [older: Buffer, newer: Buffer]> = {
    'both converted': [first, second],
    'the newer one refused': [first, refused],
    'the older one refused': [refused, second],
    'the same bytes, another name': [first, first],
  };

  for (const [what, [olderBytes, newerBytes]] of Object.entries(pairs)) {
    for (const sequencers of [true, false]) {
      for (const held of ['older', 'newer'] as const) {
        const reports = sequencers; // neither depends on the other
        test(`${what}: the ${held} one is held${sequencers ? '' : ', and events carry no sequencers'}${withReports(reports)}`, async (t) => {
          const world = await newWorld(t, true, reports);
          for (let at = 0; ; at += 1) {
            const key = `${at}.tar`;
            const marks = sequencers ? {} : { sequencer: null };
            const older = { ...world.upload(key, olderBytes, { name: 'older:1' }), ...marks };
            const newer = { ...world.upload(key, newerBytes, { name: 'newer:1' }), ...marks };
            const [slow, quick] = held === 'older' ? [older, newer] : [newer, older];
            let asked = 0;
            world.standIn.disturb = async ({ caller }) => {
              if (caller === 'slow' && asked++ === at) await world.run(quick, 'quick');
              return undefined;
            };
            await world.run(slow, 'slow');
            // Request number `at` was never made, so each request has been held once.
            if (asked <= at) return await world.run(quick, 'quick').then(() => undefined);
            world.standIn.disturb = () => undefined;
            const { manifest } = world.atRest(key);
            assert.equal(manifest.source.versionId, newer.versionId, `held at request ${at}`);
          }
        });
      }
    }
  }
});

for (const reports of BOTH)
  test(`results that an older worker wrote after a newer one had looked are found and replaced${withReports(reports)}`, async (t) => {
    const world = await newWorld(t, true, reports);
    const older = world.upload('a', archive(exportEntries()));
    const newer = world.upload('a', Buffer.from('text'));
    // The newer upload is refused after the older image archive was written, and before its manifest is.
    let late = false;
    world.standIn.disturb = async ({ caller, operation, key }) => {
      const manifest = operation === 'PutObject' && key === resultKeys('a').manifest;
      if (caller !== 'older' || !manifest || late) return undefined;
      late = true;
      await world.run(newer, 'newer');
      return 'reset';
    };
    assert.equal((await world.run(older, 'older')).kind, 'superseded');
    assert.equal(world.atRest('a').manifest.outcome, 'refused');
  });

for (const reports of BOTH)
  test(`a manifest that an older worker wrote beside a newer image archive is removed, though the newer worker has crashed${withReports(reports)}`, async (t) => {
    const world = await newWorld(t, true, reports);
    const older = world.upload('a', archive([...exportEntries(), { name: 'older' }]));
    const newer = world.upload('a', archive([...exportEntries(), { name: 'newer' }]));
    let late = false;
    world.standIn.disturb = async ({ caller, operation, key }) => {
      const manifest = operation === 'PutObject' && key === resultKeys('a').manifest;
      if (caller === 'mortal' && manifest) return 'reset';
      if (caller !== 'older' || !manifest || late) return undefined;
      late = true;
      await assert.rejects(world.run(newer, 'mortal'));
      return undefined;
    };
    assert.equal((await world.run(older, 'older')).kind, 'superseded');
    world.assertNotTorn('a');
    await world.run(newer, 'again');
    assert.equal(world.atRest('a').manifest.source.versionId, newer.versionId);
  });
