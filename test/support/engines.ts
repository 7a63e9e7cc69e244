import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of every engine: the path has Debian's own programs only. */
export const ENGINE_ENV: NodeJS.ProcessEnv = { ...process.env, PATH, LC_ALL: 'C.UTF-8' };

/**
 * The reason why a test that needs these programs is skipped, or false when all can be used. With
 * `LADING_ENGINES=required` a missing program is an error.
 */
export function without(...programs: string[]): string | false {
  const absent = programs.filter((program) => !PATH.split(':').some((dir) => executable(join(dir, program))));
  const root = process.getuid?.() === 0;
  if (absent.length === 0 && root) return false;
  const reason = absent.length === 0 ? 'engines need root' : `needs ${absent.join(', ')}: scripts/install-engines.sh`;
  if (process.env['LADING_ENGINES'] === 'required')
    throw new Error(`Cannot run the tests with real engines: ${reason}`);
  return reason;
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Makes a folder for the caller, to be removed with `removeScratch`. */
export function scratch(name: string): string {
  return mkdtempSync(join(tmpdir(), `lading-${name}-`));
}

/** Removes a folder, and the mounts below it that a killed engine has left. */
export async function removeScratch(dir: string): Promise<void> {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const below = mounts.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${dir}/`));
  for (const path of below.toReversed()) await run('umount', ['--lazy', path]);
  rmSync(dir, { recursive: true, force: true });
}

const execute = promisify(execFile);

/** Runs a program to its end and returns its standard output; throws with its standard error when it fails. */
export async function run(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = ENGINE_ENV,
  cwd?: string,
): Promise<string> {
  const { stdout } = await execute(program, args, { env, maxBuffer: 1 << 28, ...(cwd !== undefined && { cwd }) });
  return stdout;
}

/** The version that a program reports. */
export async function versionOf(program: string): Promise<string> {
  return /\d+(?:\.\d+)+/.exec(await run(program, ['--version']))?.[0] ?? '';
}

/** A daemon that a test has started. */
export interface Daemon {
  readonly pid: number;
  /** Ends the daemon by its id, and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts a daemon that dies with this process, and waits until `ready` stops throwing. Its output goes to `log`. */
export async function startDaemon(
  program: string,
  args: string[],
  log: string,
  ready: () => Promise<unknown>,
): Promise<Daemon> {
  const output = openSync(log, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], {
    env: ENGINE_ENV,
    stdio: ['ignore', output, output],
  });
  child.unref(); // a test that fails to stop the daemon must not wait for it
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.ref();
    child.kill('SIGTERM');
    await Promise.race([gone, sleep(20_000, null, { ref: false })]);
    child.kill('SIGKILL');
    await gone;
  };
  for (let tries = 0; ; tries++) {
    try {
      await ready();
      return { pid: child.pid ?? 0, stop };
    } catch (cause) {
      if (tries < 200 && child.exitCode === null) await sleep(150);
      else {
        await stop();
        throw new Error(`Cannot start ${program}: ${readFileSync(log, 'utf8').slice(-2000)}`, { cause });
      }
    }
  }
}
