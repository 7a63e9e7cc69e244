import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleFor } from '../../cli/page-style.ts';
import { clientSection } from '../../cli/print/clients.ts';
import type { ClientVerdict } from '../../core/clients/verdicts.ts';

const verdict = (client: ClientVerdict['client'], loads: boolean | null, more = {}): ClientVerdict => ({
  client,
  loads,
  why: null,
  zh: null,
  ...more,
});

function lines(language: 'en' | 'zh', clients: ClientVerdict[]): string[] {
  const page = clientSection({ clients, images: [] }, styleFor({}, language, {}));
  return page.split('\n').map((line) => line.trim().replace(/ {2,}/, ': '));
}

const SOME = [
  verdict('docker', true, { since: '23.0', before: '29.0', why: 'early; late', zh: '早；晚' }),
  verdict('podman', true),
  verdict('umoci', false, { why: 'no', zh: '不' }),
  verdict('crane', null, { why: 'not tried', zh: '没有试过' }),
];

test('a page says which versions load an archive, and which clients are not known', () => {
  assert.deepEqual(
    lines('en', SOME).filter((line) => line !== ''),
    [
      'loads in: podman',
      'Docker from 23.0 on before 29.0: early; late',
      'not in: umoci: no',
      'not known in: crane: not tried',
    ],
  );
  assert.deepEqual(
    lines('zh', SOME).filter((line) => line !== ''),
    ['可加载: podman', 'Docker 23.0 起 29.0 之前: 早；晚', '不可加载: umoci: 不', '尚不清楚: crane: 没有试过'],
  );
});

test('services and programs that nobody has tried here have lines of their own, for an image archive only', () => {
  const ruled = [
    verdict('docker', true),
    verdict('ecr', true, { by: 'rule' }),
    verdict('lambda', false, { by: 'rule', why: 'no', zh: '不' }),
    verdict('docker-archive-only', null, { by: 'rule', why: 'odd', zh: '怪' }),
  ];
  const image = { names: [], layers: [] } as never;
  const page = clientSection({ clients: ruled, images: [image] }, styleFor({}, 'en', {}));
  assert.deepEqual(
    page
      .split('\n')
      .map((line) => line.trim().replace(/ {2,}/, ': '))
      .filter((line) => line !== ''),
    [
      'loads in: every client: Docker',
      'by rule: Amazon ECR: takes it',
      'AWS Lambda: does not take it; no',
      'docker-archive-only (older RouterOS, Cisco IOx): not known; odd',
    ],
  );
  assert.ok(!lines('en', ruled).some((line) => line.includes('Lambda')));
});

test('a client whose verdict is not known does not count as one that fails', () => {
  const unknown = [verdict('crane', null, { why: 'not tried', zh: '没有试过' })];
  assert.deepEqual(
    lines('en', unknown).filter((line) => line !== ''),
    ['loads in: no client as it is', 'not known in: crane: not tried'],
  );
});
