import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * A command that the benchmark measures. It does a whole job, such as making an image archive, or it is a floor: a
 * command that does only a part of this job. `tidy` cleans up after a run, and is not measured.
 */
export interface Contender {
  name: string;
  /** The command for `sh -c`. Everything that it starts is measured. */
  line: string;
  env: NodeJS.ProcessEnv;
  /** True for a slow command, which may run in fewer rounds than others. */
  rival?: boolean;
  /** The process id of a daemon that works for the command, and that is measured, too. Absent when there is none. */
  daemon?: number;
  /**
   * Reads the figures of a run from the command's standard output. A figure named `seconds` replaces the measured time
   * of the whole process.
   */
  read?: (stdout: string) => Figures;
  tidy?: () => Promise<unknown>;
}

/**
 * Measured values of one run, other than times and memory, by names such as `bytes sent`. A name includes the unit, and
 * the table of results shows it.
 */
export type Figures = Record<string, number>;

/**
 * The measured values of one run of a command, from the start of its process until everything that it started has
 * ended.
 */
export interface Measurement {
  seconds: number;
  /** CPU time in seconds, user and system. */
  cpuSeconds: number;
  /** The peak of resident memory in bytes of the largest process of the run, or of its daemon if that has more. */
  peakBytes: number;
  figures: Figures;
}

/** All runs of one measured command, in the order of the rounds. */
export interface Row {
  name: string;
  runs: Measurement[];
}

/** Kernel clock ticks per second, the unit of CPU times in `/proc`. */
const TICKS = 100;

/**
 * Measures every command once in each round. Each round begins with another command, so that the order favours none.
 * `rounds` is the number of rounds for slow commands (`rivals`) and for all others (`ours`). Returns the runs of each
 * command that ran.
 */
export async function measureAll(all: Contender[], rounds: { ours: number; rivals: number }): Promise<Row[]> {
  const rows = all.map(({ name }): Row => ({ name, runs: [] }));
  for (let round = 0; round < Math.max(rounds.ours, rounds.rivals); round++) {
    for (const place of all.keys()) {
      const index = (place + round) % all.length;
      const contender = all[index];
      if (contender === undefined || round >= (contender.rival === true ? rounds.rivals : rounds.ours)) continue;
      const run = await measure(contender);
      rows[index]?.runs.push(run);
      process.stderr.write(`  ${contender.name}: ${run.seconds.toFixed(2)} s\n`);
    }
  }
  return rows.filter(({ runs }) => runs.length > 0);
}

/**
 * Measures one run of a command, and cleans up after it. Returns the measured values. Before the run, all dirty pages
 * are written to the disk. Throws an Error when the command fails.
 */
export async function measure(contender: Contender): Promise<Measurement> {
  const dir = mkdtempSync(join(tmpdir(), 'lading-measure-'));
  try {
    const measurement = await timed(contender, join(dir, 'time'));
    await contender.tidy?.();
    return measurement;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function timed(contender: Contender, log: string): Promise<Measurement> {
  const { daemon } = contender;
  spawnSync('sync');
  if (daemon !== undefined) writeFileSync(`/proc/${daemon}/clear_refs`, '5'); // resets its peak memory
  const daemonBefore = daemon === undefined ? 0 : daemonCpu(daemon);
  const started = performance.now();
  const stdout = await execute(contender, ['--quiet', '--format=%U %S %M', `--output=${log}`]);
  const seconds = (performance.now() - started) / 1000;
  const [user = 0, system = 0, peak = 0] = readFileSync(log, 'utf8').trim().split(' ').map(Number);
  const { seconds: inside = seconds, ...figures } = contender.read?.(stdout) ?? {};
  return {
    seconds: inside,
    cpuSeconds: user + system + (daemon === undefined ? 0 : daemonCpu(daemon) - daemonBefore),
    peakBytes: Math.max(peak * 1024, daemon === undefined ? 0 : daemonPeak(daemon)),
    figures,
  };
}

/**
 * Runs a command under GNU time, with the options `time`. Returns the standard output, if figures are read from it;
 * else an empty text. Throws an Error when the command fails. Asynchronous, because the S3 store that the command talks
 * to may run in this process.
 */
async function execute({ name, line, env, read }: Contender, time: string[]): Promise<string> {
  const stdio = ['ignore', read === undefined ? 'ignore' : 'pipe', 'pipe'] as const;
  const child = spawn('time', [...time, 'sh', '-c', line], { env, stdio: [...stdio] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const outputs = [child.stdout, child.stderr].map(async (stream) => (stream === null ? '' : await text(stream)));
  const [stdout = '', stderr = ''] = await Promise.all(outputs);
  if ((await ended) !== 0) throw new Error(`Cannot measure ${name}: ${stderr}`);
  return stdout;
}

/** The CPU seconds of a daemon with this process id, and of its children that have ended. */
function daemonCpu(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) / TICKS;
}

function daemonPeak(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}
