import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { buildAction } from '../../scripts/build-action.ts';
import { without } from '../support/engines.ts';
import { ROOT } from '../support/package.ts';
import { PIPELINES, recipes, withoutPipelines } from '../support/pipelines.ts';
import { addLading, commit, newProject, type Project, SAID } from './project.ts';

const skip = withoutPipelines() || without('dockerd', 'runc', 'git', 'busybox');

/** Runs the workflows of a project with act, on this machine. */
async function act(project: Project) {
  const { DOCKER_HOST = '', DOCKER_CONFIG = '' } = project.env;
  const docker = ['--env', `DOCKER_HOST=${DOCKER_HOST}`, '--env', `DOCKER_CONFIG=${DOCKER_CONFIG}`];
  const args = ['push', '--platform', 'ubuntu-latest=-self-hosted', '--env', 'DOCKER_BUILDKIT=1', ...docker];
  return await project.run(join(PIPELINES, 'act'), args);
}

/** Puts the Action into a project, as a tag of it has it: with its bundle. */
function addAction(project: Project): void {
  addLading(project);
  cpSync(join(ROOT, 'action/dist'), join(project.dir, 'action/dist'), { recursive: true });
}

suite('the GitHub Action, run by act', { skip }, () => {
  before(buildAction);

  test('the recipe goes from a build by `docker export` to a running container', async (t) => {
    const project = await newProject(t);
    const [recipe = ''] = recipes('GitHub Actions', 'yaml');
    project.write('.github/workflows/image.yml', recipe.replace('OWNER/lading@v0', './'));
    addAction(project);
    await commit(project);
    const { code, output } = await act(project);
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`\\| ${SAID}$`, 'm'));
    assert.match(output, /it became the image ghcr\.io\/team\/app:1\.0 for linux\/amd64\.<\/h3>/);
    assert.match(output, /::set-output:: image=ghcr\.io\/team\/app:1\.0$/m);
    for (const name of ['image-id', 'manifest-digest'])
      assert.match(output, new RegExp(`::set-output:: ${name}=sha256:[0-9a-f]{64}$`, 'm'));
  });

  test('a refused archive, and a finding that `fail-on` names, fail the job, and the summary says why', async (t) => {
    const project = await newProject(t);
    const job = (inputs: string, make: string) => `
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ${make}
      - uses: ./
        with: { file: a.tar, name: a, ${inputs} }
      - run: echo "not reached"
`;
    project.write(
      '.github/workflows/refused.yml',
      `on: push\njobs:\n  text:${job('fail-on: error', 'echo nothing > a.tar')}` +
        `  gate:${job('fail-on: no-command', 'tar -cf a.tar -C root .')}` +
        `  mode:${job('mode: frobnicate', 'touch a.tar')}` +
        `  flag:${job('flatten: yes', 'touch a.tar')}`,
    );
    addAction(project);
    await commit(project);
    const { code, output } = await act(project);
    assert.equal(code, 1, output);
    assert.match(output, /<h3>This is no tar archive but a text file/);
    assert.match(output, /::error title=lading%3A not-a-tar::This is no tar archive/);
    assert.match(output, /<strong>Stopped by --fail-on: no-command\.<\/strong>/);
    assert.match(output, /<h3>mode is convert, inspect or upload, not frobnicate\./);
    assert.match(output, /::error title=lading%3A failed::flatten is true or false, not yes\./);
    assert.equal(output.match(/🏁 {2}Job failed/g)?.length, 4);
    assert.doesNotMatch(output, /\| not reached/);
  });
});
