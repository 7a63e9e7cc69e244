import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from './contenders.ts';

/** One run of a contender, from start to end of its process and of all that it started. */
export interface Measurement {
  seconds: number;
  /** Processor time, user and system. */
  cpuSeconds: number;
  /** The most resident memory of any one of its processes, a daemon's included. */
  peakBytes: number;
}

/** Kernel clock ticks per second, as `/proc` counts. */
const TICKS = 100;

/** Runs a contender once with dirty pages written back before, and tidies up after it. */
export async function measure(contender: Contender): Promise<Measurement> {
  const dir = mkdtempSync(join(tmpdir(), 'lading-measure-'));
  const log = join(dir, 'time');
  const { daemon } = contender;
  spawnSync('sync');
  if (daemon !== null) writeFileSync(`/proc/${daemon}/clear_refs`, '5'); // its peak memory starts anew
  const daemonBefore = daemon === null ? 0 : daemonCpu(daemon);
  const started = process.hrtime.bigint();
  const args = ['--quiet', '--format=%U %S %M', `--output=${log}`, 'sh', '-c', contender.line];
  const { status, stderr } = spawnSync('time', args, { env: contender.env, stdio: ['ignore', 'ignore', 'pipe'] });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (status !== 0) throw new Error(`Cannot measure ${contender.name}: ${stderr.toString()}`);
  const [user = 0, system = 0, peak = 0] = readFileSync(log, 'utf8').trim().split(' ').map(Number);
  rmSync(dir, { recursive: true });
  const measurement = {
    seconds,
    cpuSeconds: user + system + (daemon === null ? 0 : daemonCpu(daemon) - daemonBefore),
    peakBytes: Math.max(peak * 1024, daemon === null ? 0 : daemonPeak(daemon)),
  };
  await contender.tidy();
  return measurement;
}

/** Processor seconds of a daemon and of the children that it has seen end. */
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
