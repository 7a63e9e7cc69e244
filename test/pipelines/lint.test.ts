import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { pinnedPrograms, withoutPinned } from '../support/pinned.ts';
import { PIPELINES, recipes, withoutPipelines } from '../support/pipelines.ts';
import { ROOT } from '../support/package.ts';

const run = promisify(execFile);
const WORKFLOWS = globSync('.github/workflows/*.{yml,yaml}', { cwd: ROOT });

suite('linters of pipelines', { skip: withoutPipelines() || withoutPinned('zizmor') }, () => {
  test('zizmor finds no weakness in the Action and in the workflows', async () => {
    const files = ['action.yml', ...WORKFLOWS].map((file) => join(ROOT, file));
    await run(join(pinnedPrograms('zizmor'), 'zizmor'), ['--offline', '--quiet', '--no-progress', ...files]);
  });

  test('actionlint finds no fault in the workflows, and in the one of the documentation', async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'lading-lint-'));
    t.after(() => rmSync(dir, { recursive: true }));
    const recipe = join(dir, 'image.yml');
    writeFileSync(recipe, recipes('GitHub Actions', 'yaml')[0] ?? '');
    const files = [recipe, ...WORKFLOWS.map((file) => join(ROOT, file))];
    await run(join(PIPELINES, 'actionlint'), ['-no-color', '-shellcheck=', '-pyflakes=', ...files]).catch(
      ({ stdout }: { stdout: string }) => assert.fail(stdout),
    );
  });
});
