import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPlatform, normalizePlatform, parsePlatform, samePlatform } from '../../../core/model/platform.ts';
import { refusalText } from '../../support/refusal.ts';
import { fc } from '../../support/properties.ts';

function read(text: string): string {
  const platform = parsePlatform(text);
  return platform.ok ? formatPlatform(platform.value) : refusalText(platform);
}

test('platforms are read with the names that containerd gives them', () => {
  const table: [text: string, platform: string][] = [
    ['linux/amd64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['arm64', 'linux/arm64'],
    ['aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64/v8'],
    ['linux/arm64/8', 'linux/arm64/v8'],
    ['linux/arm64/v8.0', 'linux/arm64/v8'],
    ['linux/arm64/v9.0', 'linux/arm64/v9'],
    ['x86_64', 'linux/amd64'],
    ['x86-64', 'linux/amd64'],
    ['linux/i386', 'linux/386'],
    ['armhf', 'linux/arm'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/armhf/v6', 'linux/arm/v7'],
    ['linux/arm', 'linux/arm'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['Linux/ARM/V5', 'linux/arm/v5'],
    ['linux/riscv64', 'linux/riscv64'],
    ['macos/arm64', 'darwin/arm64'],
    ['windows/amd64', 'windows/amd64'],
  ];
  for (const [text, platform] of table) assert.equal(read(text), platform, text);
});

test('a text that is not a platform is refused, and the wrong part is named', () => {
  assert.match(read('linux'), /names no architecture/);
  assert.match(read(''), /os\/architecture/);
  assert.match(read('linux/'), /os\/architecture/);
  assert.match(read('linux/arm/v7/x'), /os\/architecture/);
  assert.match(read('linux/arm46'), /"arm46" is not an architecture/);
  assert.match(read('lunix/arm64'), /"lunix" is not an operating system/);
  assert.match(read('linux/arm/v77'), /"v77" is not a variant of arm/);
  assert.match(read('linux/constructor'), /"constructor" is not an architecture/);
  assert.match(read('windows(10.0.17763)/amd64'), /not an operating system/);
});

test('a platform that was read is read again from its own text', () => {
  const part = fc.constantFrom(
    'linux',
    'arm',
    'arm64',
    'armhf',
    'armel',
    'amd64',
    'i386',
    'v6',
    'v7',
    'v8',
    '8',
    'v1',
    'v9.0',
    'x',
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
      const platform = parsePlatform(parts.join('/'));
      if (platform.ok) assert.deepEqual(parsePlatform(formatPlatform(platform.value)), platform);
    }),
  );
});

test('arm64 equals arm64/v8 and arm equals arm/v7, and no other platforms are equal', () => {
  const arm64 = { os: 'linux', architecture: 'arm64' };
  const arm = { os: 'linux', architecture: 'arm' };
  assert.ok(samePlatform(arm64, { ...arm64, variant: 'v8' }));
  assert.ok(samePlatform({ ...arm, variant: 'v7' }, arm));
  assert.ok(
    samePlatform({ os: 'linux', architecture: 'x86_64' }, { os: 'linux', architecture: 'amd64', variant: 'v1' }),
  );
  assert.ok(!samePlatform(arm, { ...arm, variant: 'v6' }));
  assert.ok(!samePlatform(arm, arm64));
  assert.ok(!samePlatform(arm64, { ...arm64, os: 'freebsd' }));
});

test('a spelling that an engine itself writes is never refused', () => {
  assert.deepEqual(normalizePlatform('Linux', 'aarch64'), { os: 'linux', architecture: 'arm64' });
  assert.deepEqual(normalizePlatform('linux', 'constructor', 'v0'), {
    os: 'linux',
    architecture: 'constructor',
    variant: 'v0',
  });
});
