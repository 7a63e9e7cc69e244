import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { resultKeys } from '../../core/service/keys.ts';
import { DOCKER_EXPORT, exported, folder, run, tarOf } from '../cli/kit.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { withoutPinned } from '../support/pinned.ts';
import { engineName, freePort, type S3Engine, withoutEngine } from '../support/s3-engine.ts';
import { localClient, makeBuckets } from '../support/s3-harness.ts';
import { sha256 } from '../support/tools.ts';
import { aws, bytesOf, keysIn, notify, notifyingEngine, put, Service, unfinishedIn } from './kit.ts';

/** True when each bucket can have notifications of its own. Elsewhere uploads are found by listings in most tests. */
const notifies = engineName === 'rgw';
const withoutAws = withoutEngine || (notifies && withoutPinned('emulator'));

/** Uploads in each of the tests that kill the service. */
const UPLOADS = Number(process.env['LADING_SERVE_UPLOADS'] ?? 40);
const BATCH = 10;

describe('lading serve over the buckets of a real engine', { skip: withoutEngine, timeout: 900_000 }, () => {
  let engine: S3Engine;
  let client: S3Client;
  /** The port that versitygw sends its notifications to. */
  let webhook: number;
  before(async () => {
    ({ engine, webhook } = await notifyingEngine());
    client = localClient(engine);
  });
  after(async () => {
    client.destroy();
    await engine.stop();
  });

  /** Two new buckets and a service over them, which ends with the test. */
  const given = async (t: TestContext, name: string, ...flags: string[]) => {
    const [uploads, results] = [`${name}-uploads`, `${name}-results`];
    await makeBuckets(client, [uploads, results]);
    const service = new Service(engine, [...flags, `s3://${uploads}`, `s3://${results}`]);
    t.after(async () => await service.end('SIGKILL'));
    return { uploads, results, service };
  };

  const manifestOf = async (bucket: string, key: string): Promise<ArchiveManifest> => {
    const manifest = JSON.parse((await bytesOf(client, bucket, resultKeys(key).manifest)).toString());
    assertManifest(manifest);
    return manifest as ArchiveManifest;
  };

  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await sleep(250);
  };

  /** A service that finds an upload by notifications only, as its only listing has ended. */
  const listener = async (t: TestContext, port: number) => {
    const { uploads, results, service } = await given(
      t,
      'told',
      '--listen',
      `127.0.0.1:${port}`,
      '--list-every',
      '86400',
    );
    service.start();
    await service.said('The uploads that were there');
    const arrives = async (...keys: string[]): Promise<void> => {
      for (const key of keys) {
        await service.said(`${key.replace('+', '\\+')}: converted`);
        assert.equal((await manifestOf(results, key)).outcome, 'converted');
      }
    };
    const leave = async (): Promise<void> => {
      assert.doesNotMatch(service.log, /secret|token/);
      assert.equal(await service.end('SIGTERM'), 0);
    };
    return { uploads, arrives, leave };
  };

  if (engineName === 'versitygw')
    test('each notification of the webhook starts the work', async (t) => {
      const { uploads, arrives, leave } = await listener(t, webhook);
      await put(client, uploads, 'team/app a.tar', await exported());
      await arrives('team/app a.tar');
      await leave();
    });
  else
    test('each notification of a plain and of a persistent topic starts the work', { skip: withoutAws }, async (t) => {
      const port = await freePort();
      const { uploads, arrives, leave } = await listener(t, port);
      await notify(engine, client, uploads, [
        { name: 'plain', port, persistent: false, prefix: 'plain/' },
        { name: 'persistent', port, persistent: true, prefix: 'persistent/' },
      ]);
      for (const kind of ['plain', 'persistent']) {
        const keys = [`${kind}/app a+1.tar`, `${kind}/large.tar`] as const;
        await put(client, uploads, keys[0], await exported());
        const file = join(await folder(t), 'large.tar');
        await writeFile(file, await exported(12e6));
        await aws(engine, 's3', 'cp', file, `s3://${uploads}/${keys[1]}`);
        await arrives(...keys);
      }
      await leave();
    });

  /** Writes uploads of every kind into folders of `BATCH` files. Returns the key of each, with the digest of its image. */
  const makeUploads = async (root: string): Promise<Map<string, string | null>> => {
    const images = new Map<string, string | null>();
    for (let at = 0; at < UPLOADS; at += 1) {
      const batch = join(root, String(Math.floor(at / BATCH)));
      await mkdir(batch, { recursive: true });
      const size = at % 4 === 0 ? 9e6 : 1000;
      const archive = await tarOf([
        ...DOCKER_EXPORT,
        { name: 'etc/number', text: String(at) },
        { name: 'd', text: 'x'.repeat(size) },
      ]);
      const [key, bytes] =
        at % 7 === 3
          ? [`note-${at}.txt`, Buffer.from(`no archive but number ${at}`)]
          : at % 5 === 2
            ? [`app-${at}.tar.gz`, gzipSync(archive)]
            : [`app-${at}.tar`, archive];
      await writeFile(join(batch, key), bytes);
      const converted = await run(['convert', join(batch, key), '-q']);
      images.set(key, converted.code === 0 ? sha256(converted.bytes) : null);
    }
    return images;
  };

  /** Sends all uploads, with the `aws` command where it is there. */
  const sendAll = async (root: string, bucket: string): Promise<void> => {
    for (const batch of await readdir(root)) {
      const from = join(root, batch);
      if (notifies) await aws(engine, 's3', 'cp', '--quiet', '--recursive', from, `s3://${bucket}/`);
      else for (const key of await readdir(from)) await put(client, bucket, key, await readFile(join(from, key)));
    }
  };

  /** Kills services at random and starts them again, until `sending` has ended and some kills were done. */
  const torment = async (services: Service[], sending: Promise<void>): Promise<number> => {
    const progress = { kills: 0, sent: false };
    void sending.finally(() => (progress.sent = true)).catch(() => undefined);
    for (; !progress.sent || progress.kills < 4 * services.length; progress.kills += 1) {
      await sleep(1000 + Math.random() * 2500);
      const service = services[progress.kills % services.length];
      await service?.end('SIGKILL');
      if (Math.random() < 0.3) await sleep(1000);
      service?.start();
    }
    await sending;
    return progress.kills;
  };

  /** Waits until every upload has its manifest and nothing is under way, and compares each image with the expected one. */
  const assertAllRight = async (results: string, images: Map<string, string | null>): Promise<void> => {
    await until(async () => {
      const keys = new Set(await keysIn(client, results));
      return [...images.keys()].every((key) => keys.has(resultKeys(key).manifest));
    });
    await until(async () => !(await keysIn(client, results)).some((key) => key.startsWith('.lading/')));
    assert.deepEqual(await unfinishedIn(client, results), []);
    const keys = new Set(await keysIn(client, results));
    for (const [key, expected] of images) {
      const { outcome, job, report } = await manifestOf(results, key);
      const { image, report: page } = resultKeys(key);
      assert.equal(outcome, expected === null ? 'refused' : 'converted', key);
      assert.equal(keys.has(image) ? sha256(await bytesOf(client, results, image)) : null, expected, key);
      assert.ok(job);
      assert.equal(report, true, key);
      const { Metadata } = await client.send(new HeadObjectCommand({ Bucket: results, Key: page }));
      assert.equal(Metadata?.['lading-job'], job, `${key}: report and manifest belong together`);
    }
  };

  for (const [name, persistent] of [
    ['one', [false]],
    ['two', [false, true]],
  ] as const)
    test(
      `${name} that is killed at random leaves every upload with its right result, and nothing else`,
      { skip: withoutAws },
      async (t) => {
        const root = await folder(t);
        const images = await makeUploads(root);
        const ports = [await freePort(), await freePort()];
        const every = ['--list-every', notifies ? '20' : '2', '--reports'];
        const flags = (port = 0) => ['--listen', `127.0.0.1:${port}`, ...every];
        const { uploads, results, service } = await given(t, name, ...flags(ports[0]));
        const services = [service];
        if (name === 'two') {
          const other = new Service(engine, [...flags(ports[1]), `s3://${uploads}`, `s3://${results}`]);
          t.after(async () => await other.end('SIGKILL'));
          services.push(other);
        }
        for (const each of services) each.start();
        for (const each of services) await each.said('Listening');
        const topics = persistent.map((each, at) => ({
          name: `${name}-${at}`,
          port: ports[at] ?? 0,
          persistent: each,
        }));
        if (notifies) await notify(engine, client, uploads, topics);
        const started = performance.now();
        const kills = await torment(services, sendAll(root, uploads));
        await assertAllRight(results, images);
        for (const each of services) {
          assert.equal(await each.end('SIGTERM'), 0, each.log);
          assert.doesNotMatch(each.log, /given up/);
        }
        const log = services.map((each) => each.log).join('');
        const [begun, ended] = [log.match(/: begun$/gm)?.length, log.match(/: (?:converted|refused)\./gm)?.length];
        const seconds = Math.round((performance.now() - started) / 1000);
        t.diagnostic(`${images.size} uploads, ${kills} kills, ${begun} begun, ${ended} ended, ${seconds} s`);
      },
    );
});
