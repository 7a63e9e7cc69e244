import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ENGINE_ENV, removeScratch, run, scratch, without } from './engines.ts';
import { type Answer, RuntimeApi } from './runtime-api.ts';

/** A deployed function. */
export interface Deployed {
  /** The folder with its code. */
  dir: string;
  /** The handler: the name of a file without its extension, a dot, and the name of its export. */
  handler: string;
  memoryMiB: number;
  timeoutSeconds: number;
  /** The number of CPUs whose time the function gets, which may be a fraction. Absent: all that the machine has. */
  cpus?: number;
  environment: Record<string, string>;
}

const CACHE = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
/** The folder of the runtime client, which scripts/install-runtime-client.sh builds. */
const RUNTIME_CLIENT = join(CACHE, 'lading/aws-lambda-ric-4.0.2');
const NODE = resolve(process.execPath, '../..');
/** A user that is neither root nor the owner of any file, as in Lambda. */
const USER = { uid: 993, gid: 990 };

/** False when functions can be run as Lambda runs them, else the reason why not. */
export function withoutLambda(): string | false {
  const absent = without('runc', 'setpriv');
  if (absent !== false || existsSync(join(RUNTIME_CLIENT, 'installed'))) return absent;
  const reason = 'needs the runtime client: scripts/install-runtime-client.sh';
  if (process.env['LADING_ENGINES'] === 'required') throw new Error(`Cannot run functions as Lambda does: ${reason}`);
  return reason;
}

/**
 * One execution environment, as close to Lambda as this machine allows: Lambda's runtime client on Node 24, with a
 * stand-in for the Runtime API, in a container with a read-only disk. The kernel kills it when it uses more memory than
 * the function has. Unlike in Lambda, it has this machine's architecture and its loopback network, and the whole processor
 * unless `cpus` says otherwise.
 */
export class LambdaEnvironment {
  /** The output of the function to standard output and standard error. */
  log = '';
  readonly #api: RuntimeApi;
  readonly #dir: string;
  readonly #container: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #timeoutMs: number;

  private constructor(api: RuntimeApi, dir: string, timeoutMs: number) {
    this.#api = api;
    this.#dir = dir;
    this.#timeoutMs = timeoutMs;
    const args = ['--pdeathsig', 'TERM', 'runc', '--root', join(dir, 'state'), 'run'];
    const paths = ['--bundle', dir, '--pid-file', join(dir, 'pid'), `lading-${dir.slice(-6)}`];
    this.#container = spawn('setpriv', [...args, ...paths], { env: ENGINE_ENV, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#container.stdout, this.#container.stderr])
      stream?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    this.#ended = new Promise((done) => {
      this.#container.once('exit', (code) => {
        // Lambda's error when a runtime dies; status 137 is the kernel's SIGKILL for lack of memory.
        api.fail('Runtime.ExitError', `exit status ${String(code)}`);
        done();
      });
    });
  }

  static async start(deployed: Deployed): Promise<LambdaEnvironment> {
    const api = new RuntimeApi();
    const address = await api.start();
    const dir = scratch('lambda');
    const root = join(dir, 'root');
    for (const path of ['usr', 'proc', 'dev', 'var/task', 'var/runtime', 'var/lang', 'tmp'])
      mkdirSync(join(root, path), { recursive: true, mode: 0o755 });
    for (const path of ['lib', 'lib64', 'bin']) symlinkSync(`usr/${path}`, join(root, path));
    writeFileSync(join(dir, 'config.json'), JSON.stringify(containerOf(deployed, root, address)));
    return new LambdaEnvironment(api, dir, deployed.timeoutSeconds * 1000);
  }

  invoke(event: unknown): Promise<Answer> {
    return this.#api.invoke(event, this.#timeoutMs);
  }

  /** The peak memory of the function's process, in MiB. */
  peakMiB(): number {
    const pid = readFileSync(join(this.#dir, 'pid'), 'utf8');
    const [, kiB] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kiB) / 1024);
  }

  /** Ends the function, whatever it is doing. */
  async end(): Promise<void> {
    await run('runc', ['--root', join(this.#dir, 'state'), 'delete', '--force', `lading-${this.#dir.slice(-6)}`]);
    await this.#ended;
  }

  async stop(): Promise<void> {
    await this.end();
    await this.#api.stop();
    await removeScratch(this.#dir);
  }
}

/** The milliseconds until a new environment has answered its first event, with the start of its container. */
export async function coldStart(deployed: Deployed, event: unknown): Promise<number> {
  const started = performance.now();
  const environment = await LambdaEnvironment.start(deployed);
  try {
    const answer = await environment.invoke(event);
    if (answer.kind !== 'answer') throw new Error(`${answer.errorType}: ${answer.errorMessage}\n${environment.log}`);
    return performance.now() - started;
  } finally {
    await environment.stop();
  }
}

/** The share of CPU time in microseconds that a container gets. It comes before all other work of the machine. */
function shareOf(cpus: number): object {
  const period = 100_000;
  return { period, quota: Math.round(cpus * period), shares: 262_144 };
}

/** The configuration of a container, as the OCI runtime specification defines it. */
function containerOf({ dir, handler, memoryMiB, cpus, environment }: Deployed, root: string, address: string): object {
  const limit = memoryMiB * 2 ** 20;
  const readOnly = (destination: string, source: string): object => {
    return { destination, source, type: 'bind', options: ['rbind', 'ro'] };
  };
  const env = {
    PATH: '/var/lang/bin:/usr/bin',
    AWS_LAMBDA_RUNTIME_API: address,
    LAMBDA_TASK_ROOT: '/var/task',
    _HANDLER: handler,
    AWS_LAMBDA_FUNCTION_NAME: 'lading',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
    AWS_LAMBDA_LOG_GROUP_NAME: 'lading',
    AWS_LAMBDA_LOG_STREAM_NAME: 'lading',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    ...environment,
  };
  return {
    ociVersion: '1.0.2',
    process: {
      user: USER,
      args: ['/var/lang/bin/node', '/var/runtime/node_modules/aws-lambda-ric/index.mjs', handler],
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd: '/var/task',
      noNewPrivileges: true,
    },
    root: { path: root, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'ro', 'mode=755'] },
      readOnly('/usr', '/usr'),
      readOnly('/var/lang', NODE),
      readOnly('/var/runtime', RUNTIME_CLIENT),
      readOnly('/var/task', dir),
    ],
    linux: {
      cgroupsPath: `/lading-${root.slice(-11, -5)}`,
      resources: { memory: { limit, swap: limit }, ...(cpus !== undefined && { cpu: shareOf(cpus) }) },
      namespaces: [{ type: 'mount' }, { type: 'ipc' }],
    },
  };
}
