import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Docker } from '../support/engines-docker.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { LADING } from './converters.ts';

const DEMO = fileURLToPath(new URL('../../examples/web.tar.gz', import.meta.url));

/** An input that is not a container archive, how it is made, and what must be said about it. */
interface Refused {
  what: string;
  make: (file: string) => Promise<void> | void;
  says: RegExp;
}

const REFUSED: readonly Refused[] = [
  {
    what: 'an export that ends in the middle of a member',
    make: (file) => writeFileSync(file, demo().subarray(0, 1_000_000)),
    says: /inside bin\/busybox.*after byte 1,000,000/,
  },
  {
    what: 'a gzipped export that ends early',
    make: (file) => writeFileSync(file, readFileSync(DEMO).subarray(0, 500_000)),
    says: /gzip.*at byte 500,000/,
  },
  { what: 'a text file', make: (file) => writeFileSync(file, 'Dear loader,\n'.repeat(200)), says: /text file/ },
  { what: 'an empty file', make: (file) => writeFileSync(file, ''), says: /empty: it has 0 bytes/ },
  {
    what: 'a gzip of a gzip of a gzip',
    make: (file) => writeFileSync(file, gzipSync(gzipSync(readFileSync(DEMO)))),
    says: /gzip data inside gzip/,
  },
  {
    what: 'a zip of two archives',
    make: async (file) => {
      writeFileSync(`${file}.tar`, demo());
      await run('python3', ['-m', 'zipfile', '-c', file, DEMO, `${file}.tar`]);
    },
    says: /a zip file/,
  },
  {
    what: 'an export with a path twice',
    make: async (file) => {
      const dir = `${file}.more`;
      mkdirSync(join(dir, 'etc'), { recursive: true });
      writeFileSync(join(dir, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
      writeFileSync(file, demo());
      await run('tar', ['-C', dir, '-rf', file, 'etc/passwd']);
    },
    says: /path etc\/passwd occurs twice/,
  },
];

function demo(): Buffer {
  return gunzipSync(readFileSync(DEMO));
}

describe('input that cannot be converted', { skip: without('dockerd', 'docker', 'python3', 'tar') }, () => {
  let dir: string;
  let docker: Docker;
  before(async () => {
    dir = scratch('refused');
    docker = await Docker.start();
  });
  after(async () => {
    await docker.stop();
    await removeScratch(dir);
  });

  for (const { what, make, says } of REFUSED) {
    test(`${what} is refused in a sentence of its own, and no file is written`, async () => {
      const input = join(dir, what.replaceAll(' ', '-'));
      await make(input);
      const place = `${input}.output`;
      mkdirSync(place);
      const { status, stdout, stderr } = convert(input, join(place, 'image.tar'));
      assert.match(stderr, says);
      assert.equal(status, 3, stderr);
      assert.equal(stdout, '');
      assert.deepEqual(readdirSync(place), []);
    });
  }

  test('an archive of docker save is not taken for a root file system: it stays the same image, under the new name', async () => {
    const input = join(dir, 'saved.tar');
    const output = join(dir, 'renamed.tar');
    await docker.docker('import', DEMO, 'saved:1');
    await docker.docker('save', '--output', input, 'saved:1');
    const id = await docker.docker('image', 'inspect', '--format', '{{.Id}}', 'saved:1');
    await docker.docker('rmi', 'saved:1');
    const { status, stderr } = convert(input, output);
    assert.equal(status, 0, stderr);
    await docker.docker('load', '--input', output);
    assert.equal(
      await docker.docker('image', 'inspect', '--format', '{{.Id}} {{.RepoTags}}', 'web:1'),
      `${id} [web:1]`,
    );
  });

  test('a refused archive leaves an older output file as it was', () => {
    const input = join(dir, 'text');
    const output = join(dir, 'kept.tar');
    writeFileSync(input, 'not an archive');
    copyFileSync(DEMO, output);
    assert.equal(convert(input, output).status, 3);
    assert.ok(existsSync(output));
    assert.deepEqual(readFileSync(output), readFileSync(DEMO));
  });
});

function convert(input: string, output: string): { status: number | null; stdout: string; stderr: string } {
  const args = [LADING, 'convert', input, '--name', 'web:1', '--output', output];
  return spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}
