import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { Registry } from '../support/engines-registry.ts';
import { isCurrent, onlyDocker } from '../support/engines-store.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { indexArchive } from '../support/index-builder.ts';
import { archive } from '../support/tar-builder.ts';

const LADING = fileURLToPath(new URL('../../cli/lading.js', import.meta.url));

const root = archive([
  { name: 'bin/', type: '5', mode: 0o755 },
  { name: 'bin/busybox', body: readFileSync('/bin/busybox'), mode: 0o755 },
  { name: 'etc/', type: '5', mode: 0o755 },
  { name: 'etc/word', body: 'lowest' },
  { name: 'usr/', type: '5', mode: 0o755 },
]);
const word = (text: string): Buffer => archive([{ name: 'etc/word', body: text }]);
const config = { Cmd: ['/bin/busybox', 'cat', '/etc/word'] };

/** An upload, the options of its conversion, its image's names, and the output of a container of each. */
interface Sample {
  upload: Buffer;
  options: string[];
  names: Record<string, string>;
}

const SAMPLES: Record<string, Sample> = {
  'a root file system in gzip, with two names': {
    upload: gzipSync(root),
    options: ['--name=old:1', '--name=ghcr.io/team/old:2', '--change=CMD ["/bin/busybox", "cat", "/etc/word"]'],
    names: { 'old:1': 'lowest', 'ghcr.io/team/old:2': 'lowest' },
  },
  'two images that share layers, one of them twice': {
    upload: dockerArchive([
      { names: ['one:1'], layers: [root, gzipSync(word('one')), word('two'), gzipSync(word('one'))], config },
      { names: ['two:1'], layers: [root, word('two')], config },
    ]),
    options: [],
    names: { 'one:1': 'one', 'two:1': 'two' },
  },
  'an image for several platforms': {
    upload: indexArchive([
      {
        names: ['docker.io/library/mp:1'],
        platforms: ['arm64', 'amd64'].map((architecture) => ({
          architecture,
          layers: [root, word(architecture)],
          config,
        })),
      },
    ]),
    options: [],
    names: { 'mp:1': 'amd64' },
  },
};

/** The name that an engine has for an image without a registry in its name. */
const under = (prefix: string, name: string): string => (name.includes('/') ? name : prefix + name);

describe('image archives in the layout docker', () => {
  let dir: string;
  const files = new Map<string, string>();

  before(async () => {
    dir = scratch('docker-layout');
    for (const [at, { upload, options }] of Object.values(SAMPLES).entries()) {
      const [file, image] = [join(dir, `upload-${at}.tar`), join(dir, `image-${at}.tar`)];
      writeFileSync(file, upload);
      await run(
        process.execPath,
        [LADING, 'convert', file, '--quiet', '--layout=docker', ...options, '-o', image],
        process.env,
      );
      files.set(Object.keys(SAMPLES)[at] ?? '', image);
    }
  });
  after(() => removeScratch(dir));

  /** Calls `check` with each image archive and its names. */
  async function each(check: (image: string, names: [string, string][]) => Promise<void>): Promise<void> {
    for (const [title, { names }] of Object.entries(SAMPLES))
      await check(files.get(title) ?? assert.fail(), Object.entries(names));
  }

  test('Docker loads and runs them', { skip: without('dockerd', 'docker', 'runc') }, async () => {
    await using(await Docker.start(), (docker) =>
      each(async (image, names) => {
        await docker.docker('load', '--input', image);
        for (const [name, output] of names) {
          assert.equal(await docker.docker('run', '--rm', '--network=none', name), output);
          await docker.docker('rmi', name);
        }
      }),
    );
  });

  if (onlyDocker) return;

  test('podman loads and runs them, short names below localhost', { skip: without('podman', 'runc') }, async () => {
    await using(new Podman(), (podman) =>
      each(async (image, names) => {
        await podman.podman('load', '--quiet', '--input', image);
        for (const [name, output] of names) assert.equal(await podman.run('--rm', under('localhost/', name)), output);
      }),
    );
  });

  test('containerd imports and runs them', { skip: without('containerd', 'ctr', 'runc') }, async () => {
    await using(await Containerd.start(), (containerd) =>
      each(async (image, names) => {
        await containerd.import(image);
        for (const [name, output] of names)
          assert.equal(await containerd.run(under('docker.io/library/', name)), output);
      }),
    );
  });

  test('skopeo copies them as docker archives, and finds no OCI layout', { skip: without('skopeo') }, async () => {
    await each(async (image, names) => {
      for (const [name] of names) await run('skopeo', ['inspect', '--raw', `docker-archive:${image}:${name}`]);
      await assert.rejects(run('skopeo', ['inspect', `oci-archive:${image}`]), /index\.json: no such file/);
    });
  });

  test('umoci finds no OCI layout', { skip: without('umoci') }, async () => {
    await each(async (image) => {
      const layout = join(dir, 'unpacked');
      await run('mkdir', [layout]);
      await run('tar', ['-C', layout, '-xf', image]);
      await assert.rejects(run('umoci', ['ls', '--layout', layout]), /invalid image/);
      await run('rm', ['-r', layout]);
    });
  });

  // Debian 12 has no crane.
  if (!isCurrent) return;
  test('crane pushes those of a single image', { skip: without('crane') }, async () => {
    await using(await Registry.start(), async ({ address }) => {
      const [single = assert.fail()] = files.values();
      await run('crane', ['push', '--insecure', single, `${address}/old:1`]);
      assert.match(await run('crane', ['config', '--insecure', `${address}/old:1`]), /busybox/);
    });
  });
});

async function using<Engine extends { stop(): Promise<void> }>(
  engine: Engine,
  use: (engine: Engine) => Promise<void>,
): Promise<void> {
  try {
    await use(engine);
  } finally {
    await engine.stop();
  }
}
