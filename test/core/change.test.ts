import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExecutionConfig } from '../../core/model/config.ts';
import { parseDuration } from '../../core/model/duration.ts';
import { applyChanges } from '../../core/options/change/changes.ts';
import { DIFFERENT } from '../support/change-table-different.ts';
import { PATTERNS } from '../support/change-table-patterns.ts';
import { AGREED, ON_A_BASE, type Outcome, REFUSED } from '../support/change-table.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { withoutEmpty } from '../support/outcome.ts';
import { refusalText } from '../support/refusal.ts';
import { fc } from '../support/properties.ts';

function outcome(changes: string[], base: ExecutionConfig = {}): Outcome {
  const config = applyChanges(changes, base);
  if (config.ok) return withoutEmpty(config.value);
  refusalText(config);
  return REFUSED;
}

/** The refusal of one change as text. */
function refusal(change: string, base: ExecutionConfig = {}): string {
  const config = applyChanges([change], base);
  assert.ok(!config.ok, change);
  return refusalText(config);
}

test('changes do what Docker Engine does with them', () => {
  for (const [changes, expected] of AGREED) assert.deepEqual(outcome(changes), expected, JSON.stringify(changes));
});

test('parameter expansions do what Docker Engine 28 does with them', () => {
  for (const [changes, expected] of PATTERNS) assert.deepEqual(outcome(changes), expected, JSON.stringify(changes));
});

test('a change of which Docker makes something that nobody meant is refused', () => {
  for (const { changes, ours } of DIFFERENT) assert.deepEqual(outcome(changes), ours, JSON.stringify(changes));
});

test('changes on top of a base config do what Docker Engine does', () => {
  for (const [base, changes, expected] of ON_A_BASE) {
    const config = applyChanges(base, {});
    assert.ok(config.ok);
    assert.deepEqual(outcome(changes, config.value), expected, JSON.stringify(changes));
  }
});

test('a base config is not modified, and without changes it is returned as it was', () => {
  const base: ExecutionConfig = { Env: ['A=1'], Labels: { a: '1' }, Cmd: ['x'], ExposedPorts: { '80/tcp': {} } };
  const before = structuredClone(base);
  applyChanges(['ENV A=2', 'LABEL a=2', 'EXPOSE 81', 'ENTRYPOINT ["e"]', 'ONBUILD RUN x', 'VOLUME /v'], base);
  assert.deepEqual(base, before);
  assert.deepEqual(applyChanges([], base), { ok: true, value: before });
});

test('CMD [] and ENTRYPOINT [] clear the values of the base config', () => {
  assert.deepEqual(outcome(['CMD []'], { Cmd: ['x'], User: '5' }), { User: '5' });
  assert.deepEqual(outcome(['ENTRYPOINT []'], { Entrypoint: ['x'], User: '5' }), { User: '5' });
});

test('the shell form uses the shell of the base config', () => {
  const base = { Shell: ['/bin/bash', '-c'] };
  assert.deepEqual(outcome(['CMD echo hi'], base), { ...base, Cmd: ['/bin/bash', '-c', 'echo hi'] });
});

test('a refusal names the instruction as given, the reason and the remedy', () => {
  assert.match(refusal("CMD ['nginx']"), /`CMD \['nginx'\]`: .*single quotes.* Write it like CMD \["nginx"/);
  assert.match(refusal('CMD [“nginx”]'), /typographic quotes/);
  assert.match(refusal('CMD [nginx]'), /double quotes are missing/);
  assert.match(refusal('CMD ["nginx"'), /closing \] is missing/);
  assert.match(refusal('CMD ["nginx"] -g'), /text after its closing \]/);
  assert.match(refusal('CMD ["nginx", 1]'), /not all of its elements are strings/);
  assert.match(refusal('CMD ["C:\\x"]'), /those of JSON/);
  assert.match(refusal('CMD [ -f /x ]'), /written with test/);
  assert.match(refusal('ENV PATH=/x:$PATH'), /\$PATH is not set here.*\/usr\/local\/sbin/);
  assert.match(refusal('LABEL price=$5'), /\$5 is not set here.* Write \\\$ for a dollar sign/);
  assert.match(refusal('ENV A = 1'), /"= 1" for the value.* Write it like ENV A=1\./);
  assert.match(refusal('ENV A=1 B'), /"B" has no =/);
  assert.match(refusal('ENV A="${B:?is needed}"'), /B - is needed/);
  assert.match(refusal('ENV A=${B^x}'), /are understood/);
  assert.match(refusal('ENV A=${B/x}'), /\$\{NAME\/PATTERN\/REPLACEMENT\}/);
  assert.match(refusal('ENV A=${B#\\x}'), /"\\x" has \\ before "x"/);
  assert.match(refusal('EXPOSE 8080:80'), /port of the host/);
  assert.match(refusal('EXPOSE 80,443'), /separated by spaces/);
  assert.match(refusal('EXPOSE 80/http'), /"http".*not a protocol/);
  assert.match(refusal('HEALTHCHECK --every=5s CMD x'), /--every is not one of its flags/);
  assert.match(refusal('HEALTHCHECK --interval=5 CMD x'), /--interval=5: it is not a duration/);
  assert.match(refusal('STOPSIGNAL SIGFOO'), /"SIGFOO" is not a signal/);
  assert.match(refusal('USER a b'), /"a b" is not a user/);
  assert.match(refusal('VOLUME data'), /"data" is not an absolute path/);
  assert.match(refusal('CMD --help'), /--help is taken for a flag/);
  assert.match(refusal('RUN apt-get update'), /`RUN apt-get update`: RUN is not an instruction.*before it is exported/);
  assert.match(refusal('ENV A=1 \\'), /ends with \\/);
  assert.match(refusal('USER x\nENV A'), /`ENV A`/);
  assert.match(refusal('CMD \0'), /NUL/);
  assert.match(refusal('CMD ["a\\u0000"]'), /NUL/);
});

test('a value that begins with [ is never taken for the shell form', () => {
  const text = fc
    .array(fc.constantFrom('"', "'", '[', ']', ',', ' ', 'a', '\\', '1', '{', '}'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.constantFrom('CMD', 'ENTRYPOINT', 'HEALTHCHECK CMD'), text, (instruction, rest) => {
      const config = applyChanges([`${instruction} [${rest}`], {});
      const { Cmd, Entrypoint, Healthcheck } = config.ok ? config.value : {};
      assert.notEqual(Cmd?.[0] ?? Entrypoint?.[0], '/bin/sh');
      assert.notEqual(Healthcheck?.Test?.[0], 'CMD-SHELL');
    }),
  );
});

test('every list of strings survives the exec form, and every value survives quoting', () => {
  const word = fc.string({ unit: 'grapheme' }).filter((text) => !/[\0\n]/.test(text));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), word, (words, value) => {
      const quoted = value.replaceAll(/["$\\]/g, '\\$&');
      const config = applyChanges([`CMD ${JSON.stringify(words)}`, `ENV A="${quoted}"`, 'LABEL b=${A:-x}'], {});
      assert.ok(config.ok);
      assert.deepEqual(config.value.Cmd, words);
      assert.deepEqual(config.value.Env, [`A=${value}`]);
      assert.deepEqual(config.value.Labels, { b: value === '' ? 'x' : value });
    }),
  );
});

test('durations are read as Go reads them, to the nanosecond', () => {
  const table: [text: string, nanoseconds: number][] = [
    ['0', 0],
    ['0s', 0],
    ['1ms', 1e6],
    ['1h2m3.5s', 3723.5e9],
    ['1.5h', 5400e9],
    ['.5s', 0.5e9],
    ['1.s', 1e9],
    ['2000µs', 2e6],
    ['2000us500000ns', 2.5e6],
  ];
  for (const [text, nanoseconds] of table)
    assert.deepEqual(parseDuration(text), { ok: true, value: nanoseconds }, text);
  for (const text of ['', '5', '-5s', '+5s', '1d', 's', '.s', '5 s', '5s ', '999us', '1ns', '3000h']) {
    assert.ok(!parseDuration(text).ok, text);
  }
});

test('signals are the names of Linux, with or without SIG, and the numbers from 1 to 64', () => {
  for (const signal of ['SIGTERM', 'term', 'SIGRTMIN', 'SIGRTMIN+15', 'SIGRTMAX-14', 'SIGRTMAX', '1', '64']) {
    assert.deepEqual(outcome([`STOPSIGNAL ${signal}`]), { StopSignal: signal });
  }
  for (const signal of ['SIGRTMIN+0', 'SIGRTMIN+16', 'SIGRTMAX-15', '0', '65', '-9', 'SIG', 'SIGTERM KILL', '']) {
    assert.equal(outcome([`STOPSIGNAL ${signal}`]), REFUSED, signal);
  }
});

test('names of built-in object properties are names like any other', () => {
  assert.deepEqual(outcome(['ENV A=${constructor:-x}']), { Env: ['A=x'] });
  assert.equal(JSON.stringify(outcome(['LABEL __proto__=x'])), '{"Labels":{"__proto__":"x"}}');
});

/** The refusal of excessive changes, empty when they are accepted. Fails when they take more than 2 s of CPU. */
function tooMuch(changes: string[]): string {
  const seconds = cpuSeconds();
  const config = applyChanges(changes, {});
  const took = seconds();
  assert.ok(took < 2, `${took} s`);
  return config.ok ? '' : refusalText(config);
}

test('the size of expanded variables is bounded, however they are written', () => {
  const doubling = Array.from({ length: 40 }, (_, i) => `ENV A${i + 1}=$A${i}$A${i}`);
  assert.match(tooMuch(['ENV A0=xxxxxxxx', ...doubling]), /A\d+=.*larger than 4 MiB/);
  const long = 'x'.repeat(1000);
  for (const form of ['$A', '${A:-x}', '${A#y}', '${A//y/z}', '${A+$A}'])
    assert.match(tooMuch([`ENV A=${long}`, `ENV B=${form.repeat(9000)}`]), /larger than 4 MiB/, form);
  assert.match(tooMuch([`ENV A=${long}`, `ENV B=\${A//x/${long}}`, 'ENV C=${B//x/$B}']), /larger than 4 MiB/);
  assert.match(tooMuch(Array.from({ length: 900 }, () => 'EXPOSE 1-65535')), /larger than 4 MiB/);
});

test('no pattern, no nesting depth and no number of instructions is slow', () => {
  const stars = '*a'.repeat(2000);
  assert.match(tooMuch([`ENV A=${'a'.repeat(400_000)}`, `ENV B=\${A##${stars}b}`]), /larger than 4 MiB/);
  assert.equal(tooMuch([`ENV A=${'a'.repeat(30_000)}`, `ENV B=\${A//${'*a'.repeat(50)}b/c}`]), '');
  assert.match(tooMuch([`ENV A=${'${B:-'.repeat(50_000)}`]), /stand in each other/);
  assert.equal(tooMuch([`ENV A=${'${B:-'.repeat(90)}x${'}'.repeat(90)}`]), '');
  assert.equal(tooMuch(Array.from({ length: 10_000 }, (_, i) => `ENV A${i}=1`)), '');
  assert.equal(tooMuch([`ENV ${Array.from({ length: 50_000 }, (_, i) => `A${i}=1`).join(' ')}`]), '');
  assert.equal(tooMuch(Array.from({ length: 10_000 }, (_, i) => `LABEL a${i}=1`)), '');
  assert.equal(tooMuch(Array.from({ length: 10_000 }, (_, i) => `VOLUME /v${i}`)), '');
  assert.equal(tooMuch(Array.from({ length: 10_000 }, (_, i) => `ONBUILD RUN ${i}`)), '');
  assert.equal(tooMuch([`ENV A=${'x'.repeat(900_000)}`]), '');
});
