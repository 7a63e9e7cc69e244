import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { NODES, packed, Project, ROOT, withoutOldest } from '../support/package.ts';

const EXAMPLE = join(ROOT, 'examples/web.tar.gz');
const CONVERT = ['convert', 'web.tar.gz', '--name', 'web:1.0', '-o', 'image.tar', '--quiet'];

describe('the package', { skip: withoutOldest() }, () => {
  let project: Project;
  before(async () => {
    project = await Project.make();
    project.example('web.tar.gz');
  });

  it('is at most 1.6 MB, and takes at most 5 MB where it is installed, alone', async () => {
    assert.ok(statSync(await packed()).size <= 1.6e6);
    const modules = join(project.dir, 'node_modules');
    assert.deepEqual(
      readdirSync(modules).filter((name) => !name.startsWith('.')),
      ['lading'],
    );
    const onDisk = readdirSync(modules, { recursive: true, encoding: 'utf8' }).map(
      (name) => lstatSync(join(modules, name)).blocks * 512,
    );
    assert.ok(onDisk.reduce((sum, size) => sum + size, 0) <= 5e6);
  });

  for (const [name, node] of [
    ['today', NODES.today],
    ['the oldest', NODES.oldest],
  ] as const) {
    it(`converts to the same bytes as the checkout, on the Node of ${name}`, async () => {
      const { dir, lading } = project;
      execFileSync(join(node, 'node'), [lading, ...CONVERT], { cwd: dir, env: { PATH: node } });
      const checkout = ['convert', EXAMPLE, ...CONVERT.slice(2, 4), '-o', join(dir, 'expected.tar'), '--quiet'];
      execFileSync(process.execPath, [join(ROOT, 'cli/lading.js'), ...checkout]);
      assert.ok(readFileSync(join(dir, 'image.tar')).equals(readFileSync(join(dir, 'expected.tar'))));
    });
  }

  it('writes the report that a checkout writes, apart from the time that it took', () => {
    const { dir, lading } = project;
    const report = (command: string): string => {
      execFileSync(process.execPath, [command, 'inspect', 'web.tar.gz', '--html', 'report.html', '--quiet'], {
        cwd: dir,
      });
      return readFileSync(join(dir, 'report.html'), 'utf8').replace(/"seconds":[\d.e-]+/, '');
    };
    assert.equal(report(lading), report(join(ROOT, 'cli/lading.js')));
  });

  it('says on an older Node which one it needs, in one sentence, and exits with 4', () => {
    const { status, stdout, stderr } = spawnSync(join(NODES.tooOld, 'node'), [project.lading, '--version'], {
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout], [4, '']);
    assert.equal(stderr, 'Lading needs Node 22.15 or newer; this is Node 20.20.2.\n');
  });
});

describe('a checkout without its packages', () => {
  for (const [name, node] of [
    ['of the tests', NODES.today],
    ['of an older version', NODES.tooOld],
  ] as const) {
    it(`says what to type, on a Node ${name}`, { skip: name === 'of the tests' ? false : withoutOldest() }, () => {
      const dir = mkdtempSync(join(tmpdir(), 'lading-clone-'));
      try {
        for (const folder of ['cli', 'core', 'node'])
          cpSync(join(ROOT, folder), join(dir, folder), { recursive: true });
        cpSync(join(ROOT, 'package.json'), join(dir, 'package.json'));
        const said = spawnSync(join(node, 'node'), ['cli/lading.js', '--version'], { cwd: dir, encoding: 'utf8' });
        assert.equal(said.status, 4);
        assert.match(said.stderr, /^The packages that Lading needs are not installed\. Type npm ci in [^\n]*\n$/);
      } finally {
        rmSync(dir, { recursive: true });
      }
    });
  }
});
