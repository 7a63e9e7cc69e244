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

test('each mode takes its own inputs, and refuses those of other modes instead of ignoring them', () => {
  const upload = command({
    mode: 'upload',
    file: 'a',
    output: 'o',
    uploads: 'u',
    results: 'r',
    timeout: '5',
    key: 'k',
  });
  assert.ok(upload.kind === 'upload');
  const { output, uploads, results, timeoutMs, key, wait } = upload;
  assert.deepEqual([output, uploads, results, timeoutMs, key, wait], ['o', 'u', 'r', 5000, 'k', true]);
  const inspect = command({ mode: 'inspect', file: 'a', html: 'h', 'fail-on': 'error' });
  assert.ok(inspect.kind === 'inspect' && inspect.html === 'h');
  for (const [mode, name] of [
    ...[...OPTION_LIST.map(([each]) => each), 'output', 'key'].map((each) => ['inspect', each]),
    ...['key', 'uploads', 'results', 'timeout'].map((each) => ['convert', each]),
    ['upload', 'html'],
  ] as [string, string][])
    assert.throws(() => command({ mode, file: 'a', [name]: 'true' }), {
      name: 'UsageError',
      message: `${name} has no effect with mode ${mode}.`,
    });
});

test('a flag is true or false, and any other word is refused', () => {
  const on = command({ file: 'a', flatten: 'true', mend: 'false', rootfs: '' });
  assert.ok(on.kind === 'convert');
  assert.deepEqual([on.flatten, on.mend, on.rootfs], [true, false, false]);
  for (const name of ['flatten', 'mend', 'rootfs'])
    for (const value of ['yes', 'True', '1'])
      assert.throws(() => command({ file: 'a', [name]: value }), {
        name: 'UsageError',
        message: `${name} is true or false, not ${value}.`,
      });
});

test('a mode that the Action does not have, and a missing file, are wrong usage', () => {
  for (const mode of ['help', 'serve', 'toString'])
    assert.throws(() => command({ mode, file: 'a' }), {
      name: 'UsageError',
      message: `mode is convert, inspect or upload, not ${mode}.`,
    });
  assert.throws(() => command({ file: '' }), UsageError);
});
