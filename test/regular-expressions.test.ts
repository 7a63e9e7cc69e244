import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSync, Visitor } from 'oxc-parser';
import { analyse } from 'scslre';

// The other backends are a native program and a JAR, which not every machine has.
process.env['RECHECK_BACKEND'] = 'pure';
const { checkSync } = await import('recheck');

const root = join(import.meta.dirname, '..');

/**
 * The beginnings of expressions that recheck cannot judge (they have large counts, look ahead or look behind), with the
 * reason why each is harmless. scslre finds no fault in them either.
 */
const BY_HAND: readonly (readonly [beginning: string, reason: string])[] = [
  [String.raw`^(?:(?:[\w-]+:|[ \t]+\S)`, 'runs over the first 2,048 bytes of an upload at most'],
  [String.raw`^\s*(?:data:[^,]{0,100},|`, 'runs over the first 4,096 bytes of an upload at most'],
  ['^begin [0-7]{3,4} ', 'the same'],
  [String.raw`-?(?:0x[0-9a-f]{1,2}|`, 'the same'],
  ['^(?:[0-9a-f]{32,128} [ *]|', 'begins at the beginning only, and no two of its parts take the same character'],
  ['<(?:title|code|message)[^<>]*>', 'no match, and no try, goes on beyond the next <'],
  [String.raw`^(?:blobs\/[a-z0-9]+\/`, 'begins at the beginning only, and no two of its parts take the same character'],
  [String.raw`^(?:\._.*|\.DS_Store|`, 'the same'],
  [String.raw`\.(?:tar(?:\.(?:gz|`, 'what it repeats are at most four digits'],
  [String.raw`(?:aa|\D0*[01])`, 'it repeats zeros only, and none of them can be where it begins'],
];

/** In milliseconds; some expressions need two seconds on an idle machine. */
const TIMEOUT = 60_000;

/** The expressions in a file: literals, and those that `new RegExp` makes from constants of the file. */
function expressionsIn(file: string, code: string): RegExp[] {
  const { program } = parseSync(file, code);
  const found: RegExp[] = [];
  const constants: string[] = [];
  for (const { type, start, end } of program.body) {
    const text = code.slice(start, end);
    if (type === 'VariableDeclaration' && /^const \w+ =\s*(?:String\.raw)?[`'"]/.test(text)) constants.push(text);
  }
  const visitor = new Visitor({
    Literal(node) {
      if ('regex' in node) found.push(new RegExp(node.regex.pattern, node.regex.flags));
    },
    NewExpression({ callee, start, end }) {
      if (callee.type !== 'Identifier' || callee.name !== 'RegExp') return;
      // eslint-disable-next-line no-new-func, typescript/no-implied-eval -- constants of this project's own code
      found.push(new Function(`${constants.join('\n')}\nreturn ${code.slice(start, end)}`)() as RegExp);
    },
  });
  visitor.visit(program);
  return found;
}

/** The reason why a match, or the search for one from each place of a text, takes more than linear time; else null. */
function slowness({ source, flags }: RegExp): string | null {
  const [report] = analyse({ source, flags }).reports;
  if (report !== undefined) return `scslre: ${report.type}`;
  if (BY_HAND.some(([beginning]) => source.startsWith(beginning))) return null;
  const verdict = checkSync(source, flags, { checker: 'automaton', timeout: TIMEOUT });
  if (verdict.status === 'safe') return null;
  return `recheck: ${verdict.status === 'vulnerable' ? verdict.complexity.summary : 'no answer'}`;
}

test('both checkers find slow expressions', () => {
  const slow: [RegExp, string][] = [
    [/(a+)+$/, 'an exponential one'],
    [/(\d+\.?\d*|\.\d+)s/y, 'two ways to read the same digits'],
    [/^#\s*(\S.*?)\s*$/, 'white space that two parts want'],
    [/\r+$/, 'a run that ends elsewhere'],
    [/^[.-]+|[.-]+$/g, 'the same in a branch'],
    [/\\*x|[^0-9a-f]/g, 'a run before each match'],
    [/foo.*bar/, 'a beginning that comes many times'],
    [/^([A-Z]+)=(["']?)(.*?)\2\s*$/, 'a back reference'],
  ];
  for (const [expression, what] of slow) assert.notEqual(slowness(expression), null, what);
  for (const expression of [/^\d+$/, /\s/, /[ab]+/g, /^(?:\d+(?:\.\d*)?|\.\d+)s$/])
    assert.equal(slowness(expression), null, String(expression));
});

test('every regular expression takes linear time', () => {
  const files = globSync('{action,core,lambda,s3,node,cli,remote,serve,web,library}/**/*.{ts,tsx}', { cwd: root });
  const slow: string[] = [];
  let judged = 0;
  for (const file of files) {
    for (const expression of expressionsIn(file, readFileSync(join(root, file), 'utf8'))) {
      judged++;
      const how = slowness(expression);
      if (how !== null) slow.push(`${file}: ${expression} (${how})`);
    }
  }
  assert.deepEqual(slow, []);
  assert.ok(judged > 200, `${judged}`);
});
