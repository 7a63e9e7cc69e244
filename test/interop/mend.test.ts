import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { Docker } from '../support/engines-docker.ts';
import { isCurrent, STORE } from '../support/engines-store.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { archive, type Entry, header, sealed } from '../support/tar-builder.ts';
import { LADING } from './converters.ts';
import { listMembers, type Members } from './members.ts';
import { busyboxTar, imageArchive } from './verdict-archive.ts';

/** An archive that Docker refuses, and that loads after it was mended. */
interface Case {
  what: string;
  make: (base: Buffer) => Buffer;
  /** What Docker does with an image of the archive as it is. */
  fails: { at: 'load' | 'run' | 'save'; printing: RegExp } | null;
  /** The kinds of changes that the manifest lists, with their numbers. */
  counts: ArchiveManifest['mended'] extends infer M ? NonNullable<M>['counts' & keyof NonNullable<M>] : never;
  /** Changes the members of the upload as mending changes them. */
  change?: (members: Members) => void;
}

const classic = STORE.docker === 'docker';
// With the containerd store, layers are unpacked when a container is made.
const refused = (printing: RegExp, by = true): Case['fails'] =>
  by ? { at: classic ? 'load' : 'run', printing } : null;
const file = (name: string, body: string, more: Partial<Entry> = {}): Entry => ({ name, body, ...more });

/** The archive of the base with more members. */
const plus =
  (...entries: Entry[]) =>
  (base: Buffer) =>
    Buffer.concat([base, archive(entries)]);

/** Renames the members of a map that lists an archive. */
function rename(members: Members, to: (name: string) => string | null): void {
  for (const [name, facts] of Array.from(members)) {
    members.delete(name);
    const changed = to(name.slice(1, -1));
    if (changed !== null) members.set(`'${changed}'`, facts);
  }
}

const CASES: Case[] = [
  {
    what: 'a file that was appended once more',
    make: plus(file('./srv/mark', 'old'), file('./srv/mark', 'new')),
    fails: refused(/duplicates of file paths not supported/, classic),
    counts: { replaced: 1 },
  },
  {
    what: 'a hard link before its target',
    make: plus({ name: './srv/early', type: '1', linkname: './srv/mark' }, file('./srv/mark', 'new')),
    fails: refused(/no such file or directory/),
    counts: { 'link-moved': 1 },
  },
  {
    what: 'a hard link whose target never comes',
    make: plus({ name: './srv/never', type: '1', linkname: './srv/none' }, file('./srv/mark', 'new')),
    fails: refused(/no such file or directory/),
    counts: { 'link-left-out': 1 },
    change: (members) => members.delete("'srv/never'"),
  },
  {
    what: 'a sparse file of GNU tar',
    make: (base) => {
      const block = header({ name: './srv/disk', type: 'S', magic: 'gnu', size: 0 });
      block.write('00000100000\0', 483, 'latin1');
      return Buffer.concat([base, sealed(block), archive([file('./srv/mark', 'new')])]);
    },
    fails: refused(/unhandled tar header type 83/),
    counts: { expanded: 1 },
  },
  {
    what: 'a volume label',
    make: (base) => Buffer.concat([header({ name: 'label', type: 'V' }), plus(file('./srv/mark', 'new'))(base)]),
    fails: refused(/unhandled tar header type 86/),
    counts: { 'odd-left-out': 1 },
    change: (members) => members.delete("'label'"),
  },
  {
    what: 'a path that leads upward',
    make: plus(file('../srv/mark', 'new')),
    fails: refused(/invalid entry name/, classic && isCurrent),
    counts: { renamed: 1 },
    change: (members) => rename(members, (name) => name.replace('../', '')),
  },
  {
    what: 'attributes and files of macOS',
    make: plus(
      file('./srv/mark', 'new', { pax: { 'SCHILY.xattr.com.apple.provenance': '\x01\x02' } }),
      file('./srv/._mark', '\x00\x05\x16\x07 and more'),
    ),
    fails: refused(/operation not supported/, classic && isCurrent),
    counts: { attributes: 1, 'apple-double': 1 },
    change: (members) => members.delete("'srv/._mark'"),
  },
  {
    what: 'a folder around the root file system',
    make: (base) => inFolder(plus(file('./srv/mark', 'new'))(base), 'web/'),
    fails: { at: 'run', printing: /no such file or directory|not found/ },
    counts: { 'folder-stripped': 1 },
    change: (members) => rename(members, (name) => name.replace(/^web\/?/, '') || '.'),
  },
  {
    what: 'an image of Incus',
    make: (base) =>
      Buffer.concat([
        archive([file('metadata.yaml', 'architecture: x86_64\n')]).subarray(0, 1024),
        inFolder(plus(file('./srv/mark', 'new'))(base), 'rootfs/'),
      ]),
    fails: { at: 'run', printing: /no such file or directory|not found/ },
    counts: { 'folder-stripped': 1, outside: 1 },
    change: (members) =>
      rename(members, (name) => (name === 'metadata.yaml' ? null : name.replace(/^rootfs\/?/, '') || '.')),
  },
  {
    what: 'a missing end', // Docker reads it; other programs say that it was cut off
    make: (base) => plus(file('./srv/mark', 'new'))(base).subarray(0, -1024),
    fails: null,
    counts: { 'end-added': 1 },
  },
  {
    what: 'an end that is cut off',
    make: (base) => plus(file('./srv/mark', 'new'))(base).subarray(0, -700),
    fails: refused(/unexpected EOF/),
    counts: { 'end-added': 1 },
  },
  {
    what: 'a sparse file in PAX form',
    make: plus(
      file('./srv/mark', 'new'),
      file('GNUSparseFile.1/disk', `${'1\n99999\n1\n'.padEnd(512, '\0')}x`, {
        pax: {
          'GNU.sparse.major': '1',
          'GNU.sparse.minor': '0',
          'GNU.sparse.name': './srv/disk',
          'GNU.sparse.realsize': '100000',
        },
      }),
    ),
    fails: classic ? { at: 'save', printing: /layer|write too long/ } : null,
    counts: { expanded: 1 },
  },
];

describe('archives that are mended', { skip: without('dockerd', 'docker', 'runc') }, () => {
  let dir: string;
  let docker: Docker;
  let base: Buffer;
  before(async () => {
    dir = scratch('mend');
    docker = await Docker.start();
    base = await busyboxTar(dir);
  });
  after(async () => {
    await docker?.stop();
    await removeScratch(dir);
  });

  for (const [at, each] of CASES.entries()) {
    test(`${each.what}: Docker loads and runs it after mending, and only the listed changes were made`, async () => {
      const place = join(dir, String(at));
      mkdirSync(place);
      const upload = each.make(base);
      const [input, image] = [join(place, 'upload.tar'), join(place, 'image.tar')];
      writeFileSync(input, upload);
      if (each.fails !== null) await assert.rejects(asItIs(upload, each.fails.at, place), each.fails.printing);
      const manifest = convert(input, image);
      assert.deepEqual(manifest.mended?.counts, each.counts);
      await docker.docker('load', '--input', image);
      const show = ['run', '--rm', '--network', 'none', 'mended:1', '/bin/busybox', 'cat', '/srv/mark'];
      assert.equal(await docker.docker(...show), 'new');
      await docker.docker('save', '--output', join(place, 'saved.tar'), 'mended:1');
      const members = await listMembers(input);
      each.change?.(members);
      assert.deepEqual(await listMembers(await layerOf(manifest, image, place)), members);
    });
  }

  test('layers of an image: Docker refuses the image as it is, and loads and runs it after mending', async () => {
    const [input, image] = [join(dir, 'image-archive.tar'), join(dir, 'image.tar')];
    const odd = archive([{ name: 'srv/early', type: '1', linkname: 'srv/mark' }, file('srv/mark', 'new')]);
    writeFileSync(input, imageArchive(base, 'odd', { contents: (sound) => [...sound, odd] }));
    if (classic) await assert.rejects(docker.docker('load', '--input', input), /no such file or directory/);
    const manifest = convert(input, image);
    assert.deepEqual(manifest.mended?.counts, { 'link-moved': 1 });
    await docker.docker('load', '--input', image);
    const show = ['run', '--rm', '--network', 'none', 'mended:1', '/bin/busybox', 'cat', '/srv/early'];
    assert.equal(await docker.docker(...show), 'new');
    const [stored] = manifest.images;
    assert.deepEqual(
      manifest.result?.images[0]?.layers.slice(0, 2).map(({ diffID }) => diffID),
      stored?.layers.slice(0, 2).map(({ diffID }) => diffID),
    );
  });

  /** Does with an archive what Docker fails to do, in an image that has it as its only layer. */
  async function asItIs(upload: Buffer, what: 'load' | 'run' | 'save', place: string): Promise<void> {
    const naive = join(place, 'naive.tar');
    const name = `naive:${place.replaceAll(/\D/g, '')}`;
    writeFileSync(
      naive,
      imageArchive(base, 'naive', { contents: () => [upload], names: [`docker.io/library/${name}`] }),
    );
    await docker.docker('load', '--input', naive);
    if (what === 'run') await docker.docker('run', '--rm', '--network', 'none', name, '/bin/busybox', 'true');
    if (what === 'save') await docker.docker('save', '--output', join(place, 'again.tar'), name);
  }
});

function convert(input: string, image: string): ArchiveManifest {
  const args = ['convert', input, '--mend', '--name', 'mended:1', '-o', image, '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, [LADING, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as ArchiveManifest;
}

/** Takes the only layer out of an image archive. */
async function layerOf({ result }: ArchiveManifest, image: string, place: string): Promise<string> {
  const digest = result?.images[0]?.layers[0]?.digest ?? '';
  const path = `blobs/${digest.replace(':', '/')}`;
  await run('tar', ['-xf', image, '-C', place, path]);
  return join(place, path);
}

/** The members of an archive, all in a folder. The names must have room for it, and must begin with `./`. */
function inFolder(bytes: Buffer, folder: string): Buffer {
  const moved = Buffer.from(bytes);
  for (let at = 0; moved.toString('latin1', at + 257, at + 262) === 'ustar';) {
    const name = moved.toString('latin1', at, at + 100).replace(/\0.*$/, '');
    moved.fill(0, at, at + 100);
    moved.write(name.replace('./', folder), at, 'latin1');
    const size = Number.parseInt(moved.toString('latin1', at + 124, at + 135), 8);
    sealed(moved.subarray(at, at + 512));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return moved;
}
