import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../cli/args.ts';
import { UsageError } from '../../cli/exit.ts';

test("convert takes docker import's spellings and the long ones, and keeps the order of repeated flags", () => {
  const short = parseCommand(['convert', '-', '-t', 'a', '-t', 'b:1', '-c', 'USER x', '-m', 'hi', '-o', 'i.tar']);
  const long = ['convert', '-', '--name=a', '--name=b:1', '--change', 'USER x', '--message', 'hi', '--output', 'i.tar'];
  assert.deepEqual(short, parseCommand(long));
  assert.ok(short.kind === 'convert');
  assert.deepEqual([short.file, short.name, short.output], ['-', ['a', 'b:1'], 'i.tar']);
});

test('without -o the image goes to standard output', () => {
  const command = parseCommand(['convert', 'x.tar']);
  assert.ok(command.kind === 'convert');
  assert.equal(command.output, '-');
});

test('help is given for every command, before its arguments are checked', () => {
  for (const topic of ['inspect', 'convert', 'plan', 'files', 'serve', 'upload', 'status'] as const) {
    assert.deepEqual(parseCommand([topic, '--help']), { kind: 'help', topic });
    assert.deepEqual(parseCommand(['help', topic]), { kind: 'help', topic });
  }
  assert.deepEqual(parseCommand([]), { kind: 'help', topic: 'lading' });
});

test('the config of a root file system is written beside it, if that is a file', () => {
  const configs = ['out/root.tar', '-', '/dev/null'].map((output) => {
    const command = parseCommand(['rootfs', 'a.tar', '-o', output]);
    return command.kind === 'rootfs' ? command.config : '';
  });
  assert.deepEqual(configs, ['out/root.json', null, null]);
});

test('a command line that cannot be understood is a usage error that names the word', () => {
  const cases: [string[], RegExp][] = [
    [['frob'], /'frob'/],
    [['inspect'], /needs a file/],
    [['inspect', 'a', 'b'], /b is not named like a piece/],
    [['convert', 'a', '--frob'], /'--frob'\.$/],
    [['convert', 'a', '-t'], /-t, --name/],
    [['convert', 'a', '--json'], /--json/],
    [['convert', 'a', '--manifest', '-'], /--manifest/],
    [['serve', 'a'], /two folders or two buckets/],
    [['files'], /an archive and at most one path/],
    [['files', 'a', 'b', 'c'], /at most one path/],
    [['inspect', 'a', '--lang', 'fr'], /'fr'/],
    [['upload'], /needs a file/],
    [['upload', '-'], /Cannot choose a key/],
    [['upload', 'a', '--timeout', 'soon'], /'soon'/],
    [['upload', 'a', '-o', '-', '--json'], /--json/],
    [['status'], /the key of one upload/],
  ];
  for (const [argv, message] of cases) {
    assert.throws(
      () => parseCommand(argv),
      (error) => error instanceof UsageError && message.test(error.message),
      argv.join(' '),
    );
  }
});
