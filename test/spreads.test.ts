import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSync, Visitor } from 'oxc-parser';

const root = join(import.meta.dirname, '..');

/**
 * The calls that may spread a list into their arguments, and the reason why each list is short. Arguments lie on the
 * stack, so a list of some 100,000 ends the call with a RangeError.
 */
const ALLOWED: readonly (readonly [file: string, call: string, reason: string])[] = [
  ['cli/exit.ts', "lines(UNEXPECTED, ...trace.split('\\n', TRACE_LINES))", 'TRACE_LINES is small'],
  ['cli/commands/plan.ts', 'line(...row)', 'a row has three columns'],
  ['node/folder-store.ts', 'join(folder, ...names)', 'a key has at most 1,024 bytes'],
  ['lambda/handler/log.ts', 'Object.assign({}, ...counts.map(([, values]) => values))', 'this code names each count'],
  [
    'core/inspect/inspect.ts',
    'found.findings.push(...pieceRemarks(found.kind, name), ...(await besideInZip(read, content.digest)))',
    'two findings at most',
  ],
  [
    'core/inspect/piece-names.ts',
    "Math.max(...['.', '_', '-', '/'].map((mark) => name.lastIndexOf(mark)))",
    'this code names each mark',
  ],
  [
    'core/convert/merge-layers.ts',
    'Math.max(...recipes.map((own, i) => (own.length === 0 ? 0 : membersFrom(first, inspection.images[i]))))',
    'LIMITS.images is 2,000',
  ],
  ['core/model/byte-string.ts', 'String.fromCharCode(...codes)', 'CODES is small'],
  ['core/inspect/sniff.ts', 'Math.min(...[tar, ...starts].filter((at) => at > 0))', 'one for each compression'],
];

/** The calls in a file that spread a list into their arguments. Lists and objects may be spread: they lie on the heap. */
function spreadsIn(file: string, code: string): string[] {
  const found: string[] = [];
  const note = ({ arguments: given, start, end }: { arguments: { type: string }[]; start: number; end: number }) => {
    if (given.some(({ type }) => type === 'SpreadElement')) found.push(code.slice(start, end).replaceAll(/\s+/g, ' '));
  };
  new Visitor({ CallExpression: note, NewExpression: note }).visit(parseSync(file, code).program);
  return found;
}

test('the search finds what is spread into a call, and nothing else', () => {
  const code = 'all.push(...more); Math.max(1, ...x); new Set(...x); f([...x], { ...y }); const g = (...z) => z; g(x);';
  assert.deepEqual(spreadsIn('a.ts', code), ['all.push(...more)', 'Math.max(1, ...x)', 'new Set(...x)']);
});

test('no call takes a list as its arguments that an upload may make long', () => {
  const allowed = new Set(ALLOWED.map(([file, call]) => `${file}: ${call}`));
  const found = globSync('{core,library,lambda,s3,node,serve,cli,remote,action,web}/**/*.{ts,tsx}', {
    cwd: root,
  }).flatMap((file) => spreadsIn(file, readFileSync(join(root, file), 'utf8')).map((call) => `${file}: ${call}`));
  assert.deepEqual(
    found.filter((each) => !allowed.has(each)),
    [],
  );
  const gone = [...allowed].filter((each) => !found.includes(each));
  assert.deepEqual(gone, [], 'calls that are allowed, but no longer there');
});
