import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './engines.ts';

/** A root file system to make containers from. */
export interface Base {
  readonly name: string;
  /** Fills an empty folder with the root file system. */
  make(root: string): Promise<unknown>;
}

const DEBIAN_ROOT = fileURLToPath(new URL('../../scripts/debian-root.sh', import.meta.url));

export const BUSYBOX: Base = { name: 'busybox', make: makeBusybox };
export const DEBIAN: Base = { name: 'Debian', make: (root) => run(DEBIAN_ROOT, [root], process.env) };

async function makeBusybox(root: string): Promise<void> {
  for (const dir of ['bin', 'etc', 'srv', 'tmp', 'usr/local/bin', 'var'])
    mkdirSync(join(root, dir), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
  await run('chroot', [root, '/bin/busybox', '--install', '-s', '/bin']);
}

/** The config of a container of `addLife`'s root, and what its program has printed after a second run. */
export const STORY = {
  changes: [
    'CMD ["/usr/local/bin/start"]',
    'ENV PATH=/usr/bin:/bin',
    'ENV GREETING=hello',
    'USER 1000:1000',
    'WORKDIR /srv/work',
  ],
  secondRun: ['made by the image', 'run by 1000 in /srv/work: hello', 'run by 1000 in /srv/work: hello'].join('\n'),
} as const;

/** Adds a program whose output shows CMD, ENV, USER, WORKDIR and a changed file all at once. */
export function addLife(root: string): void {
  mkdirSync(join(root, 'srv/work'));
  writeFileSync(join(root, 'srv/note'), 'made by the image\n');
  for (const path of ['srv/note', 'srv/work']) chownSync(join(root, path), 1000, 1000);
  const lines = [
    '#!/bin/sh',
    'echo "run by $(id -u) in $PWD: $GREETING" >>/srv/note',
    ': >/srv/work/new',
    'cat /srv/note',
  ];
  writeFileSync(join(root, 'usr/local/bin/start'), `${lines.join('\n')}\n`);
  chmodSync(join(root, 'usr/local/bin/start'), 0o755);
}

/** The path of a file with a capability. It has only one name, as Docker removes the capability of a file with two. */
export const CAPABLE = 'usr/local/bin/capable';
/** The path of a file with the setuid bit. */
export const SETUID = 'srv/odd/setuid';

/** Adds a file of each kind that a careless conversion loses. */
export async function addOddities(root: string): Promise<void> {
  const odd = join(root, 'srv/odd');
  mkdirSync(odd);
  addNames(odd);
  addLinks(odd);
  addModes(odd);
  for (const size of [0, 1, 511, 512, 513, 70_000]) writeFileSync(join(odd, `size-${size}`), 'x'.repeat(size));
  await run('mknod', [join(odd, 'null'), 'c', '1', '3']);
  await run('mkfifo', [join(odd, 'fifo')]);
  copyFileSync('/bin/busybox', join(root, CAPABLE));
  chmodSync(join(root, CAPABLE), 0o755);
  await run('setcap', ['cap_net_raw,cap_net_bind_service+ep', join(root, CAPABLE)]);
}

function addNames(odd: string): void {
  const deep = join(odd, 'd'.repeat(120), 'e'.repeat(120), 'f'.repeat(120));
  mkdirSync(dirname(deep), { recursive: true });
  for (const name of [deep, 'n'.repeat(101), 'über-名前', ' blank ', 'new\nline', 'back\\slash', '--help'])
    writeFileSync(name === deep ? deep : join(odd, name), name.slice(0, 9));
  for (const latin1 of ['caf\xe9', '\xff\xfe', `${'\xe9'.repeat(120)}-long`])
    writeFileSync(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from(latin1, 'latin1')]), latin1);
}

function addLinks(odd: string): void {
  writeFileSync(join(odd, 'hard-first'), 'one file, three names\n');
  linkSync(join(odd, 'hard-first'), join(odd, 'hard-second'));
  linkSync(join(odd, 'hard-first'), join(odd, `hard-${'l'.repeat(140)}`));
  symlinkSync('hard-first', join(odd, 'soft'));
  symlinkSync('/etc/passwd', join(odd, 'soft-absolute'));
  symlinkSync('../../nowhere', join(odd, 'soft-dangling'));
  symlinkSync('t'.repeat(180), join(odd, 'soft-long'));
}

function addModes(odd: string): void {
  const modes = { setuid: 0o4755, setgid: 0o2755, unreadable: 0, 'world-writable': 0o666 };
  for (const name of Object.keys(modes)) writeFileSync(join(odd, name), name);
  chownSync(join(odd, 'unreadable'), 65_534, 12_345);
  chownSync(join(odd, 'world-writable'), 2_097_153, 3_000_000);
  for (const [name, mode] of Object.entries(modes)) chmodSync(join(odd, name), mode);
  for (const [name, mode] of [
    ['sticky', 0o1777],
    ['private', 0o700],
  ] as const) {
    mkdirSync(join(odd, name));
    chmodSync(join(odd, name), mode);
  }
  utimesSync(join(odd, 'setgid'), 481_161_600, 481_161_600);
}
