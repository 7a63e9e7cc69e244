import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { LADING } from '../cli/kit.ts';
import { Docker } from '../support/engines-docker.ts';
import { BUSYBOX } from '../support/engines-roots.ts';
import { removeScratch, scratch } from '../support/engines.ts';
import { ROOT } from '../support/package.ts';
import { PIPELINES } from '../support/pipelines.ts';

/** The output of the program in a container of the image that `DOCKERFILE` describes. */
export const SAID = 'hello from /srv';
const DOCKERFILE = `FROM scratch
COPY root /
ENV GREETING=hello
WORKDIR /srv
CMD ["/bin/sh", "/srv/start"]
`;

/** The command in the recipes, and the one that stands for it here. */
const PUBLISHED = 'npx --yes lading@0.1.0';
const HERE = `node ${LADING}`;

/** A project of somebody who uses Lading: a git repository with a Dockerfile, and a Docker Engine of its own. */
export interface Project {
  dir: string;
  docker: Docker;
  env: NodeJS.ProcessEnv;
  /** Writes a file of the project. */
  write(file: string, text: string): void;
  /** Runs a program in the project. Resolves also when it fails. */
  run(program: string, args: string[]): Promise<{ code: number; output: string }>;
  /** Runs a shell command of a recipe. Throws when it fails. */
  shell(recipe: string): Promise<string>;
}

/** Makes a project, which disappears with its engine after the test. */
export async function newProject(t: TestContext): Promise<Project> {
  const dir = scratch('pipeline');
  const docker = await Docker.start();
  t.after(async () => {
    await docker.stop();
    await removeScratch(dir);
  });
  const path = [dirname(process.execPath), PIPELINES, docker.env['PATH']].join(':');
  const home = {
    HOME: join(dir, 'home'),
    XDG_CACHE_HOME: join(dir, 'home/cache'),
    XDG_CONFIG_HOME: join(dir, 'home/config'),
  };
  const env: NodeJS.ProcessEnv = { ...docker.env, ...home, PATH: path, DOCKER_BUILDKIT: '1', NO_COLOR: '1' };
  const work = join(dir, 'work');
  const project: Project = {
    dir: work,
    docker,
    env,
    write: (file, text) => {
      mkdirSync(dirname(join(work, file)), { recursive: true });
      writeFileSync(join(work, file), text);
    },
    run: (program, args) => finished(program, args, work, env),
    shell: async (recipe) => {
      const { code, output } = await finished('sh', ['-euxc', recipe.replaceAll(PUBLISHED, HERE)], work, env);
      if (code !== 0) throw new Error(`Exit code ${code} of ${recipe}\n${output}`);
      return output;
    },
  };
  mkdirSync(join(work, 'root'), { recursive: true });
  mkdirSync(home.XDG_CONFIG_HOME, { recursive: true });
  writeFileSync(join(docker.dir, 'config.json'), '{}'); // buildah fails when this folder of DOCKER_CONFIG has none
  await BUSYBOX.make(join(work, 'root'));
  project.write('root/srv/start', 'echo "$GREETING from $PWD"\n');
  project.write('Dockerfile', DOCKERFILE);
  return project;
}

/** Makes the project a git repository with one commit of everything in it. */
export async function commit(project: Project): Promise<void> {
  project.write('.gitignore', '*.tar\n');
  await project.shell(
    'git init -q -b main . && git remote add origin https://gitlab.example/team/app.git && git add --all && ' +
      'git -c user.email=a@example.com -c user.name=a commit -qm one',
  );
}

/** Puts the sources of the Action and of the component into a project, with nothing else of this checkout. */
export function addLading({ dir }: Project): void {
  for (const file of ['action.yml', 'templates/convert.yml']) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(dir, file));
  }
}

const execute = promisify(execFile);

async function finished(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  try {
    const { stdout, stderr } = await execute(program, args, { cwd, env, maxBuffer: 1 << 26, timeout: 120_000 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code = 1, stdout, stderr } = error as { code?: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}
