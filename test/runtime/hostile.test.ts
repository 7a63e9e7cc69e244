import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { FAMILIES } from '../support/expensive/all.ts';
import type { Upload } from '../support/expensive/family.ts';
import { BUCKETS, objectCreated, queued } from '../support/functions.ts';
import { type LambdaEnvironment, withoutLambda } from '../support/lambda.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { withoutEngine } from '../support/s3-engine.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { ACKNOWLEDGED, openWorld, type World } from './world.ts';

/** The number of hostile uploads at once, each in environments of its own. */
const AT_ONCE = 8;
/** The timeout for one upload in ms, far longer than one takes on a machine that is busy with eight of them. */
const PATIENCE = 300_000;

describe('the functions, in the memory of the template', { skip: withoutEngine || withoutLambda() }, () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.stop());

  test('end every expensive upload with a result, and make an image of a good one while eight of them run', async (t) => {
    const families = [...FAMILIES];
    const broken: string[] = [];
    let busy = 0;
    const full = Promise.withResolvers<void>();
    const worker = async (): Promise<void> => {
      const lane = new Lane(world);
      for (let family = families.shift(); family !== undefined; family = families.shift()) {
        if (++busy === AT_ONCE) full.resolve();
        const { name, most, make } = family;
        await lane
          .work(`${FAMILIES.indexOf(family)}.tar`, make(most))
          .catch((error: Error) => broken.push(`${name}: ${error.message}`));
        busy -= 1;
      }
    };
    const good = async (): Promise<string> => {
      await full.promise;
      const { outcome } = await new Lane(world).work('good.tar', { archive: archive(exportEntries()) });
      return families.length === 0 ? 'the hostile uploads were over' : outcome;
    };
    const [outcome] = await Promise.all([good(), ...Array.from({ length: AT_ONCE }, worker)]);
    t.diagnostic(`${FAMILIES.length} uploads, ${broken.length} without a result`);
    assert.equal(outcome, 'converted');
    assert.deepEqual(broken, []);
  });
});

/** A pair of environments that handles one upload after the other. As in Lambda, one that dies is replaced. */
class Lane {
  readonly #world: World;
  readonly #environments = new Map<'Inspect' | 'Convert', LambdaEnvironment>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Stores an upload, sends the events that S3 would send, and returns the manifest. Throws when there is none. */
  async work(Key: string, { archive: Body, sidecar }: Upload): Promise<ArchiveManifest> {
    const put = async (name: string, body: Uint8Array | string) =>
      await this.#world.client.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key: name, Body: body }));
    if (sidecar !== undefined) await put(`${Key}.lading.json`, sidecar);
    await put(Key, Body);
    await this.#invoke('Inspect', objectCreated(BUCKETS.uploads, Key));
    const handOff = `${Key}/inspection.json`;
    if ((await this.#result(handOff)) !== null) await this.#invoke('Convert', objectCreated(BUCKETS.results, handOff));
    const text = await this.#result(`${Key}/manifest.json`);
    if (text === null) throw new Error('there is no manifest');
    const manifest = JSON.parse(text) as ArchiveManifest;
    assertManifest(manifest);
    return manifest;
  }

  async #invoke(name: 'Inspect' | 'Convert', event: object): Promise<void> {
    const environment = this.#environments.get(name) ?? (await this.#world.start(name));
    this.#environments.set(name, environment);
    const abort = new AbortController();
    const late = sleep(PATIENCE, 'no answer', { signal: abort.signal }).catch(() => '');
    const answer = await Promise.race([environment.invoke(queued(event)), late]);
    abort.abort();
    const isDead = typeof answer === 'string' || (answer.kind === 'fault' && answer.errorType === 'Runtime.ExitError');
    if (isDead) this.#environments.delete(name);
    // An environment that does not answer would keep working.
    if (typeof answer === 'string') await environment.end();
    if (!isDeepStrictEqual(answer, ACKNOWLEDGED)) throw new Error(`${name}: ${JSON.stringify(answer)}`.slice(0, 200));
  }

  async #result(Key: string): Promise<string | null> {
    try {
      const { Body } = await this.#world.client.send(new GetObjectCommand({ Bucket: BUCKETS.results, Key }));
      return (await Body?.transformToString()) ?? null;
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return null;
      throw error;
    }
  }
}
