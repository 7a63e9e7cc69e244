import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { TOPICS } from '../../cli/flags.ts';
import { folder, run as lading } from '../cli/kit.ts';
import { withoutPipelines } from '../support/pipelines.ts';

const execute = promisify(execFile);

/** Runs a shell in a folder with the completion in `lading.completion` and two files. */
async function shell(t: TestContext, name: 'bash' | 'zsh' | 'fish', ...args: string[]): Promise<string> {
  const cwd = await folder(t);
  const { code, stdout } = await lading(['completion', name]);
  assert.equal(code, 0);
  await writeFile(join(cwd, 'lading.completion'), stdout);
  for (const file of ['some export.tar', 'other.tar']) await writeFile(join(cwd, file), '');
  const env = { PATH: process.env['PATH'], HOME: cwd, TERM: 'dumb', LC_ALL: 'C.UTF-8' };
  return (await execute(`/usr/bin/${name}`, args, { cwd, env, timeout: 60_000, killSignal: 'SIGKILL' })).stdout;
}

/** The lines to complete, and what must be among the answers, or what the only answers are. */
const CASES: [line: string, answers: string[], only: boolean][] = [
  ['lading ins', ['inspect'], true],
  ['lading u', ['upload'], true],
  ['lading inspect --q', ['--quick', '--quiet'], true],
  ['lading convert --m', ['--mend', '--manifest', '--message'], true],
  ['lading upload --upl', ['--uploads'], true],
  ['lading inspect --fail-on not-a', ['not-a-tar'], true],
  ['lading plan --lang z', ['zh'], true],
  ['lading convert --compress ', ['gzip', 'none', 'zstd'], true],
  ['lading convert --as ', ['rootfs'], true],
  ['lading completion f', ['fish'], true],
  ['lading help st', ['status'], true],
  ['lading inspect ', ['other.tar', 'some export.tar'], false],
  ['lading convert --inspect oth', ['other.tar'], true],
  ['lading status oth', [], true],
  ['lading doctor oth', [], true],
  ['lading serve --secret-file oth', ['other.tar'], true],
  ['lading convert --name oth', [], true],
];

suite('completions in real shells, and the manual page', { skip: withoutPipelines() }, () => {
  test('fish completes commands, flags, values and files', async (t) => {
    for (const [line, answers, only] of CASES) {
      const script = 'source lading.completion; complete --do-complete $argv[1]';
      const output = await shell(t, 'fish', '--no-config', '--command', script, line);
      const said = output
        .split('\n')
        .flatMap((each) => (each === '' ? [] : (each.split('\t')[0]?.replaceAll('\\', '') ?? [])));
      compare(said, answers, only, line);
    }
  });

  test('the manual page has every command, and its linter finds nothing', async () => {
    const page = join(import.meta.dirname, '../../docs/lading.1');
    // It exits with a failure when it finds anything, a question of style included.
    await execute('mandoc', ['-T', 'lint', '-W', 'all', page]);
    const env = { ...process.env, MANWIDTH: '200', LC_ALL: 'C.UTF-8' };
    const { stdout } = await execute('man', ['-l', page], { env });
    for (const topic of TOPICS.slice(1)) assert.match(stdout, new RegExp(`^ {3}${topic}( |$)`, 'm'));
    assert.match(stdout, /^ +-o, --output FILE\n +write the image there, as a whole or not at all;/m);
  });

  test('bash completes commands, flags and values, and leaves files to readline', async (t) => {
    // Files come from readline, which the function does not see.
    const files = (answers: string[]) => answers.filter((each) => !each.endsWith('.tar'));
    for (const [line, answers, only] of CASES) {
      const words = line.split(' ');
      const script = `source lading.completion; COMP_WORDS=(${words.map((each) => `'${each}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_lading; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p lading >&2`;
      const said = (await shell(t, 'bash', '--norc', '-c', script)).split('\n').filter(Boolean);
      compare(said, files(answers), only, line);
    }
    // A flag and its value in one word are three words for bash.
    const script =
      'source lading.completion; COMP_WORDS=(lading plan --lang = z); COMP_CWORD=4; _lading; echo $COMPREPLY';
    assert.equal(await shell(t, 'bash', '--norc', '-c', script), 'zh\n');
  });

  test('zsh completes commands, flags, values and files when somebody types', async (t) => {
    for (const [typed, line] of [
      ['lading insp', 'lading inspect '],
      ['lading convert --plat', 'lading convert --platform='],
      ['lading upload --uplo', 'lading upload --uploads='],
      ['lading inspect --lang=z', 'lading inspect --lang=zh '],
      ['lading inspect --fail-on=not-a', 'lading inspect --fail-on=not-a-tar '],
      ['lading files some', 'lading files some\\ export.tar '],
      ['lading convert --output=oth', 'lading convert --output=other.tar '],
      ['lading completion z', 'lading completion zsh '],
    ] as const) {
      const output = await shell(
        t,
        'zsh',
        '-f',
        '-c',
        readFileSync(join(import.meta.dirname, 'type.zsh'), 'utf8'),
        'zsh',
        typed,
      );
      assert.equal(output, `${line}\n`, typed);
    }
  });
});

function compare(said: string[], answers: string[], only: boolean, line: string): void {
  if (only) assert.deepEqual(said.toSorted(), answers.toSorted(), line);
  else for (const answer of answers) assert.ok(said.includes(answer), `${line}: ${said.join(', ')}`);
}
