import type { Entry } from './entry.ts';

const CHOOSE_NAME = {
  en: 'Convert the archive with the option `name`.',
  zh: '请转换该归档，并用选项 `name` 指定名称。',
} as const;

const CHOOSE_PLATFORM = {
  en: 'Say which one is meant with the option `platform`.',
  zh: '请用选项 `platform` 指明平台。',
} as const;

/** The findings (faults and remarks) that Lading can report about the names and platforms of images, by code. */
export const IDENTITY = {
  'names-missing': {
    severity: 'info',
    mended: true,
    cause: 'The image was saved by its ID instead of its name.',
    en: { message: 'The image has no name; it loads as `<none>`.', remedy: CHOOSE_NAME.en },
    zh: { message: '镜像没有名称；加载后显示为 `<none>`。', remedy: CHOOSE_NAME.zh },
    clientErrors: ['Loaded image ID: sha256:…'],
  },
  'tag-without-name': {
    severity: 'info',
    mended: true,
    cause:
      '`skopeo copy … oci-archive:FILE:TAG`, `umoci`, or another tool that writes only the tag into an OCI layout.',
    en: {
      message:
        'The index gives only a tag ({tags}) and no name: podman takes the tag for the name, containerd makes up a name with the date.',
      remedy:
        'Convert the archive: it gets the name of the upload with this tag, or the one that the option `name` says.',
    },
    zh: {
      message: '索引只给出了标签（{tags}），没有名称：podman 会把标签当作名称，containerd 会用日期编造一个名称。',
      remedy: '请转换该归档：名称取自上传的文件，标签保持不变；也可以用选项 `name` 指定名称。',
    },
    clientErrors: ['Loaded image: localhost/latest:latest', 'import-…:latest'],
  },
  'name-refused': {
    severity: 'warning',
    mended: true,
    cause: 'A builder that does not check names: upper case, spaces, no tag.',
    en: {
      message: 'The name `{name}` in the archive is refused by clients: {problem}',
      remedy: '{hint} Convert the archive with the option `name`.',
    },
    zh: {
      message: '客户端会拒绝归档中的名称 `{name}`：{problem}',
      remedy: '{hint} 请转换该归档，并用选项 `name` 指定名称。',
    },
    clientErrors: [
      'Error parsing reference: "…" is not a valid repository/tag',
      'invalid reference format',
      'invalid tag "…"',
    ],
  },
  'names-differ': {
    severity: 'warning',
    mended: true,
    cause: 'A tool renamed the image in one of the two documents only.',
    en: {
      message:
        '`manifest.json` names the image {docker}, `index.json` names it {oci}: which name it gets depends on the client.',
      remedy: CHOOSE_NAME.en,
    },
    zh: {
      message: '`manifest.json` 中镜像名为 {docker}，`index.json` 中为 {oci}：最终使用哪个名称取决于客户端。',
      remedy: CHOOSE_NAME.zh,
    },
    clientErrors: [],
  },
  'tag-latest': {
    severity: 'info',
    cause: 'Loading moves a name from the image that had it; containers that exist stay on the old one.',
    en: {
      message:
        'The name {name} is a moving one: loading takes it away from the image that had it before, and containers that exist keep running the old one.',
      remedy:
        'Give each build a tag of its own (for instance its date) with the option `name`, and compare the image ID with the manifest.',
    },
    zh: {
      message: '名称 {name} 是浮动的：加载时会从原来的镜像上夺走该名称，而已有的容器继续运行旧镜像。',
      remedy: '请用选项 `name` 给每次构建一个独有的标签（例如日期），并将镜像 ID 与清单核对。',
    },
    clientErrors: [
      'Loaded image: …:latest',
      'The image … already exists, renaming the old one with ID … to empty string',
    ],
  },
  'config-without-platform': {
    severity: 'warning',
    mended: true,
    cause: 'A builder that leaves out `architecture` or `os`.',
    en: {
      message: 'The image config does not say for which platform the image is; containerd skips such an image.',
      remedy: 'Convert the archive with the option `platform`.',
    },
    zh: {
      message: '镜像配置没有写明平台；containerd 会跳过这样的镜像。',
      remedy: '请转换该归档，并用选项 `platform` 指明平台。',
    },
    clientErrors: ['image might be filtered out'],
  },
  'platform-wrong': {
    severity: 'warning',
    mended: true,
    cause: '`docker import` before Docker 23 wrote the platform of the host; or a cross build without `--platform`.',
    en: {
      message: 'All executables in the image are {found}, but its config says {platform}.',
      remedy: 'Convert the archive: the config is corrected.',
    },
    zh: {
      message: '镜像中的可执行文件都是 {found}，但镜像配置写的是 {platform}。',
      remedy: '请转换该归档：配置会被更正。',
    },
    clientErrors: ['exec format error', 'standard_init_linux.go:…: exec user process caused: exec format error'],
  },
  'windows-image': {
    severity: 'warning',
    cause: 'The image was saved on a Windows host in Windows container mode.',
    en: {
      message: 'This image is for Windows ({evidence}); engines on Linux refuse to load or cannot run it.',
      remedy: 'Load it on a Windows host, or build and save the image for Linux.',
    },
    zh: {
      message: '这是 Windows 镜像（{evidence}）；Linux 上的引擎会拒绝加载，或无法运行它。',
      remedy: '请在 Windows 主机上加载，或为 Linux 构建并保存镜像。',
    },
    clientErrors: [
      'cannot load windows image on linux',
      'image operating system "windows" cannot be used on this platform',
    ],
  },
  'platform-absent': {
    severity: 'warning',
    mended: true,
    cause: 'A multi-platform image was saved where only one platform had been pulled.',
    en: {
      message:
        'The index lists platforms whose blobs are not in the archive ({platforms}); clients that want all platforms fail with `content digest … not found`. There is {present}.',
      remedy: 'Convert the archive: the index then lists what is there.',
    },
    zh: {
      message:
        '索引中列出的平台（{platforms}）在归档里没有对应的数据；要求全部平台的客户端会报错 `content digest … not found`。归档中有：{present}。',
      remedy: '请转换该归档：索引将只列出实际存在的平台。',
    },
    clientErrors: ['ctr: content digest sha256:…: not found', 'content digest … not found'],
  },
  'platform-foreign': {
    severity: 'warning',
    cause: 'A multi-platform build that copied the same programs into the image for each platform.',
    en: {
      message: 'All executables in the image for {platform} are {found}; there it fails with `exec format error`.',
      remedy: 'Build the image for {platform} again. A conversion keeps it as it is.',
    },
    zh: {
      message: '面向 {platform} 的镜像中的可执行文件都是 {found}；在该平台上会报错 `exec format error`。',
      remedy: '请为 {platform} 重新构建镜像。转换会原样保留它。',
    },
    clientErrors: ['exec format error'],
  },
  'several-platforms': {
    severity: 'info',
    cause: 'A multi-platform image was saved with all its platforms.',
    en: {
      message: 'The archive holds the image{name} for several platforms: {platforms}.',
      remedy: 'A conversion keeps them all; the option `platform` takes one of them.',
    },
    zh: {
      message: '归档中有同一镜像{name}的多个平台：{platforms}。',
      remedy: '转换会保留全部平台；用选项 `platform` 可以只取其中一个。',
    },
    clientErrors: ['more than one image in oci, choose an image'],
  },
  'platforms-left-out': {
    severity: 'warning',
    cause:
      'A multi-platform image was converted with `layout: docker` or `as: rootfs`, and without the option `platform`.',
    en: {
      message:
        'The upload has the image {name} for {platforms}. The layout docker and a root file system have room for one platform, so the result is for {platform} only.',
      remedy: 'For another one, convert with the option `platform`.',
    },
    zh: {
      message:
        '上传的归档含有镜像 {name} 的以下平台：{platforms}。docker 布局和根文件系统都只能容纳一个平台，因此结果中只有 {platform}。',
      remedy: '需要其他平台时，请在转换时加上选项 `platform`。',
    },
    clientErrors: [],
  },
  'platform-chosen': {
    severity: 'info',
    cause: 'A multi-platform image was converted without the option `platform`.',
    en: {
      message:
        'The image {name} is there for {platforms}. Clients that can have but one (Docker with its classic store, `docker-archive:` of skopeo, crane) get {platform}.',
      remedy:
        'For another one, and for umoci, which takes no image of several platforms, convert with the option `platform`.',
    },
    zh: {
      message:
        '镜像 {name} 包含以下平台：{platforms}。只能保留一个平台的客户端（使用经典存储的 Docker、skopeo 的 `docker-archive:`、crane）得到的是 {platform}。',
      remedy: '需要其他平台时，以及用于不接受多平台镜像的 umoci 时，请在转换时加上选项 `platform`。',
    },
    clientErrors: ['tag is ambiguous', 'image platform (linux/…) does not match the detected host platform'],
  },
  attestations: {
    severity: 'info',
    cause: '`docker buildx build` adds the provenance of each image unless `--provenance=false` is given.',
    en: {
      message: 'The archive also holds attestations ({count}): statements about its images, such as their provenance.',
      remedy: 'A conversion leaves them out, as they name manifests that it writes anew.',
    },
    zh: {
      message: '归档中还有证明文件（attestation，{count} 个）：关于镜像的声明，例如构建来源。',
      remedy: '转换不会保留它们，因为它们指向的清单会重新写出。',
    },
    clientErrors: ['tag is ambiguous', 'unknown/unknown'],
  },
  'name-repeated': {
    severity: 'warning',
    cause: 'Two images were given the same name, each in its own turn, and then saved together.',
    en: {
      message:
        'Several images for the same platform have the name {name}; the last one has it, as after `docker load`.',
      remedy: 'Save each image under a name of its own. A conversion leaves the others without this name.',
    },
    zh: {
      message: '同一平台的多个镜像都叫 {name}；与 `docker load` 之后一样，名称归最后一个。',
      remedy: '请用各自的名称保存每个镜像。转换后其他镜像不再有这个名称。',
    },
    clientErrors: [],
  },
  'several-images': {
    severity: 'info',
    cause: '`docker save` with several names.',
    en: {
      message: 'The archive holds {count} images; a name can be given to one of them.',
      remedy: 'Choose one with the option `image`.',
    },
    zh: { message: '归档中有 {count} 个镜像；一次只能给其中一个命名。', remedy: '请用选项 `image` 选择其中一个。' },
    clientErrors: [
      'more than one image in oci, choose an image',
      'Unexpected tar manifest.json: expected 1 item, got …',
    ],
  },
  'platform-mixed': {
    severity: 'warning',
    cause: 'A system that carries programs for other machines, such as an emulator or a cross compiler.',
    en: {
      message: 'The executables are of several platforms ({platforms}); {platform} was written into the image.',
      remedy: CHOOSE_PLATFORM.en,
    },
    zh: { message: '可执行文件属于多个平台（{platforms}）；写入镜像的是 {platform}。', remedy: CHOOSE_PLATFORM.zh },
    clientErrors: ['exec format error'],
  },
  'platform-differs': {
    severity: 'warning',
    cause: 'The option `platform`, or the inspect file, names another platform than the executables do.',
    en: {
      message: 'The executables are {found}, but {platform} was asked for and written into the image.',
      remedy:
        'A container from it fails with `exec format error` unless the host emulates {found}. Leave out the option `platform`.',
    },
    zh: {
      message: '可执行文件是 {found}，但按要求写入镜像的是 {platform}。',
      remedy: '除非主机能模拟 {found}，否则容器启动时会报错 `exec format error`。请去掉选项 `platform`。',
    },
    clientErrors: ['exec format error'],
  },
  'platform-assumed': {
    severity: 'warning',
    cause: 'The archive holds scripts or data only.',
    en: {
      message: 'There are no executables to read the platform from; linux/amd64 was written into the image.',
      remedy: CHOOSE_PLATFORM.en,
    },
    zh: { message: '没有可用来判断平台的可执行文件；写入镜像的是 linux/amd64。', remedy: CHOOSE_PLATFORM.zh },
    clientErrors: [],
  },
} as const satisfies Record<string, Entry>;
