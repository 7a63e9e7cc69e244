import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

// The walls of docs/architecture.md: which room may import which, and that nothing imports in a circle.

const root = join(import.meta.dirname, '..');
const files = globSync('{lambda,infra,cli,client,local,scripts,test,bench,fuzz}/**/*.ts', { cwd: root }).toSorted();

/** Static and dynamic imports of a file: paths below the root for our own files, package names for others. */
const imports = new Map(
  files.map((file) => {
    const code = readFileSync(join(root, file), 'utf8');
    const found = [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    return [file, found.map((name) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name))];
  }),
);

const room = (file: string): string => {
  if (/^lambda\/(core|shell)\//.test(file)) return file.split('/').slice(0, 2).join('/');
  return file.split('/')[0] ?? '';
};

/** What each room may import of our own; a room may always import itself. */
const ROOMS: Record<string, string[]> = {
  'lambda/core': [],
  'lambda/shell': ['lambda/core'],
  lambda: ['lambda/core', 'lambda/shell'],
  local: ['lambda/core', 'lambda/shell'],
  client: ['lambda/core', 'lambda/shell'],
  cli: ['lambda/core', 'lambda/shell', 'local', 'client'],
  infra: [],
  scripts: ['cli', 'lambda/core'],
};

const PACKAGES: Record<string, RegExp> = {
  'lambda/core': /^(?:tar-stream|pako|node:buffer|node:crypto|node:zlib)$/,
  'lambda/shell': /^(?:@aws-sdk\/|@middy\/|node:)/,
  lambda: /^(?:@middy\/|@types\/|aws-lambda$|node:)/,
  local: /^node:/,
  client: /^(?:@aws-sdk\/|node:)/,
  cli: /^node:/,
  infra: /^(?:aws-cdk-lib|constructs|cdk-nag|node:)/,
  scripts: /^node:/,
};

const ours = (name: string): boolean => files.includes(name);

for (const [name, allowed] of Object.entries(ROOMS)) {
  test(`${name} imports only ${allowed.join(', ') || 'itself'} and its own packages`, () => {
    for (const file of files.filter((each) => room(each) === name)) {
      for (const target of imports.get(file) ?? []) {
        if (target.endsWith('.json')) continue;
        if (ours(target)) assert.ok([name, ...allowed].includes(room(target)), `${file} imports ${target}`);
        else assert.match(target, PACKAGES[name] ?? /^$/, `${file} imports ${target}`);
      }
    }
  });
}

test('the command line and the local service reach the shell only for its tools and its store', () => {
  for (const file of files.filter((each) => ['cli', 'local'].includes(room(each)))) {
    for (const target of (imports.get(file) ?? []).filter((each) => room(each) === 'lambda/shell')) {
      assert.match(target, /lambda\/shell\/(?:tools|hasher|s3-store)\.ts$/, `${file} imports ${target}`);
    }
  }
});

test('the client takes of the shell only what talks to S3', () => {
  for (const file of files.filter((each) => room(each) === 'client')) {
    for (const target of (imports.get(file) ?? []).filter((each) => room(each) === 'lambda/shell')) {
      assert.match(target, /lambda\/shell\/(?:s3-[\w-]+|parallel|pieces|tools)\.ts$/, `${file} imports ${target}`);
    }
  }
});

test('the command line loads the client, and with it the SDK, only when it is needed', () => {
  for (const file of files.filter((each) => room(each) === 'cli')) {
    const code = readFileSync(join(root, file), 'utf8');
    assert.doesNotMatch(code, /^import (?!type )[^;]*\/client\//m, file);
  }
});

test('the entry points do not know each other', () => {
  assert.ok(!imports.get('lambda/inspect.ts')?.includes('lambda/convert.ts'));
  assert.ok(!imports.get('lambda/convert.ts')?.includes('lambda/inspect.ts'));
});

test('nothing that ships imports test, bench or scripts', () => {
  for (const file of files.filter((each) => !/^(?:test|bench|scripts|fuzz)\//.test(each))) {
    for (const target of imports.get(file) ?? [])
      assert.doesNotMatch(target, /^(?:test|bench|scripts|fuzz)\//, `${file} imports ${target}`);
  }
});

test('no file only passes on what others export', () => {
  for (const file of files) {
    const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    const statements = code
      .split(';')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    assert.ok(!statements.every((each) => /^export\s.*\sfrom\s/.test(each)), `${file} is a barrel`);
  }
});

test('imports never run in a circle', () => {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, way: string[]): void => {
    if (state.get(file) === 'done') return;
    assert.notEqual(state.get(file), 'open', `a circle: ${[...way, file].join(' → ')}`);
    state.set(file, 'open');
    const code = readFileSync(join(root, file), 'utf8');
    for (const target of (imports.get(file) ?? []).filter(ours)) {
      // Types are gone when the program runs; a circle of types is only a circle of words.
      const name = target
        .split('/')
        .at(-1)
        ?.replaceAll('.', String.raw`\.`);
      const onlyTypes = new RegExp(String.raw`import type [^;]*/${name}'`).test(code);
      if (!onlyTypes) visit(target, [...way, file]);
    }
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
});
