import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { onlyDocker, STORE } from '../support/engines-store.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { type EntrySpec, indexArchive, type PlatformSpec } from '../support/index-builder.ts';
import { archive } from '../support/tar-builder.ts';

const LADING = fileURLToPath(new URL('../../cli/lading.js', import.meta.url));
const NAME = 'docker.io/library/mp:1';
const OTHER = 'docker.io/team/other:2';

/** An archive before its conversion, and the names in it. */
interface Sample {
  file: string;
  names: string[];
}

let dir: string;
before(() => {
  dir = scratch('multi-platform');
});
after(() => removeScratch(dir));

/** The same program for each platform, so that each runs on this machine, and a file that tells the platforms apart. */
const busybox = archive([{ name: 'bin/busybox', body: readFileSync('/bin/busybox'), mode: 0o755 }]);
const on = (architecture: string, mark = ''): PlatformSpec => ({
  architecture,
  layers: [busybox, archive([{ name: 'arch', body: `${mark}${architecture}` }])],
  config: { Cmd: ['/bin/busybox', 'cat', '/arch'] },
});
const both: EntrySpec = { names: [NAME], platforms: [on('arm64'), on('amd64')] };

const SAMPLES: Record<string, () => Promise<Sample>> = {
  'saved by Docker 29': () => made('saved', indexArchive([both], { docker: true, attested: true }), [NAME]),
  'an OCI layout': () => made('layout', indexArchive([both]), [NAME]),
  'an entry for each platform, types of Docker': () =>
    made('flat', indexArchive([{ ...both, flat: true }], { dockerTypes: true }), [NAME]),
  'two images': () => {
    const other: EntrySpec = { names: [OTHER], platforms: [on('amd64', 'other '), on('s390x', 'other ')] };
    return made('two', indexArchive([both, other], { docker: true }), [NAME, OTHER]);
  },
  // Docker can save several platforms only with the containerd store.
  ...(STORE.docker === 'docker-containerd' ? { 'built by buildx': buildx } : {}),
};

async function made(name: string, bytes: Buffer, names: string[]): Promise<Sample> {
  const file = join(dir, `${name}.tar`);
  writeFileSync(file, bytes);
  return { file, names };
}

async function lading(...args: string[]): Promise<string> {
  return await run(process.execPath, [LADING, ...args], process.env);
}

const expected = (name: string, architecture: string): string => `${name === OTHER ? 'other ' : ''}${architecture}`;

for (const [title, make] of Object.entries(SAMPLES)) {
  describe(`an image for several platforms: ${title}`, () => {
    let sample: Sample;
    let image: string;
    before(async () => {
      sample = await make();
      image = join(dir, 'image.tar');
      await lading('convert', sample.file, '--quiet', '-o', image);
    });

    test('Docker runs the platform of this machine', { skip: without('dockerd', 'docker', 'runc') }, async () => {
      await using(await Docker.start(), async (docker) => {
        await docker.docker('load', '--input', image);
        const hasAll = await keepsAll(docker);
        for (const name of sample.names) {
          const shown = (...options: string[]) => docker.docker('run', '--rm', '--network=none', ...options, name);
          assert.equal(await shown(), expected(name, 'amd64'));
          if (hasAll && name === NAME) assert.equal(await shown('--platform=linux/arm64'), expected(name, 'arm64'));
        }
      });
    });

    if (onlyDocker) return;

    test('podman runs the platform of this machine', { skip: without('podman', 'runc') }, async () => {
      await using(new Podman(), async (podman) => {
        await podman.podman('load', '--quiet', '--input', image);
        for (const name of sample.names) assert.equal(await podman.run('--rm', name), expected(name, 'amd64'));
      });
    });

    test('containerd imports all platforms', { skip: without('containerd', 'ctr', 'runc') }, async () => {
      await using(await Containerd.start(), async (containerd) => {
        await containerd.ctr('images', 'import', '--all-platforms', '--no-unpack', image);
        assert.match(await containerd.ctr('images', 'ls'), /linux\/amd64,linux\/arm64|linux\/arm64,linux\/amd64/);
        for (const name of sample.names) assert.equal(await containerd.run(name), expected(name, 'amd64'));
      });
    });

    test('skopeo copies one platform, or all', { skip: without('skopeo') }, async () => {
      for (const name of sample.names) {
        const tag = name.slice(name.lastIndexOf(':') + 1);
        const one = join(dir, 'one');
        await copy(`docker-archive:${image}:${name}`, `dir:${one}`);
        assert.equal(await architectureIn(one), 'amd64');
        const all = join(dir, 'all');
        await copy(`oci-archive:${image}:${tag}`, `oci:${all}:x`, '--all');
        const { manifests } = JSON.parse(await run('skopeo', ['inspect', '--raw', `oci:${all}:x`])) as {
          manifests: { platform: { architecture: string } }[];
        };
        assert.equal(manifests.length, 2);
        for (const folder of [one, all]) await run('rm', ['-r', folder]);
      }
    });

    test('umoci takes the platform that was asked for', { skip: without('umoci') }, async () => {
      const layout = join(dir, 'unpacked');
      const alone = join(dir, 'alone.tar');
      await lading('convert', sample.file, '--quiet', '--image', NAME, '--platform', 'linux/arm64', '-o', alone);
      mkdirSync(layout);
      await run('tar', ['-C', layout, '-xf', alone]);
      await run('umoci', ['unpack', '--image', `${layout}:1`, join(layout, 'bundle')]);
      assert.equal(readFileSync(join(layout, 'bundle/rootfs/arch'), 'utf8').trim(), 'arm64');
      await run('rm', ['-r', layout]);
    });

    test('lading files shows the same platform, and any other that is asked for', async () => {
      for (const [options, architecture] of [
        [[], 'amd64'],
        [['--platform', 'arm64'], 'arm64'],
      ] as const)
        for (const file of [sample.file, image])
          assert.equal((await lading('files', file, 'arch', '--image', 'mp:1', ...options)).trim(), architecture);
    });
  });
}

async function using<Engine extends { stop(): Promise<void> }>(
  engine: Engine,
  work: (engine: Engine) => Promise<void>,
) {
  try {
    await work(engine);
  } finally {
    await engine.stop();
  }
}

/** True for a Docker with the containerd store, which keeps every platform of an image. */
async function keepsAll(docker: Docker): Promise<boolean> {
  return (await docker.docker('info', '--format', '{{.DriverStatus}}')).includes('io.containerd.snapshotter');
}

async function copy(from: string, to: string, ...options: string[]): Promise<void> {
  await run('skopeo', ['copy', '--quiet', '--insecure-policy', ...options, from, to]);
}

async function architectureIn(folder: string): Promise<string> {
  const { config } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { config: { digest: string } };
  const text = readFileSync(join(folder, config.digest.slice('sha256:'.length)), 'utf8');
  return (JSON.parse(text) as { architecture: string }).architecture;
}

/** An image that buildx built for two platforms, saved by a Docker that keeps both. */
async function buildx(): Promise<Sample> {
  const context = join(dir, 'context');
  mkdirSync(context);
  await run('cp', ['/bin/busybox', context]);
  for (const architecture of ['amd64', 'arm64']) writeFileSync(join(context, `arch-${architecture}`), architecture);
  const lines = ['FROM scratch', 'ARG TARGETARCH', 'COPY busybox /bin/', 'COPY arch-$TARGETARCH /arch'];
  writeFileSync(join(context, 'Dockerfile'), [...lines, 'CMD ["/bin/busybox","cat","/arch"]', ''].join('\n'));
  const file = join(dir, 'buildx.tar');
  await using(await Docker.start(), async (docker) => {
    await docker.docker('buildx', 'build', '--platform=linux/amd64,linux/arm64', '--tag=mp:1', context);
    await docker.docker('save', '--output', file, 'mp:1');
  });
  return { file, names: [NAME] };
}
