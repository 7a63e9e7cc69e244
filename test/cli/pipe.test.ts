import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, createWriteStream, openSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { readPipe } from '../../cli/input/pipe.ts';
import { CHUNK_BYTES } from '../../node/files.ts';
import { folder } from './kit.ts';

const skip = process.platform === 'win32' && 'needs mkfifo';

/** Opens both ends of a pipe. */
async function pipe(t: TestContext) {
  const path = join(await folder(t), 'pipe');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = createWriteStream(path);
  writer.on('error', () => undefined);
  t.after(() => writer.destroy());
  return { fd, writer };
}

test('a pipe gives all its bytes, and a chunk does not change while somebody still uses it', { skip }, async (t) => {
  for (const size of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 12_345]) {
    const { fd, writer } = await pipe(t);
    const bytes = Buffer.alloc(size);
    for (let i = 0; i + 4 <= size; i += 4) bytes.writeUInt32LE(i, i);
    writer.end(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of readPipe(fd, new AbortController().signal)) {
      for (let i = 0; i < 20; i++) await turn();
      chunks.push(Buffer.from(chunk));
    }
    assert.ok(Buffer.concat(chunks).equals(bytes), `${size} bytes`);
    assert.equal(chunks.length, Math.ceil(size / CHUNK_BYTES));
  }
});

test('a read of a pipe that gives nothing can be cancelled with a reason', { skip }, async (t) => {
  for (const sent of [0, 1000, CHUNK_BYTES]) {
    const { fd, writer } = await pipe(t);
    const interruption = new AbortController();
    const reason = new Error('enough');
    writer.write(Buffer.alloc(sent), () => setImmediate(() => interruption.abort(reason)));
    const reading = (async () => {
      for await (const chunk of readPipe(fd, interruption.signal)) assert.equal(chunk.length, CHUNK_BYTES);
    })();
    await assert.rejects(reading, reason);
  }
});
