import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { settingsFrom } from '../../infra/settings.ts';
import { ladingApp } from './lading-app.ts';

describe('the settings of the app', () => {
  it('are read from the context by name, beside the keys of the CDK', () => {
    const context = {
      '@aws-cdk/core:newStyleStackSynthesis': true,
      'aws:cdk:bundling-stacks': ['**'],
      'availability-zones:account=1:region=eu-central-1': [],
      uploadsBucket: 'incoming',
      suffixes: '.tar,.tar.gz',
      memory: '3008',
      logDays: 30, // cdk.json may hold numbers
    };
    assert.deepEqual(settingsFrom(context), {
      uploadsBucket: 'incoming',
      suffixes: ['.tar', '.tar.gz'],
      memory: 3008,
      logDays: 30,
    });
  });

  const nonsense: [name: string, value: string, sentence: RegExp][] = [
    ['nameTemplate', 'ghcr.io/team/{name}', /has to be a name with \{name\} and \{tag\} in it/u],
    ['memory', '64', /^Cannot deploy with memory=64: it has to be a whole number of MB, 128 to 10240$/u],
    ['memory', '1 GB', /^Cannot deploy with memory=1 GB: it has to be a whole number of MB/u],
    ['convertMemory', '1e3', /whole number of MB/u],
    ['concurrency', '1', /whole number of executions, 2 to 1000$/u],
    [
      'uploadsBucket',
      's3://mine',
      /^Cannot deploy with uploadsBucket=s3:\/\/mine: it has to be the name of a bucket$/u,
    ],
    ['encryptionKey', 'alias/mine', /has to be the ARN of a KMS key$/u],
    ['alarmEmail', 'me', /has to be an e-mail address$/u],
    ['logDays', '91', /has to be one of 1, 3, 5, 7, 14, 30, .*, 3653 days$/u],
    ['prefix', '', /has to be the beginning of keys, such as team\/$/u],
    ['memroy', '512', /^Cannot deploy with memroy: there is no such setting, only stackName, .*, memory, /u],
  ];
  for (const [name, value, message] of nonsense) {
    it(`are refused in a sentence: ${name}=${value}`, () => {
      assert.throws(() => settingsFrom({ [name]: value }), { name: 'BadSetting', message });
    });
  }

  const contradictions: [settings: Record<string, string>, sentence: RegExp][] = [
    [{ uploadsBucket: 'one', resultsBucket: 'one' }, /^Cannot put results into one: the uploads are there/u],
    [{ concurrency: '8', reservedConcurrency: '4' }, /^Cannot reserve 4 executions for up to 8 at once: /u],
    [{ prefix: 'team*' }, /^Cannot filter keys by team\*: it contains one of/u],
    [{ suffixes: '.tar,' }, /^Cannot filter keys by an empty suffix/u],
  ];
  for (const [settings, message] of contradictions) {
    it(`are refused in a sentence when they contradict each other: ${JSON.stringify(settings)}`, () => {
      assert.throws(() => ladingApp({ settings: settingsFrom(settings) }), { name: 'BadSetting', message });
    });
  }
});

describe('the table of settings in docs/operations.md', () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

  it('has every setting of the stack, with the name that it has in the construct', () => {
    const [page = ''] = read('docs/operations.md').split('\n## What runs');
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (?:`([\w.]+)`)? +\| .* \|$/gm)];
    const table = new Map(rows.map(([, setting = '', property]) => [setting, property]));
    const message = `Cannot deploy with unknown: there is no such setting, only ${[...table.keys()].join(', ')}`;
    assert.throws(() => settingsFrom({ unknown: '' }), { message });
    const passed = read('infra/lading-stack.ts')
      .split('\n')
      .flatMap((line) => {
        const property = /(\w+)(?::| =) /.exec(line)?.[1];
        const settings = [...line.matchAll(/settings\.(\w+)/g)].map(([, setting = '']) => setting);
        return property === undefined ? [] : settings.map((setting) => [setting, property]);
      });
    const told = [...table].flatMap(([setting, property]) =>
      property === undefined ? [] : [[setting, property.split('.')[0]]],
    );
    assert.deepEqual(Object.fromEntries(told), Object.fromEntries(passed));
  });
});
