import { NO_IMAGE } from './client-errors.ts';
import type { Entry } from './entry.ts';

/**
 * The findings (faults and remarks) that Lading can report about the kind of an archive and about how it was packed, by
 * code.
 */
export const KIND = {
  'container-archive': {
    severity: 'info',
    mended: true,
    cause: '`docker export`, `podman export` or `tar` of a root file system, given to `docker load`.',
    en: {
      message:
        'This is a container archive ({what}), not an image archive: it holds one root file system and nothing else, and `docker load` cannot read it.',
      remedy: 'Convert the archive: the result is an image archive for `docker load`.',
    },
    zh: {
      message: '这是容器归档（{what}），不是镜像归档：里面只有一个根文件系统，`docker load` 无法读取。',
      remedy: '请转换该归档：得到的镜像归档可以用 `docker load` 加载。',
    },
    clientErrors: [
      'open …/bin/json: no such file or directory',
      'open …/boot/json: no such file or directory',
      'open …/etc/json: no such file or directory',
      ...NO_IMAGE,
    ],
  },
  'image-archive': {
    severity: 'info',
    cause: '`docker save`, or another tool that writes images; not what `docker import` and `wsl --import` are for.',
    en: {
      message: 'This is an image archive, not a container archive: it already holds {what}.',
      remedy:
        'Read it with `docker load -i FILE`. As the layer of a new image, or for `wsl --import`, it would be useless.',
    },
    zh: {
      message: '这是镜像归档，不是容器归档：其中已有{what}。',
      remedy: '请用 `docker load -i FILE` 加载。把它当作新镜像的一层，或用于 `wsl --import`，都没有意义。',
    },
    clientErrors: [
      'exec: "/bin/sh": stat /bin/sh: no such file or directory',
      'exec: "bash": executable file not found in $PATH',
      'Wsl/Service/RegisterDistro/E_FAIL',
      'Error code: Wsl/Service/E_FAIL',
    ],
  },
  'image-nested': {
    severity: 'error',
    mended: true,
    cause: '`docker save`, then `docker import` instead of `docker load`, then `docker export`.',
    en: {
      message:
        'This is a container export whose file system is an image archive: `docker import` was given a file meant for `docker load`, and the result was exported.',
      remedy:
        'Convert the archive: the image inside comes out. Read it with `docker load`, never with `docker import`.',
    },
    zh: {
      message:
        '这个容器导出的文件系统本身是一个镜像归档：本应用 `docker load` 加载的文件被 `docker import` 导入，之后又被导出。',
      remedy: '请转换该归档，取出里面的镜像。读取时请用 `docker load`，不要用 `docker import`。',
    },
    clientErrors: [
      'exec: "/bin/sh": stat /bin/sh: no such file or directory',
      'no target for symlink layer from "etc/mtab"',
    ],
  },
  wrapped: {
    severity: 'warning',
    mended: true,
    onRequest: true,
    cause: 'The folder was packed (`tar -cf FILE FOLDER`) instead of what is in it.',
    en: {
      message: '{everything} lies in the folder `{folder}`, and inside it is {what}; no client looks there.',
      remedy:
        'Pack it from inside the folder: `tar -C {folder} -cf FILE .`. For a root file system, the option `mend` cuts the folder off.',
    },
    zh: {
      message: '{everything}都在文件夹 `{folder}` 里，其中是{what}；任何客户端都不会去那里找。',
      remedy: '请在文件夹内部打包：`tar -C {folder} -cf FILE .`。如果是根文件系统，选项 `mend` 会去掉该文件夹。',
    },
    clientErrors: ['open …/NAME/json: no such file or directory', ...NO_IMAGE],
  },
  'root-in-folder': {
    severity: 'warning',
    onRequest: true,
    cause:
      '`lxc export`, `incus image export`, a bundle for an OCI runtime, `docker buildx build --output type=tar` for several platforms.',
    en: {
      message: 'This is {what}: its root file system lies in the folder `{folder}`, where no client looks.',
      remedy:
        'Make an archive of that folder, as root so that owners stay: `tar -xpf FILE && tar -C {folder} --numeric-owner -cf NEW.tar .`, and send that. Or convert with the option `mend`, which does that.',
    },
    zh: {
      message: '这是{what}：它的根文件系统在文件夹 `{folder}` 里，任何客户端都不会去那里找。',
      remedy:
        '请以 root 身份（以保留属主）单独打包该文件夹：`tar -xpf FILE && tar -C {folder} --numeric-owner -cf NEW.tar .`，再上传得到的归档。或者转换时使用选项 `mend`，效果相同。',
    },
    clientErrors: NO_IMAGE,
  },
  'several-folders': {
    severity: 'warning',
    cause: 'Several unpacked images were packed together.',
    en: {
      message: 'This holds an image in each of several folders ({folders}); no client looks there.',
      remedy: 'Pack each of them on its own, from inside its folder: `tar -C FOLDER -cf FILE .`.',
    },
    zh: {
      message: '其中有多个文件夹（{folders}），每个里面都是一个镜像；任何客户端都不会去那里找。',
      remedy: '请在各文件夹内部分别打包：`tar -C FOLDER -cf FILE .`。',
    },
    clientErrors: NO_IMAGE,
  },
  'other-archive': {
    severity: 'warning',
    cause: 'An archive of another tool: a checkpoint of podman, an appliance, a box of Vagrant.',
    en: { message: 'This is a tar archive, but no image: it is {what}.', remedy: '{hint}' },
    zh: { message: '这是 tar 归档，但不是镜像，而是{what}。', remedy: '{hint}' },
    clientErrors: NO_IMAGE,
  },
  'oci-artifact': {
    severity: 'error',
    cause:
      '`helm push`, `cosign save`, `oras copy --to-oci-layout` or a build cache: registries hold more than images.',
    en: {
      message: 'This OCI layout holds no image but {what}: no container engine loads or runs it.',
      remedy: '{hint}',
    },
    zh: { message: '这个 OCI 布局里没有镜像，只有{what}：任何容器引擎都不能加载或运行它。', remedy: '{hint}' },
    clientErrors: [
      'UnsupportedImageLayerDetected',
      'mismatched image rootfs and manifest layers',
      'unsupported media type',
      ...NO_IMAGE,
    ],
  },
  'archive-inside': {
    severity: 'warning',
    mended: true,
    cause: 'An archive was packed into a tar archive once more, for instance by an upload or backup tool.',
    en: {
      message: '{which} in this tar archive is another archive, `{member}`; no client looks inside.',
      remedy: 'Convert the archive: what is inside comes out. Or unpack it (`tar -xf FILE`) and send what was inside.',
    },
    zh: {
      message: '这个 tar 归档里{which}，即另一个归档 `{member}`；任何客户端都不会去里面找。',
      remedy: '请转换该归档，取出里面的内容；或者先解包（`tar -xf FILE`），再上传其中的文件。',
    },
    clientErrors: NO_IMAGE,
  },
  'checksum-differs': {
    severity: 'error',
    cause:
      'The archive was changed or damaged after its checksum was made, or the checksum is that of another version.',
    en: {
      message: 'The SHA-256 of `{archive}` is {found}, but `{member}` beside it states {stated}.',
      remedy: 'Get the file again from where it comes from. To use it as it is, send the archive without the checksum.',
    },
    zh: {
      message: '`{archive}` 的 SHA-256 是 {found}，而旁边的 `{member}` 写的是 {stated}。',
      remedy: '请从来源重新获取该文件；如确要使用，请只上传归档本身，不带校验和文件。',
    },
    clientErrors: [],
  },
  'checksum-fits': {
    severity: 'info',
    cause: 'An archive was packed together with a file that states its SHA-256.',
    en: { message: 'The SHA-256 of `{archive}` is the one that `{member}` beside it states.', remedy: '' },
    zh: { message: '`{archive}` 的 SHA-256 与旁边的 `{member}` 所写一致。', remedy: '' },
    clientErrors: [],
  },
  'archive-bundle': {
    severity: 'warning',
    cause: 'An offline installer, or an archive that was packed into an archive once more.',
    en: {
      message: 'This is no image but a tar archive that holds archives: {archives}.',
      remedy: 'Unpack it (`tar -xf FILE`) and send, or `docker load -i`, each of these instead{installer}.',
    },
    zh: {
      message: '这不是镜像，而是一个装着其他归档的 tar 归档：{archives}。',
      remedy: '请先解包（`tar -xf FILE`），再逐个上传其中的归档或对其执行 `docker load -i`{installer}。',
    },
    clientErrors: NO_IMAGE,
  },
  'windows-layer': {
    severity: 'error',
    cause: 'One layer of a Windows image was packed or taken out of an image archive.',
    en: {
      message: 'This is a layer of a Windows image (`Files/` and `Hives/`), not a root file system for Linux.',
      remedy:
        'Save the whole image on a Windows host with `docker save -o FILE NAME`; only Windows hosts load and run it.',
    },
    zh: {
      message: '这是 Windows 镜像的一层（`Files/` 和 `Hives/`），不是 Linux 的根文件系统。',
      remedy: '请在 Windows 主机上用 `docker save -o FILE NAME` 保存整个镜像；只有 Windows 主机能加载和运行它。',
    },
    clientErrors: ['cannot load windows image on linux', ...NO_IMAGE],
  },
  'plain-archive': {
    severity: 'info',
    cause: 'An archive of something else: sources, a package, one folder of a system.',
    en: {
      message: 'This is a tar archive, but neither an image nor a root file system: {what}.',
      remedy: 'If it is meant to be the root file system of an image, say so with the option `rootfs`.',
    },
    zh: {
      message: '这是 tar 归档，但既不是镜像，也不是根文件系统：{what}。',
      remedy: '如果它确实要用作镜像的根文件系统，请用选项 `rootfs` 说明。',
    },
    clientErrors: NO_IMAGE,
  },
  'minimal-rootfs': {
    severity: 'info',
    cause: 'An export of an image made `FROM scratch`, or just some programs packed together.',
    en: {
      message: 'This holds {what} and nothing else that a root file system has.',
      remedy: 'If it is meant to be the root file system of an image, say so with the option `rootfs`.',
    },
    zh: {
      message: '其中只有{what}，没有根文件系统应有的其他内容。',
      remedy: '如果它确实要用作镜像的根文件系统，请用选项 `rootfs` 说明。',
    },
    clientErrors: NO_IMAGE,
  },
  'oci-only': {
    severity: 'warning',
    mended: true,
    cause: '`buildx --output type=oci`, `skopeo copy … oci-archive:` or a packed OCI layout.',
    en: {
      message:
        'This is an OCI layout without a `manifest.json`: Docker with its classic store fails with `open …/blobs/json`.',
      remedy: 'Convert the archive: the docker part is added.',
    },
    zh: {
      message: '这是没有 `manifest.json` 的 OCI 布局：使用经典存储的 Docker 会报错 `open …/blobs/json`。',
      remedy: '请转换该归档：会补上 docker 部分。',
    },
    clientErrors: ['open …/blobs/json: no such file or directory', 'invalid archive: does not contain a manifest.json'],
  },
  'docker-only': {
    severity: 'info',
    mended: true,
    cause: '`docker save` before Docker 25, podman, skopeo, crane, kaniko, jib or bazel.',
    en: {
      message:
        'This is a docker archive without an OCI layout: readers of OCI archives (skopeo oci-archive, umoci) refuse it.',
      remedy: 'Convert the archive: the OCI part is added.',
    },
    zh: {
      message: '这是没有 OCI 布局的 docker 归档：读取 OCI 归档的工具（skopeo oci-archive、umoci）会拒绝它。',
      remedy: '请转换该归档：会补上 OCI 部分。',
    },
    clientErrors: ['open …/oci-layout: no such file or directory', 'open …/index.json: no such file or directory'],
  },
  'legacy-format': {
    severity: 'warning',
    mended: true,
    cause: '`docker save` before Docker 1.10.',
    en: {
      message:
        'This archive is in the format from before Docker 1.10, which only Docker up to 28 reads, with its classic store.',
      remedy: 'Convert the archive: it is written in the current format.',
    },
    zh: {
      message: '该归档是 Docker 1.10 之前的格式，只有 Docker 28 及更早版本（经典存储）才能读取。',
      remedy: '请转换该归档：会改写成当前格式。',
    },
    clientErrors: NO_IMAGE,
  },
  'directory-only': {
    severity: 'warning',
    mended: true,
    cause: '`podman save --format docker-dir` or `skopeo copy … dir:`, and then `tar`.',
    en: {
      message:
        'This is a packed image folder (`dir:` transport of podman and skopeo); no client loads it as an archive, and it has no name.',
      remedy: 'Convert the archive with the option `name`: it is written in the format that every client loads.',
    },
    zh: {
      message:
        '这是打包的镜像文件夹（podman 和 skopeo 的 `dir:` 格式）；没有客户端能把它当作归档加载，而且它没有名称。',
      remedy: '请用选项 `name` 转换该归档：会写成所有客户端都能加载的格式。',
    },
    clientErrors: [
      'json: cannot unmarshal object into Go value of type []tarexport.manifestItem',
      'payload does not match any of the supported image formats',
    ],
  },
  'manifest-twice': {
    severity: 'warning',
    cause: 'A file was appended to the archive with `tar -r`.',
    en: {
      message: 'There are two members named {member}; Docker reads the last one, podman and skopeo the first.',
      remedy: 'Save the image again.',
    },
    zh: {
      message: '有两个名为 {member} 的成员；Docker 读最后一个，podman 和 skopeo 读第一个。',
      remedy: '请重新保存镜像。',
    },
    clientErrors: [],
  },
} as const satisfies Record<string, Entry>;
