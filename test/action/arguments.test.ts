import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { argumentsOf } from '../../action/arguments.ts';
import { parseCommand } from '../../cli/args.ts';
import { UsageError } from '../../cli/exit.ts';
import { OPTION_LIST } from '../../core/options/table.ts';

const yaml = readFileSync(join(import.meta.dirname, '../../action.yml'), 'utf8');
const INPUTS = [...(/^inputs:\n([^]*?)^\S/m.exec(yaml)?.[1] ?? '').matchAll(/^ {2}([\w-]+):$/gm)].map(
  ([, name = '']) => name,
);

/** The command that a step with these inputs runs. An input that is not given is an empty variable, as on GitHub. */
function command(inputs: Record<string, string>) {
  const all = { ...Object.fromEntries(INPUTS.map((name) => [name, ''])), ...inputs };
  const env = Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  return parseCommand(argumentsOf(env, '/temp'));
}

test('every option of a conversion is an input of the Action', () => {
  for (const [name] of OPTION_LIST) assert.ok(INPUTS.includes(name), name);
});

test('inputs become the arguments of the command, lists line by line, whatever character they begin with', () => {
  const inputs = { file: '-odd.tar', name: 'a:1\n\n b:2 ', change: 'CMD ["a b"]\n--x', rootfs: 'true', platform: '' };
  const { kind, ...parsed } = command({ ...inputs, 'fail-on': 'warning', inspect: 'i.json' });
  assert.equal(kind, 'convert');
  assert.deepEqual(parsed, {
    file: '-odd.tar',
    pieces: [],
    quiet: false,
    progress: true,
    language: null,
    name: ['a:1', 'b:2'],
    change: ['CMD ["a b"]', '--x'],
    message: null,
    platform: null,
    inspect: 'i.json',
    rootfs: true,
    image: null,
    as: null,
    flatten: false,
    squash: null,
    compress: null,
    layout: null,
    mend: false,
    github: true,
    failOn: { severity: 'warning', codes: [], figures: [] },
    manifest: '/temp/manifest.json',
    json: false,
    output: '/temp/image.tar',
    contents: false,
    html: null,
  });
});

test('each mode takes all inputs, and leaves those of other modes alone', () => {
  const inputs = { file: 'a', name: 'n', output: 'o', uploads: 'u', results: 'r', timeout: '5', key: 'k' };
  assert.equal(command({ ...inputs, mode: 'inspect' }).kind, 'inspect');
  const upload = command({ ...inputs, mode: 'upload' });
  assert.ok(upload.kind === 'upload');
  const { output, uploads, results, timeoutMs, key, wait } = upload;
  assert.deepEqual([output, uploads, results, timeoutMs, key, wait], ['o', 'u', 'r', 5000, 'k', true]);
});

test('a mode that the Action does not have, and a missing file, are wrong usage', () => {
  for (const inputs of [{ mode: 'help', file: 'a' }, { mode: 'serve', file: 'a' }, { file: '' }])
    assert.throws(() => command(inputs), UsageError);
});
