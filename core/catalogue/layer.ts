import type { Entry } from './entry.ts';

/**
 * The findings (faults and remarks) that Lading can report about layers, by code. They are about tar members that
 * engines, the programs that unpack layers, refuse or silently change.
 */
export const LAYER = {
  'duplicate-path': {
    severity: 'error',
    onRequest: true,
    cause: 'Files were appended with `tar -r` or `tar -u`, or two trees were packed into one archive.',
    en: {
      message: 'The path {member} occurs twice; Docker and podman refuse a layer with duplicate paths.',
      remedy:
        'Make the archive again from the file system; `tar -r` and `tar -u` append second copies. Or convert with the option `mend`, which keeps the last copy.',
    },
    zh: {
      message: '路径 {member} 出现了两次；Docker 和 podman 拒绝含有重复路径的层。',
      remedy:
        '请从文件系统重新打包；`tar -r` 和 `tar -u` 会追加第二份副本。或者转换时使用选项 `mend`，它会保留最后一份。',
    },
    clientErrors: ['duplicates of file paths not supported'],
  },
  'path-escapes': {
    severity: 'error',
    onRequest: true,
    cause: '`tar -P` with paths above the current directory.',
    en: {
      message:
        'The path {member} contains `..`: Docker since 29.7.2 refuses it as an invalid entry name, other engines unpack it somewhere else.',
      remedy:
        'Make the archive with paths below the root of the file system, for instance `tar -C ROOT -cf FILE .`. Or convert with the option `mend`, which cuts `..` off.',
    },
    zh: {
      message: '路径 {member} 含有 `..`：Docker 从 29.7.2 起将其作为无效的成员名拒绝，其他引擎会把它解包到别的位置。',
      remedy:
        '请使用文件系统根目录之下的路径打包，例如 `tar -C ROOT -cf FILE .`。或者转换时使用选项 `mend`，它会去掉 `..`。',
    },
    clientErrors: ['invalid entry name', 'evalSymlinksInScope … is not in …'],
  },
  'path-too-long': {
    severity: 'error',
    cause: 'The archive was made on a system with longer paths, or by a program.',
    en: {
      message: 'The path {member} is too long to be unpacked on Linux (4,096 bytes, 255 for one component).',
      remedy: 'Shorten the path.',
    },
    zh: {
      message: '路径 {member} 过长，无法在 Linux 上解包（整条路径最多 4,096 字节，每一级最多 255 字节）。',
      remedy: '请缩短路径。',
    },
    clientErrors: ['file name too long'],
  },
  'no-name': {
    severity: 'error',
    cause: 'The program that wrote the archive is faulty.',
    en: {
      message: 'At byte {offset} stands a member without a name.',
      remedy: 'Make the archive again with a current tar.',
    },
    zh: { message: '在字节 {offset} 处有一个没有名称的成员。', remedy: '请用较新的 tar 重新打包。' },
    clientErrors: [],
  },
  'odd-member-type': {
    severity: 'error',
    onRequest: true,
    cause: '`tar --sparse`, `--multi-volume` or `--incremental`, or the tar of another system.',
    en: {
      message: 'The member {member} has type `{type}` ({meaning}), which every engine refuses in a layer.',
      remedy:
        'Make the archive again without `--sparse`, multi-volume or incremental options. Or convert with the option `mend`, which writes sparse files in full and leaves volume labels out.',
    },
    zh: {
      message: '成员 {member} 的类型是 `{type}`（{meaning}），任何引擎都拒绝层中出现这种类型。',
      remedy:
        '请不要使用 `--sparse`、多卷或增量选项，重新打包。或者转换时使用选项 `mend`，它会完整写出稀疏文件并省略卷标。',
    },
    clientErrors: ['unhandled tar header type 83', 'unhandled tar header type …'],
  },
  'hard-link-dangling': {
    severity: 'error',
    onRequest: true,
    cause:
      'Only a part of a file system was packed, members were sorted or filtered afterwards, or a builder linked to a lower layer.',
    en: {
      message: 'The hard link {member} points to {target}, but no such member stands before it.',
      remedy:
        'Make the archive from the whole file system, so that the link and its target are both in it. Or convert with the option `mend`, which moves the link behind its target, or leaves it out.',
    },
    zh: {
      message: '硬链接 {member} 指向 {target}，但在它之前没有这个成员。',
      remedy:
        '请对整个文件系统打包，使链接和它的目标都在归档里。或者转换时使用选项 `mend`，它会把链接移到目标之后，或省略它。',
    },
    clientErrors: ['link …: no such file or directory'],
  },
  'parent-not-a-directory': {
    severity: 'error',
    cause: 'Two trees were packed into one archive.',
    en: {
      message: 'The member {member} lies below a path that is not a directory in this archive.',
      remedy: 'Make the archive again from the file system.',
    },
    zh: {
      message: '成员 {member} 的上级路径在该归档中不是目录。',
      remedy: '请从文件系统重新打包。',
    },
    clientErrors: ['not a directory'],
  },
  'root-not-a-directory': {
    severity: 'error',
    cause: 'A program packed a link or a file under the name of the root.',
    en: {
      message:
        'The member {member} makes the root of the file system something else than a directory; no engine can replace it.',
      remedy: 'Make the archive from inside the root of the file system, for instance `tar -C ROOT -cf FILE .`.',
    },
    zh: {
      message: '成员 {member} 把文件系统的根变成目录以外的东西；任何引擎都无法替换它。',
      remedy: '请在文件系统的根目录之内打包，例如 `tar -C ROOT -cf FILE .`。',
    },
    clientErrors: [
      'unlinkat .//: device or resource busy',
      'refusing to act on a non-directory entry as the archive root',
    ],
  },
  'parent-unreachable': {
    severity: 'error',
    cause: 'Two trees were packed into one archive, or the archive was made to be unpacked outside of its folder.',
    en: {
      message:
        'The member {member} lies below a symbolic link that leads to nothing, round in a circle or out of the root; {engines} cannot unpack it.',
      remedy: 'Make the archive again from the file system, so that what lies behind a link is packed at its own path.',
    },
    zh: {
      message:
        '成员 {member} 位于一个符号链接之下，而该链接指向不存在的位置、成环或通向根目录之外；{engines} 无法解包它。',
      remedy: '请从文件系统重新打包，使链接之后的内容以其自身的路径存放。',
    },
    clientErrors: [
      'too many levels of symbolic links',
      'failed to get root path: too many links',
      'path escapes from parent',
    ],
  },
  'hard-link-directory': {
    severity: 'error',
    cause: 'The program that wrote the archive is faulty.',
    en: {
      message: 'The hard link {member} points to the directory {target}; only files can have a second name.',
      remedy: 'Make the archive again from the file system.',
    },
    zh: {
      message: '硬链接 {member} 指向目录 {target}；只有文件才能有第二个名称。',
      remedy: '请从文件系统重新打包。',
    },
    clientErrors: ['link …: operation not permitted', 'linkat …: operation not permitted'],
  },
  'symlink-target': {
    severity: 'error',
    cause: 'The program that wrote the archive is faulty.',
    en: {
      message:
        'The symbolic link {member} has no target, or one that is longer than the 4,095 bytes that Linux allows.',
      remedy: 'Make the archive again from the file system.',
    },
    zh: {
      message: '符号链接 {member} 没有目标，或其目标超过 Linux 允许的 4,095 字节。',
      remedy: '请从文件系统重新打包。',
    },
    clientErrors: ['symlink …: no such file or directory', 'symlink …: file name too long'],
  },
  'whiteout-refused': {
    severity: 'error',
    cause: 'A builder wrote a whiteout without a name, or one for what is in the same layer.',
    en: {
      message:
        'The whiteout {member} cannot be carried out: it names nothing that can be deleted, or something that is in the same layer.',
      remedy: 'Build the image again, or export the merged file system with `docker export`.',
    },
    zh: {
      message: 'whiteout（删除）标记 {member} 无法执行：它没有指明可删除的内容，或指向同一层中的内容。',
      remedy: '请重新构建镜像，或用 `docker export` 导出合并后的文件系统。',
    },
    clientErrors: ['failed to mknod …: file exists', 'invalid whiteout entry', 'invalid whiteout name'],
  },
  'directory-gone': {
    severity: 'error',
    cause: 'A builder wrote a directory, and deleted it in the same layer.',
    en: {
      message:
        'The directory {member} is deleted or replaced later in the same layer; {engines} fail when they set its time at the end.',
      remedy: 'Build the image again, or export the merged file system with `docker export`.',
    },
    zh: {
      message: '目录 {member} 在同一层中随后被删除或替换；{engines} 在最后设置它的时间时会失败。',
      remedy: '请重新构建镜像，或用 `docker export` 导出合并后的文件系统。',
    },
    clientErrors: ['chtimes …: no such file or directory', 'failed call to UtimesNanoAt'],
  },
  'macos-attributes': {
    severity: 'warning',
    onRequest: true,
    cause: '`tar` of macOS packs extended attributes of the system.',
    en: {
      message:
        'The member {member} has the extended attribute {attribute} of macOS, which no Linux file system takes: Docker from 25 on (classic store) refuses the layer.',
      remedy:
        'Make the archive again with `tar --no-xattrs --no-mac-metadata`. Or convert with the option `mend`, which leaves the attributes out.',
    },
    zh: {
      message:
        '成员 {member} 带有 macOS 的扩展属性 {attribute}，任何 Linux 文件系统都不接受它：Docker 从 25 起（经典存储）会拒绝该层。',
      remedy: '请用 `tar --no-xattrs --no-mac-metadata` 重新打包。或者转换时使用选项 `mend`，它会去掉这些属性。',
    },
    clientErrors: ['lsetxattr com.apple.provenance …: operation not supported', 'lsetxattr …: operation not supported'],
  },
  'attribute-refused': {
    severity: 'warning',
    cause: 'The archive comes from another system, or a program wrote the attribute wrongly.',
    en: {
      message:
        'The member {member} has the extended attribute {attribute}, which Linux does not take there: not every engine passes over that.',
      remedy: 'Make the archive again without it, for instance with `tar --no-xattrs`.',
    },
    zh: {
      message: '成员 {member} 带有扩展属性 {attribute}，Linux 在此处不接受它：并非每个引擎都会忽略这一点。',
      remedy: '请去掉该属性重新打包，例如使用 `tar --no-xattrs`。',
    },
    clientErrors: ['lsetxattr …: operation not supported', 'lsetxattr …: invalid argument'],
  },
  'whiteout-deletes': {
    severity: 'error',
    cause:
      'A single layer, or the upper directory of an aufs or overlay mount, was packed as if it were a whole system.',
    en: {
      message: 'The name {member} is a whiteout mark: engines would delete files of this same archive because of it.',
      remedy:
        'This looks like one layer of an image or the upper directory of an overlay. Export the merged file system with `docker export`.',
    },
    zh: {
      message: '名称 {member} 是 whiteout（删除）标记：引擎会因此删除同一归档中的文件。',
      remedy: '这看起来是镜像的某一层，或 overlay 的 upper 目录。请用 `docker export` 导出合并后的文件系统。',
    },
    clientErrors: [],
  },
  'whiteout-name': {
    severity: 'warning',
    cause:
      'A single layer, or the upper directory of an aufs or overlay mount, was packed as if it were a whole system.',
    en: {
      message: 'The name {member} is a whiteout mark: no engine creates it, so it will be missing in the image.',
      remedy:
        'Such names appear when one layer of an image was packed. Export the merged file system with `docker export`.',
    },
    zh: {
      message: '名称 {member} 是 whiteout（删除）标记：任何引擎都不会创建它，镜像中将没有这个文件。',
      remedy: '单独打包镜像的某一层时会出现这种名称。请用 `docker export` 导出合并后的文件系统。',
    },
    clientErrors: [],
  },
  'parent-missing': {
    severity: 'warning',
    cause: 'Files were packed without the directories they lie in.',
    en: {
      message:
        'The directory above {member} is not in the archive; Docker before 25 creates it closed to all users but root.',
      remedy: 'Make the archive with its directories, for instance `tar -C ROOT -cf FILE .`.',
    },
    zh: {
      message: '归档中没有 {member} 的上级目录；Docker 25 之前的版本会把它建成只有 root 可以访问的目录。',
      remedy: '打包时请包含目录，例如 `tar -C ROOT -cf FILE .`。',
    },
    clientErrors: ['Permission denied'],
  },
  'overlay-device': {
    severity: 'warning',
    cause: 'The upper directory of an overlay mount was packed.',
    en: {
      message: 'The character device {member} is 0:0, which overlay file systems take for a deleted file.',
      remedy: 'Export the merged file system with `docker export`.',
    },
    zh: {
      message: '字符设备 {member} 的设备号是 0:0，overlay 文件系统会把它当作已删除的文件。',
      remedy: '请用 `docker export` 导出合并后的文件系统。',
    },
    clientErrors: [],
  },
  'large-id': {
    severity: 'warning',
    cause: 'The files belong to a user of a directory service, or of a user namespace.',
    en: {
      message: 'The member {member} belongs to user or group {id}; rootless engines cannot map so large a number.',
      remedy: 'Change the owner to a number below 65,536 if the image is meant for rootless use.',
    },
    zh: {
      message: '成员 {member} 的属主或属组是 {id}；rootless 引擎无法映射这么大的编号。',
      remedy: '如果镜像要在 rootless 环境中使用，请把属主改为小于 65,536 的编号。',
    },
    clientErrors: ['failed to Lchown … for UID …', 'potentially insufficient UIDs or GIDs available in user namespace'],
  },
  'nothing-executable': {
    severity: 'warning',
    cause:
      'The files were packed on Windows or came out of a zip file: there are no x bits, so every file has mode 0644.',
    en: {
      message:
        'No file has an execute permission (x bit), not even the program {member}: the image loads, but running it fails with `permission denied`.',
      remedy:
        'Write the archive where the permissions are (`docker export -o FILE NAME`, `tar` on Linux or in WSL). Or unpack it on Linux, give them back (`chmod -R a+rX .` and `chmod a+x bin/* sbin/* usr/bin/* usr/sbin/*`), and pack it again.',
    },
    zh: {
      message:
        '没有任何文件带有执行权限（x 位），连程序 {member} 也没有：镜像可以加载，但运行时会报 `permission denied`。',
      remedy:
        '请在保有权限的地方生成归档（`docker export -o FILE NAME`，或在 Linux、WSL 中用 `tar`）；或者在 Linux 上解包，恢复权限（`chmod -R a+rX .` 以及 `chmod a+x bin/* sbin/* usr/bin/* usr/sbin/*`）后重新打包。',
    },
    clientErrors: [
      'exec: "/bin/sh": permission denied',
      'exec /bin/sh: permission denied',
      'starting container process caused: exec: …: permission denied',
      'crun: open executable: Permission denied',
    ],
  },
} as const satisfies Record<string, Entry>;
