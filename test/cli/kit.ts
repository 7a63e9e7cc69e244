import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';

export const LADING = fileURLToPath(new URL('../../cli/lading.js', import.meta.url));

/** Makes a folder that is removed after the test. */
export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'lading-test-'));
  t.after(async () => await rm(path, { recursive: true, force: true }));
  return path;
}

export type Member = { name: string; text?: string; type?: 'file' | 'directory' };

/** The members that Docker adds to every container. */
export const DOCKER_EXPORT: Member[] = [
  { name: '.dockerenv' },
  ...['bin', 'dev', 'etc', 'lib', 'proc', 'sys', 'usr', 'var'].map((name): Member => ({ name, type: 'directory' })),
  { name: 'bin/sh', text: '#!' },
  { name: 'dev/console' },
  ...['dev/pts', 'dev/shm'].map((name): Member => ({ name, type: 'directory' })),
  ...['etc/hostname', 'etc/hosts', 'etc/resolv.conf'].map((name): Member => ({ name })),
];

/** Writes a tar archive of these members. */
export async function tarOf(members: Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, text: body = '', type = 'file' } of members)
    archive.entry({ name, type, mtime: new Date(0) }, body);
  archive.finalize();
  return await collected(archive);
}

/** Reads all bytes of a stream. */
export async function collected(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** Makes a container archive with `extra` bytes in one of its files. */
export async function exported(extra = 0): Promise<Buffer> {
  return await tarOf([...DOCKER_EXPORT, { name: 'var/data', text: 'x'.repeat(extra) }]);
}

interface Surroundings {
  stdin: Uint8Array[] | 'terminal';
  stdoutIsTTY: boolean;
  stderrIsTTY: boolean;
  /** Columns of standard output when it is a terminal. */
  columns: number;
  env: Record<string, string>;
  now: () => number;
  signal: AbortSignal;
}

/** Runs `main` in this process, with made-up streams and environment. */
export async function run(argv: string[], around: Partial<Surroundings> = {}) {
  const { stdin = [], stdoutIsTTY = false, stderrIsTTY = false, env = {}, now = () => 0 } = around;
  const input: Io['stdin'] = new PassThrough();
  if (stdin === 'terminal') input.isTTY = true;
  else for (const chunk of stdin) (input as PassThrough).write(chunk);
  (input as PassThrough).end();
  const [stdout, stderr] = [collector(stdoutIsTTY, around.columns), collector(stderrIsTTY)];
  const signal = around.signal ?? new AbortController().signal;
  const code = await main(argv, { stdin: input, stdout, stderr, env, now, signal });
  return { code, bytes: Buffer.concat(stdout.chunks), stdout: text(stdout.chunks), stderr: text(stderr.chunks) };
}

function collector(isTTY: boolean, columns = 80) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      // A copy is needed because the writer may use its buffer again.
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return Object.assign(stream, { isTTY, columns, chunks });
}

function text(chunks: Buffer[]): string {
  return Buffer.concat(chunks).toString();
}

/** Starts the real command. When the test ends, it is killed by its id if it still runs. */
export function start(
  t: TestContext,
  argv: string[],
  options: { env?: Record<string, string | undefined>; stdin?: number | Socket } = {},
) {
  const child = spawn(process.execPath, [LADING, ...argv], {
    env: { ...process.env, ...options.env },
    stdio: [options.stdin ?? 'pipe', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

/** Waits until a process has ended, and returns what it wrote. */
export async function ended(child: ChildProcess) {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const { promise, resolve } = Promise.withResolvers<number | NodeJS.Signals | null>();
  child.on('close', (code, signal) => resolve(code ?? signal));
  return { code: await promise, bytes: Buffer.concat(out), stdout: text(out), stderr: text(err) };
}
