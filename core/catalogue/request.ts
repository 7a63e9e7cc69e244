import type { Entry } from './entry.ts';

/**
 * The findings (faults and remarks) that Lading can report about the options of a user, and about what an image needs
 * to run, by code.
 */
export const REQUEST = {
  'image-not-chosen': {
    severity: 'error',
    cause: 'A name or a root file system was asked for, and the archive holds several images.',
    en: {
      message: 'The archive holds {count} images, and {what} only: {images}.',
      remedy:
        'Choose one with the option `image` (its name, or its number from 1), or with `platform` if they differ in that.',
    },
    zh: {
      message: '归档中有 {count} 个镜像，而{what}：{images}。',
      remedy: '请用选项 `image` 选择（名称，或从 1 开始的序号）；如果它们只是平台不同，也可以用 `platform` 选择。',
    },
    clientErrors: [],
  },
  'image-not-found': {
    severity: 'error',
    cause: 'The option `image` names none of the images.',
    en: {
      message: 'The archive holds no image `{image}`; it holds {images}.',
      remedy: 'Choose one of these with the option `image`, or leave the option out to keep all.',
    },
    zh: {
      message: '归档中没有镜像 `{image}`；其中有：{images}。',
      remedy: '请用选项 `image` 从中选择一个，或去掉该选项以保留全部。',
    },
    clientErrors: [],
  },
  'platform-not-found': {
    severity: 'error',
    cause: 'The option `platform` names none of the platforms of a multi-platform image.',
    en: {
      message: 'The archive holds no image for {platform}; it holds {images}.',
      remedy: 'Choose one of these with the option `platform`, or leave the option out to keep all.',
    },
    zh: {
      message: '归档中没有 {platform} 的镜像；其中有：{images}。',
      remedy: '请用选项 `platform` 从中选择一个，或去掉该选项以保留全部。',
    },
    clientErrors: ['no image found in image index for architecture', 'does not provide the specified platform'],
  },
  'config-kept': {
    severity: 'warning',
    cause: 'Options for container archives were given with an image archive, or the platform of another image.',
    en: {
      message:
        'These options were not applied: {options}. An image archive keeps the config and the layers of its images.',
      remedy: 'They are for container archives. To change an image, build a new one `FROM` it.',
    },
    zh: {
      message: '以下选项未生效：{options}。镜像归档保留其镜像原有的配置和各层。',
      remedy: '这些选项用于容器归档。要修改镜像，请以它为基础（`FROM`）构建新镜像。',
    },
    clientErrors: [],
  },
  'image-options-unused': {
    severity: 'info',
    cause: 'Options for image archives were given with a container archive.',
    en: {
      message:
        'These options had no effect: {options}. A container archive holds one file system, which becomes one layer.',
      remedy: '',
    },
    zh: {
      message: '以下选项没有作用：{options}。容器归档只有一个文件系统，它会成为一层。',
      remedy: '',
    },
    clientErrors: [],
  },
  'layers-merged': {
    severity: 'info',
    cause: 'The option `flatten` or `squash` was given.',
    en: {
      message:
        'Layers {from} to {to} of image {image} became one layer of {after} bytes. Before, they had {before} bytes together, uncompressed.',
      remedy: '',
    },
    zh: {
      message:
        '镜像 {image} 的第 {from} 至 {to} 层已合并为一层：合并后为 {after} 字节，原来各层未压缩时共 {before} 字节。',
      remedy: '',
    },
    clientErrors: [],
  },
  'nothing-to-merge': {
    severity: 'info',
    cause: 'The option `flatten` or `squash` was given, and there are not two layers to make one of.',
    en: {
      message:
        'No layers of image {image} were merged. It has {layers} in all, and the option covers fewer than two of them.',
      remedy: '',
    },
    zh: {
      message: '镜像 {image} 没有合并任何层。它共有 {layers} 层，而该选项涉及的不足两层。',
      remedy: '',
    },
    clientErrors: [],
  },
  'written-as-zstd': {
    severity: 'info',
    cause: 'The option `compress` was given with the value zstd.',
    en: {
      message: 'The image archive has a zstd layer. Docker before 23.0 and umoci before 0.5 cannot unpack it.',
      remedy: 'For these clients, leave the option `compress` out, or write gzip.',
    },
    zh: {
      message: '镜像归档含有 zstd 层。Docker 23.0 之前的版本和 umoci 0.5 之前的版本无法解压它。',
      remedy: '如需用于这些客户端，请去掉选项 `compress`，或写 gzip。',
    },
    clientErrors: [],
  },
  'layer-expanded': {
    severity: 'warning',
    cause: 'The option `compress` was given with a gzip upload or layer that has bytes after its end.',
    en: {
      message:
        'A layer was written plain, and not as {compression} as asked for. Other bytes follow its {compression} data, so it cannot stay as it is. Lading does not compress it again.',
      remedy: 'Compress the file again: `gzip -dc FILE | gzip -n > NEW`.',
    },
    zh: {
      message:
        '有一层没有按要求写成 {compression}，而是未压缩。它的 {compression} 数据之后还有其他字节，不能原样保留。Lading 不会重新压缩它。',
      remedy: '请重新压缩：`gzip -dc FILE | gzip -n > NEW`。',
    },
    clientErrors: [],
  },
  'layer-mended': {
    severity: 'info',
    cause: 'The option `mend` was given.',
    en: {
      message: 'As asked for, the archive was mended: {changes}. The field `mended` of the manifest lists the changes.',
      remedy: 'Check that they are what was meant.',
    },
    zh: {
      message: '已按要求修补归档：{changes}。清单的字段 `mended` 列出了这些改动。',
      remedy: '请检查这些改动是否符合原意。',
    },
    clientErrors: [],
  },
  'layout-docker': {
    severity: 'info',
    cause: 'The option `layout: docker` was given.',
    en: {
      message:
        'As asked for, the image archive is like those of `docker save` before version 25. It is for programs that read nothing else, such as older versions of RouterOS, Cisco IOx and dive, and udocker. Docker, podman, containerd, crane and `docker-archive:` of skopeo load it, too; umoci and `oci-archive:` of skopeo do not.',
      remedy: 'For umoci and `oci-archive:`, convert without the option `layout`.',
    },
    zh: {
      message:
        '按照要求，镜像归档与 25 版之前的 `docker save` 所写的相同，供只能读取这种归档的程序使用，例如旧版的 RouterOS、Cisco IOx 和 dive，以及 udocker。Docker、podman、containerd、crane 和 skopeo 的 `docker-archive:` 也能加载；umoci 和 skopeo 的 `oci-archive:` 不能。',
      remedy: '用于 umoci 和 `oci-archive:` 时，请在转换时去掉选项 `layout`。',
    },
    clientErrors: [
      'could not find image config',
      'could not find image manifest in archive',
      'error getting layer file',
    ],
  },
  'option-invalid': {
    severity: 'error',
    cause: 'An option, the sidecar or the metadata of the upload cannot be understood.',
    en: { message: '{problem}', remedy: '{hint}' },
    zh: { message: '{problem}', remedy: '{hint}' },
    clientErrors: [
      'Error parsing reference: "…" is not a valid repository/tag',
      'invalid reference format',
      'invalid reference format: repository name must be lowercase',
      '… is not a valid change command',
    ],
  },
  'inspect-note': {
    severity: 'info',
    cause: 'Something of the inspect file was left out, or put together from several fields.',
    en: { message: '{note}', remedy: '' },
    zh: { message: '{note}', remedy: '' },
    clientErrors: [],
  },
  'name-derived': {
    severity: 'info',
    cause: 'No name was asked for.',
    en: {
      message: 'No name was given; {name} was made from the name of the upload.{why}',
      remedy: 'Choose a name with the option `name`.',
    },
    zh: {
      message: '没有指定名称；已根据上传文件的名称得出 {name}。{why}',
      remedy: '请用选项 `name` 指定名称。',
    },
    clientErrors: [],
  },
  'no-command': {
    severity: 'info',
    cause: '`docker export` drops CMD, ENTRYPOINT, ENV and everything else of the config.',
    en: {
      message: 'The image says nothing about what to run: `docker run IMAGE` without a command fails.',
      remedy:
        'Convert with `{option}`, or take the config back with `--inspect FILE` (in S3: the fields `change` and `inspect` of the sidecar), where FILE is the output of `docker inspect CONTAINER`.',
    },
    zh: {
      message: '镜像没有写明要运行什么：不带命令的 `docker run IMAGE` 会失败。',
      remedy:
        '转换时请加上 `{option}`，或用 `--inspect FILE` 恢复配置（在 S3 上：附属文件的字段 `change` 和 `inspect`），其中 FILE 是 `docker inspect CONTAINER` 的输出。',
    },
    clientErrors: ['No command specified', 'no command specified', 'Error response from daemon: No command specified'],
  },
  'disk-space': {
    severity: 'info',
    cause: 'The classic store unpacks the archive to a temporary folder before it unpacks the layers.',
    en: {
      message:
        'Loading needs some {peak} of free disk at its peak: {archive} for the archive and {layers} for the unpacked layers.',
      remedy:
        'Free that much where the engine keeps its data (`docker info`, Docker Root Dir) and its temporary files (TMPDIR), or load from a pipe.',
    },
    zh: {
      message: '加载时最多需要约 {peak} 的空闲磁盘空间：归档 {archive}，解包后的各层 {layers}。',
      remedy:
        '请在引擎的数据目录（`docker info` 中的 Docker Root Dir）和临时目录（TMPDIR）腾出足够空间，或通过管道加载。',
    },
    clientErrors: ['no space left on device'],
  },
} as const satisfies Record<string, Entry>;
