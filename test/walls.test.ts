import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

// The walls of docs/architecture.md: the rooms that each room may import, and no circles of imports, types included.

const root = join(import.meta.dirname, '..');
const files = globSync(
  '{core,library,lambda,s3,node,serve,infra,cli,remote,action,web,scripts,test,bench,fuzz}/**/*.{ts,tsx}',
  {
    cwd: root,
  },
).toSorted();
const shipped = files.filter((file) => !/^(?:test|bench|scripts|fuzz)\//.test(file));

/** The imports of each file, static and dynamic, types included: paths below the root, or names of packages. */
const imports = new Map(
  files.map((file) => {
    const code = readFileSync(join(root, file), 'utf8');
    const found = [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    return [file, found.map((name) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name))];
  }),
);

/** A room is a top folder, or a folder inside `core` and `lambda`. */
const room = (file: string): string => {
  const [top = '', inner = '', ...rest] = file.split('/');
  return (top === 'core' || top === 'lambda') && rest.length > 0 ? `${top}/${inner}` : top;
};

/** The rooms of core, each with the rooms of core that it may import. A room imports only rooms that come before it. */
const CORE: Record<string, string[]> = {
  catalogue: [],
  model: ['catalogue'],
  json: ['catalogue', 'model'],
  tar: ['catalogue', 'model'],
  compression: ['catalogue', 'model', 'tar'],
  foreign: ['catalogue', 'model', 'json', 'compression'],
  layer: ['catalogue', 'model', 'tar'],
  images: ['catalogue', 'model', 'json', 'tar', 'compression', 'layer'],
  inspect: ['catalogue', 'model', 'tar', 'compression', 'foreign', 'layer', 'images'],
  files: ['catalogue', 'model', 'tar', 'compression'],
  contents: ['catalogue', 'model', 'files'],
  rewrite: ['catalogue', 'model', 'tar', 'compression', 'files'],
  mend: ['catalogue', 'model', 'tar', 'layer', 'rewrite'],
  convert: [
    'catalogue',
    'model',
    'json',
    'tar',
    'compression',
    'layer',
    'images',
    'inspect',
    'files',
    'rewrite',
    'mend',
  ],
  options: ['catalogue', 'model', 'json'],
  clients: ['catalogue', 'model'],
  manifest: ['catalogue', 'model', 'clients', 'contents'],
  page: ['catalogue', 'model', 'files', 'options', 'clients', 'contents', 'manifest'],
  service: ['catalogue', 'model', 'json', 'inspect', 'convert', 'manifest', 'options'],
};

const inCore = (names: string[]): string[] => ['core', ...names.map((name) => `core/${name}`)];
const WHOLE_CORE = inCore(Object.keys(CORE));

/** The rooms outside core, each with the rooms that it may import. A room may always import itself. */
const ROOMS: Record<string, string[]> = {
  core: [],
  ...Object.fromEntries(Object.entries(CORE).map(([name, others]) => [`core/${name}`, inCore(others)])),
  node: inCore(['catalogue', 'model', 'compression', 'convert', 'page', 'service']),
  s3: inCore(['catalogue', 'model', 'convert', 'service']),
  library: [...inCore(['catalogue', 'model', 'inspect', 'convert', 'manifest', 'options']), 'node'],
  'lambda/handler': [...inCore(['catalogue', 'model', 'manifest', 'service']), 's3', 'node'],
  lambda: ['core/service', 'lambda/handler'],
  remote: [...inCore(['catalogue', 'model', 'manifest', 'service', 'options']), 's3', 'node'],
  serve: [...inCore(['catalogue', 'model', 'manifest', 'service', 'options']), 's3', 'node', 'remote'],
  cli: [...WHOLE_CORE, 'node', 's3', 'remote', 'serve'],
  action: ['core/options', 'cli'],
  web: inCore(['catalogue', 'model', 'inspect', 'convert', 'files', 'contents', 'options', 'manifest', 'page']),
  infra: inCore(['options']),
  scripts: ['cli', 'core/catalogue', 'core/options'],
};

const PURE = /^(?:tar-stream|pako|@noble\/hashes\/sha2\.js)$/;
const PACKAGES: Record<string, RegExp> = {
  ...Object.fromEntries(WHOLE_CORE.map((name) => [name, PURE])),
  node: /^(?:@bokuweb\/zstd-wasm$|node:)/,
  s3: /^(?:@aws-sdk\/|node:)/,
  'lambda/handler': /^(?:@aws-sdk\/|@middy\/|node:)/,
  lambda: /^(?:@middy\/|@types\/|aws-lambda$|node:)/,
  remote: /^(?:@aws-sdk\/|agent-base$|https?-proxy-agent$|proxy-from-env$|node:)/,
  library: /^node:/,
  serve: /^(?:@aws-sdk\/|node:)/,
  cli: /^node:/,
  action: /^node:/,
  web: /^(?:preact(?:\/hooks)?|hash-wasm|d3-hierarchy)$/,
  infra: /^(?:aws-cdk-lib|constructs|cdk-nag|node:)/,
  scripts: /^(?:esbuild$|node:)/,
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

test('every file that ships is in a room with a list of allowed imports', () => {
  for (const file of shipped) assert.ok(room(file) in ROOMS, file);
});

test('each room of core imports only rooms that come before it', () => {
  const names = Object.keys(CORE);
  for (const [at, name] of names.entries()) {
    for (const other of CORE[name] ?? []) assert.ok(names.indexOf(other) < at, `${name} → ${other}`);
  }
});

test('no room has more than a sixth of the code, and no file lies more than three folders deep', () => {
  const sizes = new Map<string, number>();
  const code = files.filter((file) => !file.startsWith('test/'));
  for (const file of code) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    sizes.set(room(file), (sizes.get(room(file)) ?? 0) + lines);
    assert.ok(file.split('/').length <= 4, file);
  }
  const whole = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  for (const [name, size] of sizes) assert.ok(size <= whole / 6, `${name} has ${size} of ${whole} lines`);
});

test('the command line loads the client and the service, and with them the SDK, only when they are needed', () => {
  for (const file of files.filter((each) => room(each) === 'cli')) {
    const code = readFileSync(join(root, file), 'utf8');
    assert.doesNotMatch(code, /^import (?!type )[^;]*\/(?:remote|s3|serve)\//m, file);
  }
});

test('the entry points do not import each other', () => {
  assert.ok(!imports.get('lambda/inspect.ts')?.includes('lambda/convert.ts'));
  assert.ok(!imports.get('lambda/convert.ts')?.includes('lambda/inspect.ts'));
});

test('nothing that ships imports test, bench, fuzz or scripts', () => {
  for (const file of shipped) {
    for (const target of imports.get(file) ?? [])
      assert.doesNotMatch(target, /^(?:test|bench|scripts|fuzz)\//, `${file} imports ${target}`);
  }
});

test('no file only re-exports', () => {
  for (const file of files) {
    const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    const statements = code
      .split(';')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    assert.ok(!statements.every((each) => /^export\s.*\sfrom\s/.test(each)), `${file} is a barrel`);
  }
});

test('imports never run in a circle, types included', () => {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, way: string[]): void => {
    if (state.get(file) === 'done') return;
    assert.notEqual(state.get(file), 'open', `a circle: ${[...way, file].join(' → ')}`);
    state.set(file, 'open');
    for (const target of (imports.get(file) ?? []).filter(ours)) visit(target, [...way, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
});

test('docs/architecture.md lists every room and every file that is in no folder of a room', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const listing = /^(?: {4}.*\n|\n(?= {4}))+/m.exec(page)?.[0] ?? '';
  const named = new Set(listing.match(/[\w.-]+(?:\/|\.ts|\.json)/g) ?? []);
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  const folders = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((each) => each.isDirectory() && !each.name.startsWith('.'))
      .map((each) => `${each.name}/`)
      .filter((name) => !ignored.includes(name));
  const top = readdirSync(root).filter(
    (name) => /^[^.].*\.(?:ts|json)$/.test(name) && ![...ignored, 'package-lock.json'].includes(name),
  );
  const inLambda = readdirSync(join(root, 'lambda')).filter((name) => name.endsWith('.ts'));
  for (const name of [...folders('.'), ...folders('core'), ...folders('lambda'), ...top, ...inLambda]) {
    assert.ok(named.has(name), `${name} is not in the listing`);
  }
});
