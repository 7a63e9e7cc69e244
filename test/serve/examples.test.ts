import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCommand } from '../../cli/args.ts';
import { folder } from '../cli/kit.ts';

const examples = join(import.meta.dirname, '../../examples');

test('the commands in the examples are commands of lading', async () => {
  const unit = await readFile(join(examples, 'lading.service'), 'utf8');
  const compose = await readFile(join(examples, 'compose.yaml'), 'utf8');
  const [, started = ''] = /^ExecStart=\S+ (.*)$/m.exec(unit) ?? [];
  const [, list = ''] = /\n    command:\n((?: {6}- .*\n)+)/.exec(compose) ?? [];
  const words = list.split('\n').map((line) => line.trim().slice(2));
  for (const argv of [started.split(' '), words.slice(2, -1)]) {
    const command = parseCommand(argv);
    assert.ok(command.kind === 'serve' && command.uploads === 's3://uploads', argv.join(' '));
    assert.equal(command.buckets.listen, '0.0.0.0:8099');
  }
});

if (existsSync('/usr/bin/systemd-analyze'))
  test('systemd finds no fault with the unit', async (t) => {
    const unit = join(await folder(t), 'lading.service');
    const text = await readFile(join(examples, 'lading.service'), 'utf8');
    await writeFile(unit, text.replace('ExecStart=/usr/local/bin/lading', 'ExecStart=/bin/true'));
    execFileSync('systemd-analyze', ['verify', '--man=no', unit], { stdio: 'pipe' });
  });
