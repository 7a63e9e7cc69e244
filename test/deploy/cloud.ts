import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Daemon, removeScratch, run, scratch, startDaemon, without } from '../support/engines.ts';
import { pinnedPrograms, withoutPinned } from '../support/pinned.ts';
import { freePort } from '../support/s3-engine.ts';

const ROOT = join(import.meta.dirname, '../..');
const TOOLS = pinnedPrograms('emulator');

/** The path with the Node that runs the tests (the one of package.json) first, so that the functions run on it. */
const PATH = [dirname(process.execPath), join(ROOT, 'node_modules/.bin'), TOOLS, process.env['PATH']].join(':');

/** The reason why the test is skipped, or false when it runs. Throws where nothing may be skipped. */
export function withoutCloud(): string | false {
  return withoutPinned('emulator') || without('dockerd', 'docker', 'openssl');
}

/** An AWS emulator for one test, which checks signatures and rights, and the programs that talk to it. */
export class Cloud {
  readonly dir: string;
  /** The environment in which `aws` and `cdk` reach this emulator and nothing else. */
  readonly env: NodeJS.ProcessEnv;
  readonly #daemon: Daemon;

  private constructor(dir: string, env: NodeJS.ProcessEnv, daemon: Daemon) {
    this.dir = dir;
    this.env = env;
    this.#daemon = daemon;
  }

  static async start(): Promise<Cloud> {
    const dir = scratch('cloud');
    const port = String(await freePort());
    const [certificate, key] = [join(dir, 'certificate.pem'), join(dir, 'key.pem')];
    await makeCertificate(certificate, key);
    const env = clientEnv(dir, port, certificate);
    const own = { PATH, HOME: dir, TMPDIR: dir, GATEWAY_PORT: port, AUTH: 'true', USE_SSL: '1' };
    const tls = { MINISTACK_SSL_CERT: certificate, MINISTACK_SSL_KEY: key };
    const surroundings = Object.entries({ ...own, ...tls }).map((pair) => pair.join('='));
    const program = [join(TOOLS, 'python'), join(import.meta.dirname, 'emulator.py'), port, certificate, key];
    const ready = (): Promise<unknown> => run('aws', ['sts', 'get-caller-identity'], env);
    const daemon = await startDaemon('env', ['-i', ...surroundings, ...program], join(dir, 'log'), ready);
    return new Cloud(dir, env, daemon);
  }

  /** Runs `aws ARGS` and returns its standard output, trimmed. */
  async aws(...args: string[]): Promise<string> {
    // `aws sqs` ignores the variable for the endpoint, and would call Amazon.
    return (await run('aws', ['--endpoint-url', this.env['AWS_ENDPOINT_URL'] ?? '', ...args], this.env)).trim();
  }

  /** Runs `aws ARGS` and parses the JSON that it prints. */
  async ask<T>(...args: string[]): Promise<T> {
    return JSON.parse((await this.aws(...args, '--output', 'json')) || 'null') as T;
  }

  /** Runs `cdk ARGS` on the app in a folder. */
  async cdk(folder: string, ...args: string[]): Promise<string> {
    return await run('cdk', [...args, '--no-notices', '--ci', '--output', join(this.dir, 'cdk.out')], this.env, folder);
  }

  /** Asks again until the answer is not null, for two minutes at most; then throws with `what`. */
  async until<T>(what: string, answer: () => Promise<T | null>): Promise<T> {
    for (const end = Date.now() + 120_000; Date.now() < end; await sleep(500)) {
      const found = await answer();
      if (found !== null) return found;
    }
    throw new Error(`Cannot see ${what}. The emulator's log ends with:\n${this.log.slice(-4000)}`);
  }

  /** The output of the emulator, with the logs of the functions. */
  get log(): string {
    return readFileSync(join(this.dir, 'log'), 'utf8');
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    await removeScratch(this.dir);
  }
}

async function makeCertificate(certificate: string, key: string): Promise<void> {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  // The emulator tells the functions URLs of queues at localhost.
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  await run('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', certificate]);
}

function clientEnv(home: string, port: string, certificate: string): NodeJS.ProcessEnv {
  return {
    PATH,
    HOME: home, // no profile or cache of the user
    TMPDIR: home,
    AWS_ENDPOINT_URL: `https://127.0.0.1:${port}`,
    AWS_CA_BUNDLE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
  };
}
