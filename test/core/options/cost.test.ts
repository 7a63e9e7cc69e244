import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import { referenceFromKey } from '../../../core/model/reference.ts';
import { mergeOptions, parseOptions } from '../../../core/options/options.ts';
import { refusalFinding } from '../../../core/options/refusal.ts';
import type { RawOptions } from '../../../core/options/table.ts';
import { cpuSeconds } from '../../support/cpu.ts';

const ROOM = LIMITS.sidecarBytes - 4096;
type Sidecar = Partial<Omit<RawOptions, 'inspect' | 'name' | 'change'>> & Record<string, unknown>;

/** Repeats a text until it fills a sidecar. */
const full = (text: string, bytes = ROOM) => text.repeat(bytes / Buffer.byteLength(JSON.stringify(text).slice(1, -1)));

/** Makes as many of these changes as fit into a sidecar. */
const many = (change: (i: number) => string): string[] => {
  const changes: string[] = [];
  for (let bytes = 0, i = 0; bytes < ROOM - 200; i++)
    bytes += JSON.stringify(changes[changes.push(change(i)) - 1]).length + 1;
  return changes;
};

const change = (text: string | string[]): Sidecar => ({ change: text });
const container = (config: object, fields: object = {}) => ({ inspect: { State: {}, ...fields, Config: config } });

const costly: Record<string, () => Sidecar | string> = {
  'white space in a directive': () => change(`# syntax=a${full(' ')}b`),
  'line ends within a line': () => change(`USER a\n${full('\r')}x`),
  'white space within a line': () => change(`LABEL a=b${full(' \t')}c=d`),
  'zeros of a duration': () => change(`HEALTHCHECK --interval=${full('0')} CMD x`),
  'dots of a duration': () => change(`HEALTHCHECK --interval=${full('1.')} CMD x`),
  'hyphens of a name': () => ({ name: `${full('-')}x` }),
  'hyphens within a name': () => ({ name: `x${full('-')}!` }),
  'folders of a name': () => ({ name: full('A/') }),
  'labels of a registry': () => ({ name: `${full('a-.')}/x` }),
  'line continuations': () => change(`LABEL a=b \\\n${full('c=d \\\n')}e=f`),
  labels: () => change(many((i) => `LABEL a${i}=b`)),
  'one label of many': () => change(`LABEL ${full('a=b ')}`),
  variables: () => change(many((i) => `ENV a${i}=b`)),
  'ports, one by one': () => change(many((i) => `EXPOSE ${(i % 65_535) + 1}`)),
  'ports in one variable': () => change([`ENV a="${full('1 ')}"`, 'EXPOSE $a']),
  volumes: () => change(many((i) => `VOLUME /a${i}`)),
  triggers: () => change(many((i) => `ONBUILD RUN ${i}`)),
  'folders below each other': () => change(many(() => 'WORKDIR a')),
  'the same long folder': () =>
    change([`WORKDIR /${full('a/', ROOM / 2)}`, ...many(() => 'WORKDIR .').slice(0, 40_000)]),
  'commands with a long shell': () => ({
    ...container({ Shell: Array.from({ length: 100_000 }, () => 'a') }),
    change: many(() => 'CMD a').slice(0, 50_000),
  }),
  'a variable at the end of another': () => change(['ENV a=x', `ENV b=${full('${a:-')}`]),
  'a replacement of each character': () =>
    change([`ENV a=${full('a', ROOM / 2)}`, 'ENV b=${a/b/c}', 'ENV b=${a//a/c}']),
  'a replacement by names that stand for nothing': () =>
    change([`ENV a=${full('a', ROOM / 2)}`, `ENV r='${full('$1', ROOM / 2)}'`, 'ENV b=${a//a/$r}']),
  'a replacement by many matches': () =>
    change([`ENV a=${full('a', ROOM / 2)}`, `ENV r='${full('$0', ROOM / 2)}'`, 'ENV b=${a//*/$r}']),
  'a replacement by many empty matches': () => ({
    ...container({ Env: [`a=${full('\n', ROOM / 2)}`] }),
    change: [`ENV r='${full('$0', ROOM / 2)}'`, 'ENV b=${a//*/$r}'],
  }),
  'quotes of a word': () => change(`ENV a=${full("'")}`),
  'quotes that are not closed': () => change(`LABEL ${full('"a ')}`),
  'variables of one run': () =>
    container({ Hostname: 'h', Env: Array.from({ length: 60_000 }, (_, i) => `HOSTNAME=h${i % 2 ? 'x' : ''}`) }),
  'labels of one run': () =>
    container({ Labels: Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`io.podman.${i}`, ''])) }),
  'white space in an entrypoint': () => container({ Entrypoint: `a${full(' ')}b` }),
  'lines that are no JSON': () => ({ inspect: full('#\n') }),
  'encoded words': () => JSON.stringify({ message: full('=?utf-8?q?a?= ') }),
};

for (const [name, make] of Object.entries(costly)) {
  test(`the options of a full sidecar take less than 2 seconds of CPU: ${name}`, () => {
    const made = make();
    const sidecar = Buffer.from(typeof made === 'string' ? made : JSON.stringify(made));
    assert.ok(sidecar.length > ROOM / 3, `${sidecar.length} bytes`);
    const seconds = cpuSeconds();
    const options = mergeOptions({ metadata: {}, sidecar });
    const request = options.ok ? parseOptions(options.value, 'a.tar') : options;
    const took = seconds();
    assert.ok(took < 2, `${took} s`);
    if (!request.ok) assertShort(request.problem.en, request.problem.zh, request.remedy.en, request.remedy.zh);
  });
}

function assertShort(...sentences: string[]): void {
  for (const sentence of sentences) assert.ok(sentence.length < 2000, `${sentence.length} characters`);
}

/** The finding that refuses a sidecar. */
function refusal(sidecar: string | object) {
  const text = typeof sidecar === 'string' ? sidecar : JSON.stringify(sidecar);
  const options = mergeOptions({ metadata: {}, sidecar: text });
  const request = options.ok ? parseOptions(options.value, 'a.tar') : options;
  return request.ok ? null : refusalFinding(request);
}

test('options beyond a bound are refused, and the bound is named', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const inspect = (depth: number) => `{"State":{},"Config":{},"x":${nested(depth)}}`;
  const names = (count: number) => ({ name: Array.from({ length: count }, (_, i) => `n${i}`) });
  const doubling = Array.from({ length: 40 }, (_, i) => `ENV a${i + 1}=$a${i}$a${i}`);
  const repeated = (pattern: string) => [
    `ENV a=${'x'.repeat(200_000)}`,
    `ENV r='${'$0'.repeat(100_000)}'`,
    `ENV b=\${a//${pattern}/$r}`,
  ];
  const beyond: Record<string, [string | object, limit: string]> = {
    names: [names(1001), '1,000'],
    'a deep sidecar': [`{"inspect":${inspect(100)}}`, '100'],
    'a very deep sidecar': [`{"name":${nested(500_000)}}`, '100'],
    'a deep inspect file': [{ inspect: inspect(200_000) }, '100'],
    'deep values within a line each': [{ inspect: `{"Id":1}\n{"Id":${nested(200_000)}}` }, '100'],
    'more than fits into a sidecar': [{ message: 'm'.repeat(LIMITS.sidecarBytes), name: 'n' }, '524,288'],
    'variables that double': [{ change: ['ENV a0=xxxxxxxx', ...doubling] }, '4,194,304'],
    'a match that a template repeats': [{ change: repeated('?') }, '4,194,304'],
    'a long match that a template repeats': [{ change: repeated('*') }, '4,194,304'],
    'ranges of ports': [{ change: Array.from({ length: 900 }, () => 'EXPOSE 1-65535') }, '4,194,304'],
    'a folder below each other folder': [{ change: Array.from({ length: 9000 }, () => 'WORKDIR a') }, '4,194,304'],
  };
  for (const [name, [sidecar, limit]] of Object.entries(beyond)) {
    const finding = refusal(sidecar);
    assert.equal(finding?.code, 'limit-exceeded', name);
    assert.ok(finding.message.includes(limit) && finding.zh.message.includes(limit), finding.message);
  }
  assert.equal(refusal(names(1000)), null);
  assert.equal(refusal(`{"inspect":${inspect(90)}}`), null);
  assert.equal(refusal({ inspect: `{"State":{},"Config":{"Labels":{"a":"${'['.repeat(5000)}"}}}` }), null);
});

test('sentences about options quote no more than the beginning of what is wrong', () => {
  const long = 'x'.repeat(100_000);
  const wrong: object[] = [
    { [long]: 1 },
    { name: `${long}!` },
    { name: `${long}@${long}` },
    { name: `a:${long}` },
    { name: `a.${long}_/b` },
    { platform: long },
    { platform: `${long}/${long}/${long}` },
    { compress: long },
    ...[
      `${long} a`,
      `# escape=${long}`,
      `CMD --${long} a`,
      `HEALTHCHECK --${long} CMD a`,
      `HEALTHCHECK --interval=${long} CMD a`,
      `EXPOSE ${long}`,
      `EXPOSE 1/${long}`,
      `EXPOSE ${long}:1`,
      `USER ${long} b`,
      `VOLUME ${long}`,
      `STOPSIGNAL ${long}`,
      `ONBUILD ${long} a`,
      `ENV a=$${long}`,
      `ENV a=\${b:?${long}}`,
      `ENV a=\${${long}:?b}`,
      `LABEL a=b ${long}`,
      `LABEL a = ${long}`,
      `ENV a=\${b#${long}\\q}`,
    ].map((text) => ({ change: text })),
  ];
  for (const sidecar of wrong) {
    const finding = refusal(sidecar);
    assert.equal(finding?.code, 'option-invalid', JSON.stringify(sidecar).slice(0, 40));
    assertShort(finding.message, finding.remedy, finding.zh.message, finding.zh.remedy);
  }
});

test('a key of any characters gives a name at once', () => {
  for (const text of ['/', 'A/', '.', '-', '_/', 'ﷺ', '.tar', '\u0301', ':', '\ud800', '中']) {
    const seconds = cpuSeconds();
    const { familiar } = referenceFromKey(text.repeat(1024));
    assert.ok(seconds() < 0.5, text);
    assert.ok(familiar.length < 400, text);
  }
});
