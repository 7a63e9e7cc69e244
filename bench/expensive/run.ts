import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Upload } from '../../test/support/expensive/family.ts';

/** The commands that read what an uploader sends. `serve` runs both functions, and is the only one that reads the options beside it. */
export const COMMANDS = ['serve', 'inspect', 'quick', 'files'] as const;
export type Command = (typeof COMMANDS)[number];

/** What one command cost for one upload: the whole process, its start included. */
export interface Cost {
  command: Command;
  cpuSeconds: number;
  peakBytes: number;
  /** Why it is no result; null when it ended as it should. */
  fault: string | null;
}

const LADING = join(import.meta.dirname, '../../cli/lading.js');
/** A run that takes more is ended. Both are far above what is allowed, so that a table shows by how much it is missed. */
const MOST_CPU_SECONDS = 20;
const MOST_BYTES = 1.5e9;
/**
 * What a process may write to, in KiB (RLIMIT_DATA): V8 asks for far more than it uses. The kernel holds this and the CPU time, also when
 * nobody is there any more to look at the memory.
 */
const MOST_KIBIBYTES = 8 * 2 ** 20;
/** How often the memory of a run is looked at. */
const LOOK_MS = 100;

/** Runs a command for an upload in a process of its own. */
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

/** Runs it under GNU time. Reads what it writes, as a terminal would. */
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

/** A refusal is a result as well; of the service, the manifest is the result. */
function faultOf(command: Command, code: number | null, dir: string): string | null {
  if (code === null || code > 3) return `exit code ${code}`;
  if (command === 'serve' && !existsSync(join(dir, 'results/a.tar/manifest.json'))) return 'no manifest';
  return null;
}

/** The text of a file; nothing when it is gone, as that of a process that has just ended. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
