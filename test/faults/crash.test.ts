import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Disturbance, SeenRequest } from '../support/s3-standin.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { World } from './world.ts';

// A fault at any request of a conversion leaves results that belong together, or no manifest. When the events come
// again, image archive, manifest and completion become those of an undisturbed run, and no multipart upload is open.
// One exception: if the answer with its id is lost, a multipart upload stays, empty, until the bucket's lifecycle rule.

const MIB = 2 ** 20;
const KEY = 'team/app.tar';
const VISIBILITY_MS = 30 * 60_000;

const small = archive(exportEntries());
const large = archive([
  ...exportEntries(),
  { name: 'var/large', body: Buffer.alloc(10.1 * MIB, 'what fills a layer, ') },
]);

const text = Buffer.from('dear diary');

interface Scenario {
  bytes: Buffer;
  /** An upload that was converted under the same key before, or null. */
  earlier: Buffer | null;
  /** Operations that the conversion must use; without them the scenario would not test what its name says. */
  needs: string[];
}

const SCENARIOS: Record<string, Scenario> = {
  'a small export': { bytes: small, earlier: null, needs: ['PutObject'] },
  'a small export in place of another': { bytes: small, earlier: large, needs: ['DeleteObject', 'PutObject'] },
  'an export that S3 copies': { bytes: large, earlier: small, needs: ['UploadPartCopy', 'DeleteObject'] },
  'an export that is expanded': {
    bytes: Buffer.concat([gzipSync(large), Buffer.from('junk')]),
    earlier: null,
    needs: ['UploadPart', 'CompleteMultipartUpload'],
  },
  'what is refused in place of an export': { bytes: text, earlier: small, needs: ['DeleteObject'] },
  'what is refused in place of the like': { bytes: text, earlier: Buffer.from('dear friend'), needs: ['PutObject'] },
};

/** Faults at a request. `crash` also kills the function there; the function may survive the others, or fail. */
const FAULTS: Record<string, { fault: Disturbance; crash?: true; lasting?: true; only?: RegExp }> = {
  'a crash before it': { fault: 'reset', crash: true },
  'a crash after it': { fault: 'reset-after', crash: true },
  'a broken connection before it': { fault: 'reset' },
  'a lost answer': { fault: 'reset-after' },
  'a broken answer': { fault: 'reset-mid-body', only: /^GetObject$/u },
  'a slow answer': { fault: 'slow' },
  'a server that is busy from then on': { fault: { status: 503, code: 'SlowDown' }, lasting: true },
  'a busy server': { fault: { status: 503, code: 'SlowDown' } },
  'an error inside an answer of 200': {
    fault: { status: 200, code: 'InternalError' },
    only: /UploadPartCopy|Complete/u,
  },
  'a conflict': {
    fault: { status: 409, code: 'ConditionalRequestConflict' },
    only: /^(?:PutObject|CompleteMultipartUpload|DeleteObject)$/u,
  },
};

/** The operations of large image archives. As their scenarios are slow, passing faults are tried only at these. */
const MULTIPART = /Multipart|UploadPart/u;

type Run = (caller: string, signal?: AbortSignal) => Promise<unknown>;

for (const [what, scenario] of Object.entries(SCENARIOS)) {
  // Where results are replaced, there are reports, too: the requests are those that there are without, and more.
  const reports = scenario.earlier !== null;
  describe(`${what}${reports ? ', with reports' : ''}, disturbed`, () => {
    const world = new World({ reports });
    const { model } = world.standIn;
    /** A rehearsal of each function: the state before it, the requests that it makes, and the check of its results. */
    const functions: { restore: () => void; run: Run; requests: string[]; check: () => Promise<void> }[] = [];
    let handedOn: object | null = null;
    let expected: ReturnType<World['atRest']>;

    before(async () => {
      await world.start(true);
      if (scenario.earlier !== null) await world.run(world.upload(KEY, scenario.earlier, { name: 'old:1' }), 'earlier');
      const notice = world.upload(KEY, scenario.bytes, { name: 'new:1' });
      await rehearse((caller, signal) => world.inspect(notice, caller, signal), checkInspect);
      if (scenario.bytes !== text) {
        handedOn = world.handedOn(KEY);
        await rehearse(convert, checkConvert);
      }
      expected = world.atRest(KEY);
    });
    after(async () => await world.stop());

    const convert: Run = (caller, signal) => world.convert(KEY, caller, signal);
    const rehearse = async (run: Run, check: () => Promise<void>): Promise<void> => {
      const restore = model.save('results');
      world.standIn.requests.length = 0;
      await run('rehearsal');
      functions.push({ restore, run, check, requests: world.standIn.requests.map((each) => each.operation) });
    };
    /** Asserts that the same inspection is handed on. Where conversion is quick, its results are checked as well. */
    const checkInspect = async (): Promise<void> => {
      if (handedOn !== null) assert.deepEqual(world.handedOn(KEY), handedOn);
      if (handedOn !== null && scenario.bytes !== small) return;
      if (handedOn !== null) await convert('rest');
      await checkConvert();
    };
    const checkConvert = async (): Promise<void> => {
      if (handedOn !== null) await convert('once more');
      assert.deepEqual(world.atRest(KEY), expected);
    };

    /** Disturbs request number `at` of a function, delivers the event again if it failed, and checks the results. */
    const disturb = async (
      { restore, run, requests, check }: (typeof functions)[number],
      at: number,
      act: (request: SeenRequest) => Disturbance | Promise<Disturbance>,
      { crash = false, lasting = false }: { crash?: boolean; lasting?: boolean } = {},
    ): Promise<void> => {
      restore();
      world.told.length = 0;
      const death = new AbortController();
      const caller = crash ? 'mortal' : 'first';
      let count = 0;
      world.standIn.disturb = (request) => {
        if (request.caller !== caller) return undefined;
        if (death.signal.aborted) return 'reset';
        if (count++ !== at && (count <= at || !lasting)) return undefined;
        if (crash) death.abort();
        return act(request);
      };
      const failed = await run(caller, death.signal).then(
        () => false,
        () => true,
      );
      world.standIn.disturb = () => undefined;
      assert.ok(count > at, `there is a request number ${at}`);
      world.assertNotTorn(KEY);
      if (failed || crash) {
        model.age(VISIBILITY_MS);
        await run('again');
      }
      try {
        assert.deepEqual(
          new Set(world.told.map(({ job }) => job)),
          new Set(requests.includes('PutEvents') ? [expected.manifest.job] : []),
          'who wants to know was told',
        );
        await check();
        const lostCreation = requests[at] === 'CreateMultipartUpload' && !failed && !crash;
        const open = model.unfinished('results').filter(({ parts }) => parts > 0 || !lostCreation);
        assert.deepEqual(open, [], 'no multipart upload is open');
      } catch (cause) {
        throw new Error(`after request ${at} (${requests[at]}) of ${requests.join(', ')}`, { cause });
      }
    };

    test('the scenario makes the requests that it is meant to test', () => {
      const seen = functions.flatMap(({ requests }) => requests);
      for (const operation of scenario.needs) assert.ok(seen.includes(operation), `${operation}: ${seen.join()}`);
    });

    for (const [name, { fault, only, ...how }] of Object.entries(FAULTS)) {
      test(`${name} at any request leaves sound results`, async () => {
        const isLarge = functions.some(({ requests }) => requests.some((one) => MULTIPART.test(one)));
        const asked = only ?? (isLarge && how.crash !== true ? MULTIPART : /./u);
        for (const each of functions) {
          for (const [at, operation] of each.requests.entries()) {
            if (asked.test(operation)) await disturb(each, at, () => fault, how);
          }
        }
      });
    }

    test('a request may hang until the same event was delivered again and its work is finished', async () => {
      for (const each of functions) {
        for (const at of each.requests.keys()) {
          const act = async (): Promise<undefined> => void (await each.run('duplicate'));
          await disturb(each, at, act);
        }
      }
    });
  });
}
