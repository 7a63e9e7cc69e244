import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { Docker } from '../support/engines-docker.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { LADING } from './converters.ts';
import { dockerRoot, ladingRoot, rootFacts } from './root-facts.ts';
import { busyboxTar, markedRoot } from './verdict-archive.ts';

/** Commands of the steps of an image, which change the files of earlier steps. */
const STEPS = [
  'mkdir -p /srv/a/b /srv/c && echo one >/srv/a/one && echo two >/srv/a/b/two && ln /srv/a/one /srv/hard && ln -s a /srv/link',
  'rm -r /srv/a/b && echo changed >>/srv/a/one && chmod 4755 /srv/a/one && rm -r /srv/c && echo file >/srv/c',
  'rm -r /srv/a && mkdir /srv/a && echo new >/srv/a/new && rm /srv/c && mkdir /srv/c && mkfifo /srv/fifo && chown 7:8 /srv/c',
  'mv /srv/a /srv/moved && rm /bin/cat && rm /srv/hard && mkdir /srv/hard',
];

/** The members that Docker adds to each container. */
const DOCKERS_OWN = /^(?:\.dockerenv|(?:dev|proc|sys)(?:\/.*)?|etc\/(?:hostname|hosts|mtab|resolv\.conf)|etc)$/;

describe('the files of an image', { skip: without('dockerd', 'docker', 'tar', 'python3') }, () => {
  let dir: string;
  let saved: string;
  let exported: string;
  let docker: Docker;
  before(async () => {
    dir = scratch('files');
    [saved, exported] = [join(dir, 'saved.tar'), join(dir, 'exported.tar')];
    docker = await Docker.start();
    await makeArchives();
  });
  after(async () => {
    await docker.stop();
    await removeScratch(dir);
  });

  /** Saves the image, and exports a container of it, in which Docker has merged the layers. */
  async function makeArchives(): Promise<void> {
    const root = join(dir, 'root.tar');
    writeFileSync(root, markedRoot(await busyboxTar(dir), 'mark', 'files'));
    await docker.docker('import', '--change', 'CMD ["/bin/busybox", "cat", "/srv/moved/new"]', root, 'files:0');
    for (const [i, step] of STEPS.entries()) {
      await docker.docker('run', '--name', `box${i}`, '--network', 'none', `files:${i}`, '/bin/sh', '-c', step);
      await docker.docker(
        'commit',
        '--change',
        'CMD ["/bin/busybox", "cat", "/srv/moved/new"]',
        `box${i}`,
        `files:${i + 1}`,
      );
    }
    await docker.docker('save', '--output', saved, `files:${STEPS.length}`);
    await docker.docker('create', '--name', 'last', `files:${STEPS.length}`, '/bin/sh');
    await docker.docker('export', '--output', exported, 'last');
  }

  test("its layers merge to what Docker's own container of it holds", async () => {
    const [merged, whole] = [await listed(saved), await listed(exported)];
    assert.ok(merged.size > 20, 'the list is not empty');
    assert.deepEqual(merged, whole);
  });

  test('its root file system is what Docker exports, and converted again it runs', async () => {
    assert.deepEqual(await ladingRoot(saved, dir), await rootFacts(exported));
    const [root, again] = [join(dir, 'rootfs.tar'), join(dir, 'again.tar')];
    await lading('convert', root, '--inspect', join(dir, 'rootfs.json'), '--name', 'again:1', '-o', again, '-q');
    await isTheSame('again:1', again, 1);
  });

  test('with all layers or the upper ones made one, it is the same container, and runs', async () => {
    for (const [name, layers, ...options] of [
      ['flat:1', 1, '--flatten'],
      ['squashed:1', 3, '--squash', '3'],
    ] as const) {
      const image = join(dir, 'merged.tar');
      await lading('convert', saved, '--name', name, '-o', image, '-q', ...options);
      await isTheSame(name, image, layers);
    }
  });

  /** Checks that a container of an image prints what it should, and has the files of the exported one. */
  async function isTheSame(name: string, image: string, layers: number): Promise<void> {
    await docker.docker('load', '--input', image);
    assert.equal(await docker.docker('run', '--rm', '--network', 'none', name), 'new');
    const ids = await docker.docker('inspect', '--format', '{{range .RootFS.Layers}}{{println .}}{{end}}', name);
    assert.equal(ids.split('\n').length, layers);
    assert.deepEqual(await dockerRoot(docker, name, dir), await rootFacts(exported));
  }

  test("the figures of what is inside are those of Docker's own container of it", async () => {
    const manifest = JSON.parse(await lading('inspect', '--json', '--contents', saved)) as ArchiveManifest;
    const [image] = manifest.contents?.images ?? [];
    const inside = (await run('tar', ['-tvf', exported, '--numeric-owner']))
      .trim()
      .split('\n')
      .map((line) => /^(.)\S+ +\S+ +(\S+) \S+ \S+ (.*?)\/?(?: -> .*| link to .*)?$/.exec(line) ?? [])
      .filter(([, type, , path = '']) => type !== 'd' && !DOCKERS_OWN.test(path));
    const bytes = inside.reduce((total, [, type, size]) => total + (type === '-' ? Number(size) : 0), 0);
    assert.deepEqual([image?.files, image?.bytes], [inside.length, bytes]);
    // The steps write a few short texts, and delete or replace `/bin/cat` and most of the texts.
    assert.equal(image?.layers.length, STEPS.length + 1);
    assert.deepEqual(
      image.lost.find(({ path }) => path === 'srv/a/b/two'),
      {
        path: 'srv/a/b/two',
        bytes: 4,
        layer: 1,
        by: 2,
        how: 'deleted',
      },
    );
    const stored = image.layers.reduce((total, layer) => total + layer.bytes, 0);
    assert.equal(image.wasted.bytes, stored - bytes);
  });

  test('an archive is listed as tar lists it', async () => {
    const paths = (await run('tar', ['-tf', exported]))
      .trim()
      .split('\n')
      .map((path) => path.replace(/\/$/, ''));
    const own = (await files(exported))
      .trim()
      .split('\n')
      .map((line) => pathIn(line));
    assert.deepEqual(own.toSorted(), paths.toSorted());
  });

  test('a file has the content that it has in the container', async () => {
    for (const path of ['srv/moved/new', 'mark', 'bin/busybox'])
      assert.equal(await sum(files(saved, path)), await sum(run('tar', ['-xOf', exported, path])), path);
  });
});

function lading(...args: string[]): Promise<string> {
  return run(process.execPath, [LADING, ...args], process.env);
}

function files(...args: string[]): Promise<string> {
  return lading('files', ...args);
}

/** Each path with its line in the list, without times and without the members that Docker adds. */
async function listed(archive: string): Promise<Map<string, string>> {
  const lines = (await files(archive)).trim().split('\n');
  const shown = lines.map(
    (line) => [pathIn(line), line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, '').replace(/ +/g, ' ')] as const,
  );
  return new Map(shown.filter(([path]) => !DOCKERS_OWN.test(path)));
}

function pathIn(line: string): string {
  return /\d\d:\d\d (.*?)\/?(?: -> .*| link to .*)?$/.exec(line)?.[1] ?? '';
}

async function sum(text: Promise<string>): Promise<number> {
  return [...Buffer.from(await text)].reduce((total, byte) => (total * 31 + byte) % 1_000_003, 7);
}
