import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../cli/kit.ts';
import { withoutPipelines } from '../support/pipelines.ts';
import { ROOT } from '../support/package.ts';

/** The files and folders of this checkout that git does not ignore. */
const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n');
const FILES = readdirSync(ROOT).filter((name) => name !== '.git' && !ignored.includes(`${name}/`));

test(
  'a release tags a commit with the bundle, moves the tag of the major version, and leaves its own tag alone',
  { skip: withoutPipelines() },
  async (t) => {
    const dir = await folder(t);
    const [work, remote] = [join(dir, 'work'), join(dir, 'remote')];
    const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.com' };
    const committer = { GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.com' };
    const env = { ...process.env, ...who, ...committer, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
    const git = (...args: string[]) => execFileSync('git', ['-C', work, ...args], { env, encoding: 'utf8' }).trim();
    for (const file of FILES)
      cpSync(join(ROOT, file), join(work, file), {
        recursive: true,
        filter: (path) => path !== join(ROOT, 'action/dist'),
      });
    symlinkSync(join(ROOT, 'node_modules'), join(work, 'node_modules'));
    execFileSync('git', ['init', '-q', '--bare', remote]);
    execFileSync('git', ['init', '-q', work]);
    git('add', '--all');
    git('commit', '-qm', 'one');
    git('tag', 'v0.1.0');
    git('push', '-q', remote, 'v0.1.0');
    const release = (version: string, ...args: string[]) =>
      execFileSync(join(work, 'scripts/tag-action.sh'), [remote, version, ...args], { env, stdio: 'pipe' });
    const tags = () => git('ls-remote', '--tags', remote).split('\n');
    release('v0.1.0', '--dry-run');
    assert.equal(tags().length, 1);
    git('reset', '-q', '--hard', 'v0.1.0');
    release('v0.1.0');
    const bundled = git('rev-parse', 'HEAD');
    const released = git('rev-parse', 'v0.1.0');
    assert.deepEqual(
      tags().toSorted(),
      [`${bundled}\trefs/tags/action-v0.1.0`, `${bundled}\trefs/tags/v0`, `${released}\trefs/tags/v0.1.0`].toSorted(),
    );
    assert.equal(git('rev-parse', `${bundled}^`), released);
    const added = git('diff', '--name-only', released, bundled).split('\n');
    const files = ['THIRD-PARTY-NOTICES.txt', 'index.mjs', 'pack-thread.mjs', 'report.html', 'zstd.wasm'];
    assert.deepEqual(
      added,
      files.map((file) => `action/dist/${file}`),
    );
    git('commit', '-q', '--allow-empty', '-m', 'two');
    assert.throws(() => release('v0.1.0'), 'the tag of a release does not move');
  },
);
