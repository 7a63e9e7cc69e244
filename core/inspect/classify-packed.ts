import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { readIndex } from '../images/image-index.ts';
import { printable } from '../model/bytes.ts';
import type { ArchiveScan } from './scan.ts';

/** The finding that an archive has two or more folders, each with an image archive in it; null for other archives. */
export function severalImages({ documents }: ArchiveScan): Finding | null {
  const folders = documents.folders().filter((folder) => {
    const { docker, oci } = readIndex(documents, folder);
    return (docker ?? []).length + (oci ?? []).length > 0;
  });
  if (folders.length < 2) return null;
  return finding('several-folders', {
    folders: folders
      .slice(0, 5)
      .map((folder) => `\`${printable(folder)}\``)
      .join(', '),
  });
}

/**
 * The finding that an archive was made by another tool, such as a backup program. Two things show that: the names at
 * its top level and in its first folder, or a folder in it that holds a whole root file system. Null for other
 * archives.
 */
export function otherArchive(scan: ArchiveScan): Finding | null {
  const top = scan.topLevel;
  const [root] = scan.innerRoots.roots;
  if (root !== undefined) return finding('root-in-folder', { folder: printable(root), what: kindOfRoot(scan, root) });
  const known = KNOWN.find(([test]) => test(top, scan.insideFirst));
  return known === undefined ? null : finding('other-archive', { what: known[1], hint: known[2] });
}

/**
 * Describes an archive with a root file system in the folder `root`, in English and Chinese, for example as "a
 * container of LXC". The names beside that folder show which tool made the archive.
 */
function kindOfRoot({ topLevel, insideFirst, innerRoots }: ArchiveScan, root: string): Bilingual {
  const beside = root.includes('/') ? insideFirst : topLevel;
  const isRootfs = /(?:^|\/)rootfs$/.test(root);
  if (root.startsWith('backup/')) return both('a backup of a container of LXD or Incus', ' LXD 或 Incus 容器的备份');
  if (isRootfs && beside.has('metadata.yaml')) return both('an image of LXD or Incus', ' LXD 或 Incus 镜像');
  if (isRootfs && beside.has('config.json')) {
    return both('a bundle for an OCI runtime, or a plugin of Docker', ' OCI 运行时包或 Docker 插件');
  }
  if (isRootfs && beside.has('config')) return both('a container of LXC', ' LXC 容器');
  if (innerRoots.roots.length < 2)
    return both('an archive of a root file system and other files', '包含根文件系统和其他文件的归档');
  const folders = innerRoots.roots.slice(0, 5).map((folder) => `\`${printable(folder)}\``);
  return both(`several root file systems (${folders.join(', ')})`, `多个根文件系统（${folders.join('、')}）`);
}

type Names = ReadonlySet<string>;
type Known = readonly [test: (top: Names, insideFirst: Names) => boolean, what: Bilingual, hint: Bilingual];

const some = (names: Names, pattern: RegExp): boolean => [...names].some((name) => pattern.test(name));

const PACK_DISK = both(
  'Pack the root file system that is on its disk: `tar -xf FILE`, then `virt-tar-out -a DISK / NEW.tar`.',
  '请打包其磁盘上的根文件系统：先 `tar -xf FILE`，再 `virt-tar-out -a DISK / NEW.tar`。',
);

const KNOWN: readonly Known[] = [
  [
    (top) => top.has('metadata.yaml') && some(top, /^rootfs\.(?:squashfs|img)$/),
    both(
      'an image of LXD or Incus, its root file system packed as a file system of its own',
      ' LXD 或 Incus 镜像，其根文件系统是单独的文件系统映像',
    ),
    both(
      'Unpack it: `tar -xf FILE && unsquashfs -d root rootfs.squashfs && tar -C root --numeric-owner -cf NEW.tar .`.',
      '请解开它：`tar -xf FILE && unsquashfs -d root rootfs.squashfs && tar -C root --numeric-owner -cf NEW.tar .`。',
    ),
  ],
  [
    (top) => top.has('metadata.yaml') && [...top].every((name) => name === 'metadata.yaml' || name === 'templates'),
    both(
      'the metadata of an image of LXD or Incus, without its root file system',
      ' LXD 或 Incus 镜像的元数据，不含根文件系统',
    ),
    both(
      'The root file system is the second file that the export wrote (`….root`, `rootfs.squashfs`): unpack it with `unsquashfs` and pack the result with `tar`.',
      '根文件系统在导出时生成的第二个文件里（`….root`、`rootfs.squashfs`）：请用 `unsquashfs` 解开，再用 `tar` 打包。',
    ),
  ],
  [
    (top, inside) => top.has('backup') && inside.has('index.yaml'),
    both(
      'a backup of LXD or Incus, its root file system in a format of the storage',
      ' LXD 或 Incus 的备份，其根文件系统采用存储后端自己的格式',
    ),
    both(
      'Export it again without `--optimized-storage`; of a virtual machine, pack its root file system with `virt-tar-out`.',
      '请去掉 `--optimized-storage` 重新导出；如果是虚拟机，请用 `virt-tar-out` 打包其根文件系统。',
    ),
  ],
  [
    (top) => top.has('config.dump') && top.has('spec.dump'),
    both('a checkpoint of a container, written by podman', '由 podman 生成的容器检查点'),
    both(
      'Restore it with `podman container restore --import FILE`. For an image use `podman commit` and `podman save`.',
      '请用 `podman container restore --import FILE` 恢复。需要镜像时请用 `podman commit` 和 `podman save`。',
    ),
  ],
  [(top) => some(top, /\.ovf$/i), both('an appliance for virtual machines (OVA)', '虚拟机设备（OVA）'), PACK_DISK],
  [
    (top) =>
      (top.has('Vagrantfile') || top.has('metadata.json')) && some(top, /^box\.img$|\.(?:vmdk|vdi|qcow2|vhdx?)$/i),
    both('a box of Vagrant', ' Vagrant box'),
    PACK_DISK,
  ],
  [
    (top) => top.size <= 2 && some(top, /\.(?:raw|img|qcow2|vmdk|vdi|vhdx?|iso)$/i),
    both('a disk image, packed with `tar`', '用 `tar` 打包的磁盘镜像'),
    PACK_DISK,
  ],
  [
    (top) => top.has('Dockerfile') && top.size > 1,
    both('the folder of a build, with a Dockerfile', '带 Dockerfile 的构建目录'),
    both(
      'Build the image (`docker build -t NAME - < FILE`), write it into a file (`docker save -o OUT NAME`), and send that.',
      '请先构建镜像（`docker build -t NAME - < FILE`），再写入文件（`docker save -o OUT NAME`），然后上传该文件。',
    ),
  ],
];
