import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LadingError } from '../../lambda/core/errors.ts';
import type { ErrorCode } from '../../lambda/core/errors.ts';
import { stream } from '../../lambda/core/execute.ts';
import { plan } from '../../lambda/core/image/plan.ts';
import type { Plan } from '../../lambda/core/image/plan.ts';
import type { Source } from '../../lambda/core/ports.ts';
import { nativeTools } from '../../lambda/shell/tools.ts';

const UPLOAD = Buffer.from('the upload, byte for byte');

/** A source that gives its bytes one at a time, and in the same buffer again and again, as the port allows. */
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
  for await (const chunk of stream(what, from, nativeTools(false))) text += Buffer.from(chunk).toString();
  return text;
}

function breaks(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof LadingError && error.code === code;
}

test('a plan streams as its parts in order', async () => {
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
  const made = plan([{ kind: 'expanded', compression: 'gzip', size: UPLOAD.length }]);
  assert.equal(await run(made, source(gzipSync(UPLOAD))), UPLOAD.toString());
});

test('an upload that ends inside a range has changed', async () => {
  const made = plan([{ kind: 'range', start: 4, end: UPLOAD.length + 1 }]);
  await assert.rejects(run(made), breaks('source-changed'));
});

test('a source that gives more than the range asked for has changed, and the surplus is not written', async () => {
  const generous: Source = { open: () => source(UPLOAD).open() };
  const written: number[] = [];
  await assert.rejects(async () => {
    for await (const chunk of stream(plan([{ kind: 'range', start: 0, end: 3 }]), generous, nativeTools(false))) {
      written.push(chunk.length);
    }
  }, breaks('source-changed'));
  assert.deepEqual(written, [1, 1, 1]);
});

test('expanded content of another size than the plan gives is refused', async () => {
  for (const size of [UPLOAD.length - 1, UPLOAD.length + 1]) {
    const made = plan([{ kind: 'expanded', compression: 'gzip', size }]);
    await assert.rejects(run(made, source(gzipSync(UPLOAD))), breaks('wrong-size'));
  }
});

test('a plan whose parts do not add up to its size is refused', async () => {
  await assert.rejects(run({ parts: [{ kind: 'bytes', bytes: UPLOAD }], size: 1 }), breaks('wrong-size'));
});
