import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { viewOf } from '../model/byte-arrays.ts';
import { firstFormat, type Foreign, type Format, hasBytes } from './format.ts';

const MOUNT = both(
  'Mount it (`mount -o loop,ro FILE /mnt`) and pack its root file system: `tar -C /mnt --numeric-owner -cf NEW.tar .`.',
  '请挂载它（`mount -o loop,ro FILE /mnt`），再打包其中的根文件系统：`tar -C /mnt --numeric-owner -cf NEW.tar .`。',
);
const PACK_DISK = both(
  'Pack the root file system that is on the disk: `virt-tar-out -a FILE / NEW.tar` (libguestfs), or mount the partition and use `tar`.',
  '请打包磁盘上的根文件系统：`virt-tar-out -a FILE / NEW.tar`（libguestfs），或挂载分区后用 `tar` 打包。',
);
const EXPORT_WSL = both(
  'Export the distribution as tar: `wsl --export NAME FILE.tar`. From another virtual machine: `virt-tar-out -a FILE / NEW.tar` packs its root file system.',
  '请将发行版导出为 tar：`wsl --export NAME FILE.tar`。如果来自其他虚拟机：`virt-tar-out -a FILE / NEW.tar` 可打包其根文件系统。',
);
const UNSQUASH = both(
  'Unpack it with `unsquashfs` and pack the result with `tar`.',
  '请用 `unsquashfs` 解开，再用 `tar` 打包。',
);
const OPEN_DISC = both(
  'A live or installation disc keeps its root file system in a file of its own (`filesystem.squashfs`, `install.img`): take that out (`7z x FILE`), unpack it with `unsquashfs`, and pack the result with `tar`.',
  'Live 光盘或安装光盘把根文件系统放在单独的文件里（`filesystem.squashfs`、`install.img`）：请取出该文件（`7z x FILE`），用 `unsquashfs` 解开，再用 `tar` 打包。',
);
const APPLY_WIM = both(
  'It holds a Windows installation, which is no container image. For a Windows image use `docker save` on a Windows host.',
  '其中是 Windows 安装内容，不是容器镜像。需要 Windows 镜像时，请在 Windows 主机上用 `docker save` 导出。',
);
const UNLOCK = both(
  'Unlock it (`cryptsetup open FILE NAME`), mount what is inside, and pack its root file system with `tar`.',
  '请先解锁（`cryptsetup open FILE NAME`），挂载其中的内容，再用 `tar` 打包根文件系统。',
);

/**
 * Returns the format of an image of the file system `name`: such a file has the bytes `magic` at `offset`, in bytes.
 * `hint` says what the user can do with it.
 */
const fileSystem = (offset: number, magic: string, name: string, hint: Bilingual = MOUNT): Format => [
  offset,
  magic,
  both(`an image of a file system (${name})`, `文件系统镜像（${name}）`),
  hint,
];
const disk = (offset: number, magic: string, name: string, hint: Bilingual = PACK_DISK): Format => [
  offset,
  magic,
  both(`a ${name} disk image`, ` ${name} 磁盘镜像`),
  hint,
];

/** The disk image formats, such as qcow2, that have a magic number of their own. */
const DISKS: readonly Format[] = [
  disk(0, 'QFI\xfb', 'qcow2'),
  disk(0, 'QED\0', 'QED'),
  disk(0, 'KDMV', 'VMDK'),
  disk(0, 'COWD', 'VMDK'),
  disk(0, '# Disk DescriptorFile', 'VMDK'),
  disk(64, '\x7f\x10\xda\xbe', 'VDI'),
  disk(0, 'conectix', 'VHD', EXPORT_WSL),
  disk(0, 'vhdxfile', 'VHDX', EXPORT_WSL),
  disk(0, 'WithoutFreeSpace', 'Parallels'),
  disk(0, 'WithouFreSpacExt', 'Parallels'),
  [0, 'MSWIM\0\0\0', both('a Windows image (WIM)', ' Windows 映像（WIM）'), APPLY_WIM],
  [0, 'encrcdsa', both('an encrypted Apple disk image (DMG)', '加密的 Apple 磁盘映像（DMG）'), PACK_DISK],
  [0, 'ER\x02\0', both('an Apple disk image', ' Apple 磁盘映像'), PACK_DISK],
  [0, 'LUKS\xba\xbe', both('an encrypted disk (LUKS)', '加密的磁盘（LUKS）'), UNLOCK],
];

/** The file systems whose images have a magic number near their beginning. */
const NEAR_THE_BEGINNING: readonly Format[] = [
  [0, 'hsqs', both('a squashfs file system', ' squashfs 文件系统'), UNSQUASH],
  [0, 'sqsh', both('a squashfs file system', ' squashfs 文件系统'), UNSQUASH],
  fileSystem(0, 'XFSB', 'XFS'),
  fileSystem(0, '\x45\x3d\xcd\x28', 'cramfs'),
  fileSystem(512, '\x45\x3d\xcd\x28', 'cramfs'),
  fileSystem(0, '-rom1fs-', 'romfs'),
  fileSystem(0, 'UBI#', 'UBI'),
  fileSystem(0, '\x31\x18\x10\x06', 'UBIFS'),
  fileSystem(3, 'NTFS    ', 'NTFS'),
  fileSystem(3, 'EXFAT   ', 'exFAT'),
  fileSystem(54, 'FAT1', 'FAT'),
  fileSystem(82, 'FAT32   ', 'FAT'),
  fileSystem(32, 'NXSB', 'APFS'),
];

/**
 * The formats of file systems, volumes and discs that leave space for a boot loader at the beginning. Their magic
 * numbers come after that space.
 */
const BEHIND_BOOT_LOADERS: readonly Format[] = [
  [32_769, 'CD001', both('an ISO 9660 image (a CD or DVD)', ' ISO 9660 光盘镜像'), OPEN_DISC],
  [32_769, 'BEA01', both('a UDF image (a DVD)', ' UDF 光盘镜像'), OPEN_DISC],
  fileSystem(
    1024,
    '\xe2\xe1\xf5\xe0',
    'EROFS',
    both(
      'Unpack it with `fsck.erofs --extract=FOLDER` and pack the result with `tar`.',
      '请用 `fsck.erofs --extract=FOLDER` 解开，再用 `tar` 打包。',
    ),
  ),
  fileSystem(1024, '\x10\x20\xf5\xf2', 'F2FS'),
  fileSystem(1024, 'H+\0\x04', 'HFS+'),
  fileSystem(1024, 'HX\0\x05', 'HFS+'),
  fileSystem(0x10040, '_BHRfS_M', 'btrfs'),
  fileSystem(0x10034, 'ReIsEr', 'ReiserFS'),
  fileSystem(32_768, 'JFS1', 'JFS'),
  fileSystem(512, 'LABELONE', 'a physical volume of LVM', PACK_DISK),
  [4086, 'SWAPSPACE2', both('a swap partition', '交换分区'), PACK_DISK],
];

/**
 * Recognises the image of a disk or file system by a magic number in its first 68 KiB (`head`). Returns what the file
 * is, and what the user can do with it; null for other files.
 */
export function diskFormat(head: Uint8Array): Foreign | null {
  return (
    firstFormat(DISKS, head) ??
    firstFormat(NEAR_THE_BEGINNING, head) ??
    firstFormat(BEHIND_BOOT_LOADERS, head) ??
    extFormat(head)
  );
}

/**
 * Recognises an image of the file system ext2, ext3 or ext4, and returns which it is and what the user can do with it;
 * null for other files. The magic number of the three has only two bytes, so the block size is checked too.
 */
function extFormat(head: Uint8Array): Foreign | null {
  if (head.length < 2048 || !hasBytes(head, 1080, '\x53\xef')) return null;
  if (viewOf(head).getUint32(1024 + 24, true) > 6) return null;
  const hasJournal = (viewOf(head).getUint32(1024 + 92, true) & 4) !== 0;
  const hasExtents = (viewOf(head).getUint32(1024 + 96, true) & 0x2c0) !== 0;
  const name = hasExtents ? 'ext4' : hasJournal ? 'ext3' : 'ext2';
  return { what: both(`an image of a file system (${name})`, `文件系统镜像（${name}）`), hint: MOUNT };
}

/**
 * Recognises the image of a disk with a boot sector, or with a partition table in GPT or MBR format. Returns what the
 * file is, and what the user can do with it; null for other files. An MBR differs from a boot sector without a
 * partition table in its four entries: each must begin with 0 or 0x80, and at least one must have a partition type.
 */
export function partitionedDisk(head: Uint8Array): Foreign | null {
  const isGpt = hasBytes(head, 512, 'EFI PART') || hasBytes(head, 4096, 'EFI PART');
  if (isGpt) return { what: both('a raw disk image (with a GPT)', '原始磁盘镜像（带 GPT 分区表）'), hint: PACK_DISK };
  if (!hasBytes(head, 510, '\x55\xaa')) return null;
  const entries = [446, 462, 478, 494].map((at) => head.subarray(at, at + 16));
  const isTable =
    entries.every((entry) => entry[0] === 0 || entry[0] === 0x80) && entries.some((entry) => entry[4] !== 0);
  const [en, zh] = isTable ? ['with an MBR', '带 MBR 分区表'] : ['with a boot sector', '带引导扇区'];
  return { what: both(`a raw disk image (${en})`, `原始磁盘镜像（${zh}）`), hint: PACK_DISK };
}
