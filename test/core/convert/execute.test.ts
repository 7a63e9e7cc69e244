import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { stream } from '../../../core/convert/execute.ts';
import { type ErrorCode, LadingError } from '../../../core/model/errors.ts';
import { plan, type Plan } from '../../../core/model/plan.ts';
import type { Source } from '../../../core/model/ports.ts';
import { nativeTools } from '../../../node/tools.ts';

const UPLOAD = Buffer.from('the upload, byte for byte');

/** A source that gives its bytes one at a time in one reused buffer, as the port allows. */
function source(bytes: Uint8Array): Source {
  return {
    async *open(start = 0, end = bytes.length) {
      const chunk = new Uint8Array(1);
      for (const byte of bytes.subarray(start, end)) {
        chunk[0] = byte;
        yield chunk;
      }
    },
  };
}

async function run(what: Plan, from: Source = source(UPLOAD)): Promise<string> {
  let text = '';
  for await (const chunk of stream(what, from, nativeTools({ threads: false }))) text += Buffer.from(chunk).toString();
  return text;
}

function breaks(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof LadingError && error.code === code;
}

test('a plan streams its parts in order', async () => {
  const made = plan([
    { kind: 'bytes', bytes: Buffer.from('<') },
    { kind: 'range', start: 4, end: 10 },
    { kind: 'bytes', bytes: new Uint8Array() },
    { kind: 'range', start: 3, end: 3 },
    { kind: 'bytes', bytes: Buffer.from('>') },
  ]);
  assert.equal(await run(made), '<upload>');
});

test('a compressed upload is expanded where the plan says so', async () => {
  const made = plan([
    { kind: 'recoded', outer: 'gzip', start: 0, end: UPLOAD.length, inner: 'none', size: UPLOAD.length },
  ]);
  assert.equal(await run(made, source(gzipSync(UPLOAD))), UPLOAD.toString());
});

test('an upload that ends inside a range has changed', async () => {
  const made = plan([{ kind: 'range', start: 4, end: UPLOAD.length + 1 }]);
  await assert.rejects(run(made), breaks('source-changed'));
});

test('a source that gives more bytes than the range asked for has changed, and the surplus is not written', async () => {
  const generous: Source = { open: () => source(UPLOAD).open() };
  const written: number[] = [];
  await assert.rejects(async () => {
    for await (const chunk of stream(
      plan([{ kind: 'range', start: 0, end: 3 }]),
      generous,
      nativeTools({ threads: false }),
    )) {
      written.push(chunk.length);
    }
  }, breaks('source-changed'));
  assert.deepEqual(written, [1, 1, 1]);
});

test('expanded content whose size differs from the plan is refused', async () => {
  const long = UPLOAD.length + 1;
  const missing = plan([{ kind: 'recoded', outer: 'gzip', start: 0, end: long, inner: 'none', size: long }]);
  await assert.rejects(run(missing, source(gzipSync(UPLOAD))), breaks('wrong-size'));
  for (const size of [UPLOAD.length - 1, long]) {
    const inside = plan([
      { kind: 'recoded', outer: 'none', start: 0, end: gzipSync(UPLOAD).length, inner: 'gzip', size },
    ]);
    await assert.rejects(run(inside, source(gzipSync(UPLOAD))), breaks('wrong-size'));
  }
});

test('ranges of a compressed upload can be read in any order', async () => {
  const at = (start: number, end: number) =>
    ({ kind: 'recoded', outer: 'gzip', start, end, inner: 'none', size: end - start }) as const;
  const made = plan([at(3, 5), at(5, 9), at(20, 25), at(0, 3)]);
  const expected = Buffer.concat([UPLOAD.subarray(3, 9), UPLOAD.subarray(20, 25), UPLOAD.subarray(0, 3)]);
  assert.equal(await run(made, source(gzipSync(UPLOAD))), expected.toString());
});

test('a plan whose parts do not add up to its size is refused', async () => {
  await assert.rejects(run({ parts: [{ kind: 'bytes', bytes: UPLOAD }], size: 1 }), breaks('wrong-size'));
});
