import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { scratch } from './engines.ts';

const execute = promisify(execFile);

/** The root of this checkout. */
export const ROOT = join(import.meta.dirname, '../..');

const OLDEST = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading/oldest');

/** The folders of the programs `node`: the one of the tests, the oldest that the package runs on, and an older one. */
export const NODES = {
  today: dirname(process.execPath),
  oldest: join(OLDEST, 'node-22.15.0/bin'),
  tooOld: join(OLDEST, 'node-20.20.2/bin'),
} as const;

/** The folders with the CDK and TypeScript: those of this checkout, and the oldest that the package works with. */
export const PEERS = { today: join(ROOT, 'node_modules'), oldest: join(OLDEST, 'node_modules') } as const;

/**
 * The reason why tests with the oldest versions are skipped, or false when they are installed. With
 * `LADING_ENGINES=required`, it is an error when they are missing.
 */
export function withoutOldest(): string | false {
  const [pins, installed] = [join(ROOT, 'scripts/oldest.txt'), join(OLDEST, 'installed')];
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(pins, 'utf8')) return false;
  const reason = 'needs scripts/install-oldest.sh';
  if (process.env['LADING_ENGINES'] === 'required') throw new Error(`Cannot test the package: ${reason}`);
  return reason;
}

/** A folder that is removed when the tests end. */
function folder(name: string): string {
  const dir = scratch(name);
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs the npm of this machine. It needs no network: the package has no dependencies. */
async function npm(args: string[], cwd: string): Promise<string> {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const { stdout } = await execute('npm', [...args, ...quiet], { cwd });
  return stdout;
}

let tarball: Promise<string> | null = null;

/** The path of the package that `npm pack` makes of this checkout. */
export function packed(): Promise<string> {
  tarball ??= pack();
  return tarball;
}

async function pack(): Promise<string> {
  const dir = folder('packed');
  const said = await npm(['pack', '--json', '--pack-destination', dir], ROOT);
  const [{ filename }] = JSON.parse(said.slice(said.lastIndexOf('\n[') + 1)) as [{ filename: string }];
  return join(dir, filename);
}

/** A folder into which the package was installed, and nothing else of this checkout. */
export class Project {
  readonly dir = folder('project');
  readonly #node: string;

  private constructor(node: string) {
    this.#node = node;
  }

  /** Makes a project with these fields in its package.json. Its programs run on the Node of the folder `node`. */
  static async make(fields: object = {}, node: string = NODES.today): Promise<Project> {
    const project = new Project(node);
    project.write('package.json', JSON.stringify({ name: 'project', private: true, ...fields }));
    await npm(['install', await packed()], project.dir);
    return project;
  }

  /** Puts packages of a folder beside the installed one. */
  link(peers: string, ...names: string[]): void {
    for (const name of names) {
      const path = join(this.dir, 'node_modules', name);
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(join(peers, name), path);
    }
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.dir, name), content);
  }

  /** Copies a file of `examples/` into the project. */
  example(name: string): void {
    copyFileSync(join(ROOT, 'examples', name), join(this.dir, name));
  }

  /** The command line of the installed package. */
  get lading(): string {
    return join(this.dir, 'node_modules/.bin/lading');
  }

  /** Runs `node ARGS` in the project, with no other program on its path. Throws what it printed when it fails. */
  async node(...args: string[]): Promise<string> {
    const { stdout } = await execute(join(this.#node, 'node'), args, { cwd: this.dir, env: { PATH: this.#node } });
    return stdout;
  }
}
