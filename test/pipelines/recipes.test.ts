import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { startDaemon, without } from '../support/engines.ts';
import { PIPELINES, recipes, withoutPipelines } from '../support/pipelines.ts';
import { freePort } from '../support/s3-engine.ts';
import { newProject, type Project, SAID } from './project.ts';

const skip = withoutPipelines() || without('dockerd', 'runc', 'busybox', 'buildah', 'skopeo');

/** The shell commands in the recipe for one kind of pipeline. */
const COMMANDS: Record<string, { language: string; command: RegExp }> = {
  Jenkins: { language: 'groovy', command: /^ +sh '(.*)'$/gm },
  'AWS CodeBuild': { language: 'yaml', command: /^ {6}- (.*)$/gm },
  'Azure Pipelines': { language: 'yaml', command: /^ +- script: (.*)$/gm },
};

async function loadsAndRuns(project: Project): Promise<void> {
  await project.shell('docker load --input image.tar');
  assert.equal((await project.docker.docker('run', '--rm', 'app:1.0')).trim(), SAID);
}

suite('the recipes of the documentation', { skip }, () => {
  for (const [name, { language, command }] of Object.entries(COMMANDS)) {
    test(`the commands for ${name} go from a build to a running container`, async (t) => {
      const project = await newProject(t);
      const lines = recipes(name, language).flatMap((block) =>
        [...block.matchAll(command)].map(([, line = '']) => line),
      );
      assert.equal(lines.length, 5);
      for (const line of lines) await project.shell(line);
      await project.docker.docker('rm', 'app');
      await project.docker.docker('rmi', 'app');
      const manifest = JSON.parse(readFileSync(join(project.dir, 'lading-manifest.json'), 'utf8')) as ArchiveManifest;
      assert.equal(manifest.outcome, 'converted');
      await loadsAndRuns(project);
    });
  }

  test('what BuildKit and buildah leave becomes a running container, and an image in a registry', async (t) => {
    const project = await newProject(t);
    project.write(
      'home/storage.conf',
      `[storage]\ndriver = "vfs"\ngraphroot = "${project.dir}/home/graph"\nrunroot = "${project.dir}/home/run"\n`,
    );
    project.env['CONTAINERS_STORAGE_CONF'] = join(project.dir, 'home/storage.conf');
    const [buildkit = '', buildah = ''] = recipes('Any shell', 'sh');
    await project.shell(buildkit);
    await loadsAndRuns(project);
    await project.docker.docker('rmi', 'app:1.0');
    await project.shell('buildah build --isolation chroot --quiet --tag app .');
    await project.shell(buildah);
    await loadsAndRuns(project);

    const address = `localhost:${await freePort()}`;
    const crane = join(PIPELINES, 'crane');
    const ready = () => project.shell(`crane catalog --insecure ${address}`);
    const registry = await startDaemon(
      crane,
      ['registry', 'serve', '--address', address],
      join(project.dir, 'log'),
      ready,
    );
    t.after(() => registry.stop());
    project.write(
      '../home/.config/containers/registries.conf',
      `[[registry]]\nlocation = "${address}"\ninsecure = true\n`,
    );
    const [copies = ''] = recipes('On to a registry', 'sh');
    await project.shell(`REGISTRY=${address}\n${copies}`);
    for (const tag of ['1.0', '1.1']) {
      const { output } = await project.run(crane, ['config', `${address}/app:${tag}`]);
      const { config } = JSON.parse(output) as { config: { Cmd: string[] } };
      assert.deepEqual(config.Cmd, ['/bin/sh', '/srv/start']);
    }
  });
});
