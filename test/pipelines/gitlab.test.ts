import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { OPTION_LIST } from '../../core/options/table.ts';
import { without } from '../support/engines.ts';
import { ROOT } from '../support/package.ts';
import { GITLAB_CI_LOCAL, recipes, withoutPipelines } from '../support/pipelines.ts';
import { LADING } from '../cli/kit.ts';
import { addLading, commit, newProject, type Project, SAID } from './project.ts';

const skip = withoutPipelines() || without('dockerd', 'runc', 'git', 'busybox', 'rsync');

/** The pipeline of the documentation, with this checkout's component and command. */
function pipeline(inputs = ''): string {
  const [recipe = ''] = recipes('GitLab', 'yaml');
  return recipe
    .replace(/component: .*/, 'local: templates/convert.yml')
    .replace('inputs:\n', `inputs:\n      lading: node ${LADING}\n${inputs}`);
}

function gitlab(project: Project) {
  return project.run(process.execPath, [GITLAB_CI_LOCAL, '--force-shell-executor', '--no-color']);
}

suite('the component for GitLab, run by gitlab-ci-local', { skip }, () => {
  test('the recipe goes from a build by `docker export` to a running container', async (t) => {
    const project = await newProject(t);
    addLading(project);
    const change = `      change: |\n        ENV GREETING="it's \${HELLO:-hello}"\n        LABEL a=b\n`;
    project.write('.gitlab-ci.yml', pipeline(change));
    await commit(project);
    const { code, output } = await gitlab(project);
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`it's ${SAID}$`, 'm'));
  });

  test('the inputs for mending and for the old layout reach the command', async (t) => {
    const project = await newProject(t);
    addLading(project);
    const inputs = `      mend: true\n      layout: docker\n`;
    project.write(
      '.gitlab-ci.yml',
      pipeline(inputs).replace('- docker load', '- tar -tf image.tar\n    - docker load'),
    );
    await commit(project);
    const { code, output } = await gitlab(project);
    assert.equal(code, 0, output);
    assert.match(output, /\/layer\.tar$/m);
    assert.doesNotMatch(output, /index\.json/);
  });

  test('the inputs for a root file system reach the command, and a flag is true or false', async (t) => {
    const project = await newProject(t);
    addLading(project);
    const inputs = '      rootfs: true\n      message: made here\n      select: "1"\n';
    const shown =
      'node -p "JSON.stringify(require(process.cwd() + \'/lading-manifest.json\').result.images[0].history)"';
    project.write('.gitlab-ci.yml', pipeline(inputs).replace('- docker load', `- ${shown}\n    - docker load`));
    await commit(project);
    const { code, output } = await gitlab(project);
    assert.equal(code, 0, output);
    assert.match(output, /made here/);
    project.write('.gitlab-ci.yml', pipeline('      flatten: yes please\n'));
    const refused = await gitlab(project);
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /flatten.*boolean/);
  });

  test('a refused archive fails the job with the sentence in its log, and later jobs know the outcome', async (t) => {
    const project = await newProject(t);
    addLading(project);
    const refused = pipeline().replace('docker export --output app.tar app', 'echo nothing > app.tar');
    const later = `\nafter:\n  stage: test\n  when: always\n  script:\n    - echo "outcome [$LADING_OUTCOME] [$LADING_IMAGE]"\n`;
    project.write('.gitlab-ci.yml', refused + later);
    await commit(project);
    const { code, output } = await gitlab(project);
    assert.notEqual(code, 0);
    assert.match(output, /This is no tar archive but a text file/);
    assert.match(output, /outcome \[refused\] \[\]/);
    assert.doesNotMatch(output, /docker load/);
  });
});

test('every option of a conversion is an input of the component, and the page lists all inputs', () => {
  const template = readFileSync(join(ROOT, 'templates/convert.yml'), 'utf8');
  const [spec = ''] = template.split('\n---\n');
  const inputs = [...spec.matchAll(/^ {4}([\w-]+):$/gm)].map(([, name = '']) => name);
  // The input `image` is the image in which the job runs, as it is in other components.
  const named = OPTION_LIST.map(([name]) => (name === 'image' ? 'select' : name));
  for (const name of named) assert.ok(inputs.includes(name), name);
  const [section = ''] =
    readFileSync(join(ROOT, 'docs/pipelines.md'), 'utf8').split('\n## GitLab\n')[1]?.split('\n## ') ?? [];
  const told = [...section.matchAll(/^\|(.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
  );
  assert.deepEqual(told.toSorted(), inputs.toSorted());
});

test('the component runs the version of Lading that it belongs to', () => {
  const template = readFileSync(join(ROOT, 'templates/convert.yml'), 'utf8');
  assert.ok(template.includes(`default: npx --yes lading@${packageJson.version}\n`));
});
