import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, openSync, readSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, exported, folder, LADING, run, start } from './kit.ts';

test('the command converts a pipe to a pipe, and keeps no file behind', async (t) => {
  const TMPDIR = await folder(t);
  const archive = await exported(3_000_000);
  const child = start(t, ['convert', '-', '-t', 'web:1'], { env: { TMPDIR } });
  child.stdin?.end(archive);
  const { code, bytes, stderr } = await ended(child);
  assert.equal(code, 0, stderr);
  assert.ok(bytes.equals((await run(['convert', '-', '-t', 'web:1'], { stdin: [archive] })).bytes));
  assert.deepEqual(await readdir(TMPDIR), []);
});

test('the bytes are the same between the pipes of a shell, and writing into a file needs no folder for a copy', async (t) => {
  if (process.platform === 'win32') return t.skip('needs sh');
  const path = await folder(t);
  const archive = await exported(3_000_000);
  await writeFile(join(path, 'app.tar'), archive);
  const wanted = (await run(['convert', '-', '-t', 'a'], { stdin: [archive] })).bytes;
  const shell = (line: string, env = {}) => {
    const child = spawn('sh', ['-c', line, process.execPath, LADING], { cwd: path, env: { ...process.env, ...env } });
    t.after(() => child.kill('SIGKILL'));
    return ended(child);
  };
  const { bytes, stderr } = await shell('cat app.tar | "$0" "$1" convert -q -t a - | cat');
  assert.ok(bytes.equals(wanted), stderr);
  const toFile = await shell('cat app.tar | "$0" "$1" convert -q -t a - -o image.tar', { TMPDIR: '/nowhere/at/all' });
  assert.equal(toFile.code, 0, toFile.stderr);
  assert.ok((await readFile(join(path, 'image.tar'))).equals(wanted));
});

test('a file on standard input is read in place, from its current offset', async (t) => {
  const path = await folder(t);
  const archive = await exported();
  await writeFile(join(path, 'a'), Buffer.concat([Buffer.from('12345678'), archive]));
  const stdin = openSync(join(path, 'a'), 'r');
  t.after(() => closeSync(stdin));
  if (process.platform === 'linux') readSync(stdin, Buffer.alloc(8), 0, 8, null);
  else await writeFile(join(path, 'a'), archive);
  // The folder for a copy does not exist, so a copy would fail.
  const { code, bytes, stderr } = await ended(
    start(t, ['convert', '-', '-t', 'a'], { stdin, env: { TMPDIR: '/nowhere' } }),
  );
  assert.equal(code, 0, stderr);
  assert.ok(bytes.equals((await run(['convert', '-', '-t', 'a'], { stdin: [archive] })).bytes));
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} while a pipe is read leaves nothing`, async (t) => {
    const path = await folder(t);
    const child = start(t, ['convert', '-', '-t', 'a', '-o', join(path, 'image.tar')], { env: { TMPDIR: path } });
    const end = ended(child);
    child.stdin?.on('error', () => undefined);
    child.stdin?.write((await exported(3_000_000)).subarray(0, 2_000_000), () => undefined);
    await drained(child.stdin);
    child.kill(signal);
    const { code, stdout, stderr } = await end;
    assert.deepEqual([code, stdout, stderr], [signal === 'SIGINT' ? 130 : 143, '', '']);
    assert.deepEqual(await readdir(path), []);
  });
}

test('SIGINT ends the command at once while the image waits for its reader', async (t) => {
  const path = await folder(t);
  await writeFile(join(path, 'a.tar'), await exported(3_000_000));
  const child = start(t, ['convert', join(path, 'a.tar'), '-t', 'a']);
  const { promise, resolve } = Promise.withResolvers<void>();
  child.stdout?.once('readable', resolve);
  await promise;
  child.kill('SIGINT');
  // The pipe is read only from here on.
  const exit = new Promise((done) => child.on('exit', done));
  assert.equal(await exit, 130);
});

test('a reader that closes the pipe early is not reported as an error', async (t) => {
  const path = await folder(t);
  await writeFile(join(path, 'a.tar'), await exported(3_000_000));
  const child = start(t, ['convert', join(path, 'a.tar'), '-t', 'a', '-q']);
  child.stdout?.once('data', () => child.stdout?.destroy());
  child.stdout?.on('close', () => undefined);
  const stderr: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise((done) => child.on('exit', done));
  assert.equal(code, 4);
  assert.equal(Buffer.concat(stderr).toString(), '');
});

test('an input that fails gives an error with the reason, and leaves no file', async (t) => {
  const path = await folder(t);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stdin = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [sender] = (await once(server, 'connection')) as [Socket];
  server.close();
  t.after(() => sender.destroy());
  sender.on('error', () => undefined);
  const child = start(t, ['convert', '-', '-t', 'a', '-o', join(path, 'image.tar')], { stdin });
  stdin.destroy();
  sender.write((await exported(3_000_000)).subarray(0, 2_000_000));
  await drained(sender);
  sender.resetAndDestroy();
  const { code, stdout, stderr } = await ended(child);
  assert.equal(code, 4);
  assert.equal(stdout, '');
  assert.match(stderr, /^Cannot read -: ECONNRESET/);
  assert.deepEqual(await readdir(path), []);
});

test('a named pipe is an archive like any other', async (t) => {
  if (process.platform === 'win32') return t.skip('needs mkfifo');
  const path = await folder(t);
  const fifo = join(path, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const child = start(t, ['convert', fifo, '-o', join(path, 'image.tar')]);
  const end = ended(child);
  await writeFile(fifo, await exported());
  const { code, stderr } = await end;
  assert.equal(code, 0, stderr);
  assert.ok((await readFile(join(path, 'image.tar'))).length > 0);
});

test('SIGINT ends a command whose named pipe would still give more bytes', async (t) => {
  if (process.platform === 'win32') return t.skip('needs mkfifo');
  const fifo = join(await folder(t), 'fifo');
  execFileSync('mkfifo', [fifo]);
  const child = start(t, ['inspect', fifo]);
  const end = ended(child);
  const writer = createWriteStream(fifo);
  writer.on('error', () => undefined);
  t.after(() => writer.destroy());
  writer.write((await exported(3_000_000)).subarray(0, 2_000_000));
  await drained(writer);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await end;
  assert.deepEqual([code, stdout, stderr], [130, '', '']);
});

test('an output that is a named pipe is written to, not replaced by a file', async (t) => {
  if (process.platform === 'win32') return t.skip('needs mkfifo');
  const path = await folder(t);
  const fifo = join(path, 'out');
  execFileSync('mkfifo', [fifo]);
  await writeFile(join(path, 'app.tar'), await exported());
  const images: Buffer[] = [];
  for (const input of [join(path, 'app.tar'), '-']) {
    const child = start(t, ['convert', input, '-t', 'app', '-o', fifo]);
    child.stdin?.end(input === '-' ? await exported() : '');
    const [image, { code, stderr }] = await Promise.all([readFile(fifo), ended(child)]);
    assert.equal(code, 0, stderr);
    images.push(image);
  }
  assert.ok((images[0]?.length ?? 0) > 0);
  assert.deepEqual(images[0], images[1]);
});

test('help and version go to standard output', async (t) => {
  for (const argv of [[], ['--help'], ['convert', '--help'], ['--version']]) {
    const { code, stdout, stderr } = await ended(start(t, argv));
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^lading/);
  }
});

test('an older Node starts the installed one, and passes arguments, streams and signals on', async (t) => {
  const older = olderNode();
  if (older === null) return t.skip('there is no older Node on this machine');
  const spawned = (argv: string[]) => {
    const child = spawn(older, [LADING, ...argv], { stdio: 'pipe' });
    t.after(() => child.kill('SIGKILL'));
    return child;
  };
  const child = spawned(['convert', '-', '-t', 'a']);
  const archive = await exported();
  child.stdin.end(archive);
  const { code, bytes, stderr } = await ended(child);
  assert.equal(code, 0, stderr);
  assert.ok(bytes.equals((await run(['convert', '-', '-t', 'a'], { stdin: [archive] })).bytes));
  assert.equal((await ended(spawned(['frob']))).code, 2);
  const waiting = spawned(['inspect', '-']);
  const end = ended(waiting);
  waiting.stdin.on('error', () => undefined);
  // This is more than a pipe holds: once it is taken, the inner process runs and has its signal handlers.
  waiting.stdin.write((await exported(3_000_000)).subarray(0, 2_000_000));
  await drained(waiting.stdin);
  waiting.kill('SIGTERM');
  assert.equal((await end).code, 143);
});

function olderNode(): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter((each) => !each.includes('node_modules'));
  for (const each of folders) {
    try {
      const version = execFileSync(join(each, 'node'), ['--version'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString();
      const major = Number(/^v(\d+)/.exec(version)?.[1]);
      if (major >= 18 && major < 24) return join(each, 'node');
    } catch {
      // This folder has no Node that runs.
    }
  }
  return null;
}

/** Waits until the process has taken what was written to it. */
async function drained(stream: Writable | null): Promise<void> {
  const waiting = () => (stream?.writableLength ?? 0) > 0;
  while (waiting()) await sleep(20);
}
