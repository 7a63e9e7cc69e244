import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

import packageJson from '../../package.json' with { type: 'json' };
import { convertUpload, inspectUpload } from '../../core/service/service.ts';
import { s3Store } from '../../s3/store.ts';
import { nativeTools } from '../../node/tools.ts';
import { ended, exported, folder, run, start } from '../cli/kit.ts';
import type { S3Engine } from '../support/s3-engine.ts';
import { localClient } from '../support/s3-harness.ts';
import { S3Proxy } from '../support/s3-proxy.ts';
import { s3Env } from './kit.ts';

const MIB = 2 ** 20;

/** Tests of interrupted uploads over one S3 engine through a watching proxy; the largest has `gigantic` bytes. */
export function resumeSuite(
  name: string,
  openEngine: () => Promise<S3Engine>,
  gigantic: number,
  skip: string | false = false,
): void {
  describe(name, { skip }, () => {
    let engine: S3Engine;
    let client: S3Client;
    before(async () => {
      engine = await openEngine();
      client = localClient(engine);
    });
    after(async () => {
      client.destroy();
      await engine.stop();
    });

    /** Puts a proxy before the engine, and makes the environment that leads to it. */
    const watched = async (t: TestContext) => {
      const proxy = new S3Proxy(engine.endpoint);
      const env = s3Env(await proxy.start(), engine.credentials);
      t.after(async () => await proxy.stop());
      Object.assign(process.env, env);
      return { proxy, env };
    };

    test('after a killed process and dropped connections, no part that had arrived is sent again', async (t) => {
      const { proxy, env } = await watched(t);
      const file = join(await folder(t), 'big.tar');
      await writeMarked(file, gigantic);
      const first = start(t, ['upload', file, '-t', 'big'], { env });
      proxy.onAnswered = () => {
        if (answered(proxy).size * 8 * MIB > gigantic / 2) first.kill('SIGKILL');
      };
      assert.equal((await ended(first)).code, 'SIGKILL');
      proxy.onAnswered = () => {};
      await proxy.quiet();
      const there = await partsThere(client, 'big.tar');
      assert.ok(answered(proxy).isSubsetOf(there), 'what was answered is there');

      proxy.parts.length = 0;
      const dropped = new Set<number>();
      proxy.onBytes = ({ number, bytes }) => {
        const now = bytes > 3 * MIB && number % 10 === 0 && !dropped.has(number);
        if (now) dropped.add(number);
        return now;
      };
      const second = await ended(start(t, ['upload', file, '-t', 'big', '--json'], { env }));
      assert.equal(second.code, 0, second.stderr);
      const { parts, kept } = JSON.parse(second.stdout) as { parts: number; kept: number };
      assert.equal(kept, there.size);
      assert.ok(dropped.size > 0, 'a connection was dropped');
      for (let number = 1; number <= parts; number += 1) {
        const sent = proxy.parts.filter((part) => part.number === number).length;
        assert.equal(sent, there.has(number) ? 0 : dropped.has(number) ? 2 : 1, `part ${number}`);
      }
      assert.equal(await stored(client, 'big.tar'), await sha256Of(file));
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: 'uploads' }));
      assert.deepEqual(Uploads, []);
    });

    /** Uploads a file until S3 has two parts, then interrupts the upload as Ctrl-C does. */
    const begun = async (proxy: S3Proxy, file: string, env: Record<string, string>) => {
      const interruption = new AbortController();
      proxy.onAnswered = () => {
        if (answered(proxy).size === 2) interruption.abort(new Error('interrupted'));
      };
      await run(['upload', file, '-t', 'app:1'], { env, signal: interruption.signal });
      proxy.onAnswered = () => {};
      assert.ok(answered(proxy).size >= 2);
    };

    test('a file that changed between two tries is uploaded as it is now, without parts of the old content', async (t) => {
      const { proxy, env } = await watched(t);
      const file = join(await folder(t), 'changed.tar');
      await writeMarked(file, 60 * MIB);
      await begun(proxy, file, env);
      await proxy.quiet();
      const there = await partsThere(client, 'changed.tar');
      const [[changed, size] = [0, 0]] = there; // the first part to arrive need not be the first of the file
      await writeAt(file, 'X', (changed - 1) * size);
      proxy.parts.length = 0;
      const { code, stdout, stderr } = await run(['upload', file, '-t', 'app:1', '--json'], { env });
      assert.equal(code, 0, stderr);
      assert.equal((JSON.parse(stdout) as { kept: number }).kept, there.size - 1);
      assert.ok(answered(proxy).has(changed));
      assert.equal(await stored(client, 'changed.tar'), await sha256Of(file));
    });

    test('an upload with other options begins anew', async (t) => {
      const { proxy, env } = await watched(t);
      const file = join(await folder(t), 'renamed.tar');
      await writeMarked(file, 60 * MIB);
      await begun(proxy, file, env);
      const { code, stdout, stderr } = await run(['upload', file, '-t', 'app:2', '--json'], { env });
      assert.equal(code, 0, stderr);
      assert.equal((JSON.parse(stdout) as { kept: number }).kept, 0);
      const { Metadata } = await client.send(new HeadObjectCommand({ Bucket: 'uploads', Key: 'renamed.tar' }));
      assert.deepEqual(Metadata, { name: 'app:2' });
    });

    test('the client waits for the result of these bytes with these options', async (t) => {
      const { env } = await watched(t);
      const file = join(await folder(t), 'app.tar');
      await writeFile(file, await exported(1000));
      for (const options of [
        ['-t', 'app:1', '-m', 'héllo, 世界'],
        ['-t', 'app:2'],
      ]) {
        const waiting = run(['upload', file, ...options, '-o', `${file}.image`], { env });
        await serveUntil(waiting, client, 'app.tar');
        const { code, stderr } = await waiting;
        assert.equal(code, 0, stderr);
        assert.ok((await readFile(`${file}.image`)).equals((await run(['convert', file, ...options])).bytes));
      }
    });
  });
}

/** Runs both functions for a key again and again, as if events kept coming, until `done` is settled. */
async function serveUntil(done: Promise<unknown>, client: S3Client, key: string): Promise<void> {
  const tools = nativeTools({ threads: false });
  const deps = { ...s3Store({ client }, 'results', tools), tools, clock: Date.now, version: packageJson.version };
  const notice = { bucket: 'uploads', key, versionId: null, etag: null, sequencer: null };
  const over = done.then(() => true);
  do {
    const outcome = await inspectUpload(notice, deps);
    if (outcome.kind === 'handed-on') await convertUpload(outcome.inspectionKey, deps);
  } while ((await Promise.race([over, sleep(100)])) !== true);
}

function answered(proxy: S3Proxy): Set<number> {
  return new Set(proxy.parts.filter((part) => part.answered).map((part) => part.number));
}

/** Writes a sparse file that holds only its own offsets, one for each MiB. */
async function writeMarked(path: string, size: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.truncate(size);
    for (let at = 0; at < size; at += MIB) await file.write(`${at}`, at);
  } finally {
    await file.close();
  }
}

async function writeAt(file: string, text: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(text, position);
  await handle.close();
}

/** The sizes in bytes of the parts of the unfinished upload to a key, by part number. */
async function partsThere(client: S3Client, key: string): Promise<Map<number, number>> {
  const { Uploads: [upload] = [] } = await client.send(
    new ListMultipartUploadsCommand({ Bucket: 'uploads', Prefix: key }),
  );
  const { Parts = [] } = await client.send(
    new ListPartsCommand({ Bucket: 'uploads', Key: key, UploadId: upload?.UploadId }),
  );
  return new Map(Parts.map(({ PartNumber = 0, Size = 0 }) => [PartNumber, Size]));
}

async function stored(client: S3Client, key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'uploads', Key: key }));
  return await sha256(Body as AsyncIterable<Uint8Array>);
}

async function sha256Of(path: string): Promise<string> {
  const file = await open(path);
  return await sha256(file.createReadStream({ highWaterMark: MIB }));
}

async function sha256(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}
