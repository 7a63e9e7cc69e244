import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Upload } from '../../test/support/expensive/family.ts';

/**
 * The commands of `lading` that are measured with an upload; `quick` is `inspect --quick`. `serve` does the work of
 * both Lambda functions, and is the only one that reads the options beside an upload (a sidecar).
 */
export const COMMANDS = ['serve', 'inspect', 'quick', 'files'] as const;
export type Command = (typeof COMMANDS)[number];

/**
 * The CPU time in seconds and the peak memory in bytes of the process that runs one command of `lading` for one upload.
 * Starting the process is included.
 */
export interface Cost {
  command: Command;
  cpuSeconds: number;
  peakBytes: number;
  /** Why the command gave no result, such as its exit code or too much memory. Null when there is a result. */
  fault: string | null;
}

const LADING = join(import.meta.dirname, '../../cli/lading.js');
/**
 * The CPU seconds after which a measured command is killed. This is far more than it is allowed to take, so that the
 * results show by how much it took too many.
 */
const MOST_CPU_SECONDS = 20;
/**
 * The bytes of memory at which a measured command is killed. This is far more than it is allowed to take, so that the
 * results show by how much it took too much.
 */
const MOST_BYTES = 1.5e9;
/**
 * The limit for the writable memory of a measured command in KiB (RLIMIT_DATA): it cannot get more. The limit is high,
 * because V8 reserves far more than it uses. The kernel enforces it even when the benchmark has ended and no longer
 * watches the memory.
 */
const MOST_KIBIBYTES = 8 * 2 ** 20;
/** The milliseconds between two looks at how much memory a measured command has in use. */
const LOOK_MS = 100;

/**
 * Runs a command of `lading` for an upload, an archive and its options, in a new process. Returns the CPU time and the
 * memory that the command took, and why it gave no result (`fault`, else null).
 */
export async function run(command: Command, { archive, sidecar }: Upload): Promise<Cost> {
  const dir = mkdtempSync(join(tmpdir(), 'lading-expensive-'));
  try {
    for (const folder of ['uploads', 'results']) mkdirSync(join(dir, folder));
    const file = join(dir, 'uploads/a.tar');
    writeFileSync(file, archive);
    if (sidecar !== undefined) writeFileSync(`${file}.lading.json`, sidecar);
    const { code, problem } = await execute(argumentsOf(command, dir, file), join(dir, 'time'));
    const [cpuSeconds, peakBytes] = timed(join(dir, 'time'));
    return { command, cpuSeconds, peakBytes, fault: problem ?? faultOf(command, code, dir) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function argumentsOf(command: Command, dir: string, file: string): string[] {
  if (command === 'serve') return ['serve', '--once', join(dir, 'uploads'), join(dir, 'results')];
  if (command === 'quick') return ['inspect', '--quick', file];
  return [command, file];
}

/**
 * Runs `lading` with these arguments under GNU time, which writes CPU time and memory to the file `log`. Reads all of
 * the output of `lading`, as a terminal would. Returns the exit code, null after a signal. Also returns a problem, that
 * is too much memory or an unexpected error; null when there is none.
 */
async function execute(args: string[], log: string): Promise<{ code: number | null; problem: string | null }> {
  const limits = `ulimit -c 0 -t ${MOST_CPU_SECONDS} -d ${MOST_KIBIBYTES}; exec "$@"`;
  const time = ['--quiet', '--format=%U %S %M', `--output=${log}`];
  const line = [...time, 'bash', '-c', limits, 'bash', process.execPath, LADING, ...args];
  const child = spawn('time', line, { stdio: ['ignore', 'pipe', 'pipe'] });
  let problem: string | null = null;
  const watch = setInterval(() => {
    const pid = Number(readIfThere(`/proc/${child.pid}/task/${child.pid}/children`));
    const [, kB = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${pid}/status`)) ?? [];
    if (Number(kB) * 1024 < MOST_BYTES) return;
    problem = `more than ${MOST_BYTES / 1e6} MB`;
    process.kill(pid, 'SIGKILL');
  }, LOOK_MS);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  child.stdout.resume();
  const errors = await text(child.stderr);
  const code = await ended;
  clearInterval(watch);
  const [, broken = problem] = /that it should not[^\n]*\n([^\n]*)/.exec(errors) ?? [];
  return { code, problem: broken };
}

function timed(log: string): [cpuSeconds: number, peakBytes: number] {
  const [user = 0, system = 0, kB = 0] = (readIfThere(log).trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return [user + system, kB * 1024];
}

/**
 * The reason why a measured command gave no result; null when there is one. A refusal of the archive is a result, too.
 * The result of `serve` is the file manifest.json.
 */
function faultOf(command: Command, code: number | null, dir: string): string | null {
  if (code === null || code > 3) return `exit code ${code}`;
  if (command === 'serve' && !existsSync(join(dir, 'results/a.tar/manifest.json'))) return 'no manifest';
  return null;
}

/** The text of a file, or an empty text when it is gone, as in `/proc` for a process that has just ended. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
