import { ALL, CTR, DOCKER, fault, OCI, PODMAN, type Rule, STORE, UNPACKING } from './rule.ts';

/**
 * The clients that parse the whole image config. skopeo is not among them for OCI archives, because it parses only some
 * fields there.
 */
const WHOLE_CONFIG_READERS = ALL.filter((reader) => reader !== 'skopeo-oci');

/**
 * The rules that predict which clients cannot load an image because of a missing or damaged document, the contents of a
 * layer, or a value in the config.
 */
export const IMAGE_RULES: readonly Rule[] = [
  // Missing or damaged documents
  fault(ALL, 'image-incomplete', 'a layer or the config is missing', '缺少某一层或配置'),
  fault(ALL, 'config-unreadable', 'the image config is unreadable', '镜像配置无法读取'),
  fault(
    ALL.filter((reader) => reader !== 'crane'),
    'layer-empty',
    'a layer is an empty file',
    '某一层是空文件',
  ),
  fault(ALL, 'layer-unnamed', 'a layer has an empty name', '某一层的名称为空'),
  fault(ALL, 'document-empty', 'a document is an empty file (`EOF`)', '某个文档是空文件（`EOF`）'),
  fault(OCI, 'manifest-damaged', 'the OCI manifest is damaged', 'OCI 清单已损坏'),
  fault(OCI, 'blob-damaged', 'a blob has not the digest it should have', '某个 blob 的摘要不符'),
  fault(UNPACKING, 'layer-damaged', 'a layer is damaged', '某一层已损坏'),
  ...(['diffid-mismatch', 'diffid-wrong'] as const).map((code) =>
    fault(
      [...DOCKER, ...STORE, ...CTR, 'umoci'],
      code,
      'a layer has not the diffID that the config says (`invalid diffID`)',
      '某一层与配置中的 diffID 不符（`invalid diffID`）',
    ),
  ),
  fault(
    [...DOCKER, ...STORE, ...CTR],
    'layers-length',
    'the config has another number of diffIDs than there are layers (`layers length mismatch`)',
    '配置中的 diffID 数量与层数不同（`layers length mismatch`）',
  ),
  fault(['umoci'], 'diffids-too-few', 'the config has fewer diffIDs than there are layers', '配置中的 diffID 少于层数'),
  fault(['crane'], 'diffids-too-many', 'the config has more diffIDs than there are layers', '配置中的 diffID 多于层数'),
  ...(['diffid-mismatch', 'diffid-wrong', 'diffids-too-few'] as const).map((code) =>
    fault(
      ['podman-oci'],
      code,
      "newer versions hold each layer against the diffIDs of the config (`does not match config's DiffID`)",
      "更新的版本会核对每一层与配置中的 diffID（`does not match config's DiffID`）",
      { from: '5.4' },
    ),
  ),
  fault(
    ['podman-docker', 'skopeo-docker'],
    'layer-linked',
    'a layer is a link to another file of the archive (`Size mismatch`, `Digest did not match`)',
    '某一层是指向归档中另一个文件的链接（`Size mismatch`、`Digest did not match`）',
  ),
  fault(
    ['ctr-docker', 'store-docker'],
    'layer-hard-linked',
    'a layer is a hard link to another file of the archive (`failed to resolve layers`)',
    '某一层是指向归档中另一个文件的硬链接（`failed to resolve layers`）',
  ),
  ...(
    [
      [['ctr-docker', 'store-docker'], 'image config … not found'],
      [['podman-docker', 'skopeo-docker'], 'unexpected end of JSON input'],
    ] as const
  ).map(([readers, message]) =>
    fault(
      readers,
      'config-hard-linked',
      `the config is a hard link to another file of the archive (\`${message}\`)`,
      `配置是指向归档中另一个文件的硬链接（\`${message}\`）`,
    ),
  ),
  fault(
    ['crane'],
    'config-hard-linked-below',
    'the config is a hard link, whose target it looks for in the same folder (`not found in tar`)',
    '配置是硬链接，而它只在同一个文件夹里查找所指的文件（`not found in tar`）',
  ),
  fault(
    ['crane'],
    'layer-hard-linked-below',
    'a layer is a hard link, whose target it looks for in the same folder (`not found in tar`)',
    '某一层是硬链接，而它只在同一个文件夹里查找所指的文件（`not found in tar`）',
  ),

  // Contents of the layers
  fault(
    ['docker', 'docker-legacy', ...PODMAN],
    'duplicate-path',
    'a path occurs twice in a layer (`duplicates of file paths not supported`)',
    '某一层中同一路径出现两次（`duplicates of file paths not supported`）',
  ),
  fault(
    UNPACKING,
    'odd-member-type',
    'a layer holds a member of a type that it does not know',
    '某一层含有它不认识的成员类型',
  ),
  fault(
    UNPACKING,
    'hard-link-dangling',
    'a hard link in a layer points to nothing before it in that layer (`link …: no such file or directory`)',
    '某一层中的硬链接所指的文件在该层中不存在于它之前（`link …: no such file or directory`）',
  ),
  fault(UNPACKING, 'path-too-long', 'a path in a layer is too long', '某一层中的路径过长'),
  fault(['umoci'], 'no-name', 'a layer holds a member without a name', '某一层含有没有名字的成员'),
  fault(
    ['docker', 'docker-legacy', ...PODMAN],
    'no-name',
    'a layer holds a member without a name, which fails with the storage driver vfs',
    '某一层含有没有名字的成员，使用 vfs 存储驱动时会失败',
    { effect: 'note' },
  ),
  fault(
    ['docker', 'docker-legacy'],
    'layer-zstd',
    'earlier versions do not unpack zstd layers (`invalid tar header`)',
    '更早的版本不能解压 zstd 层（`invalid tar header`）',
    { until: '23.0' },
  ),
  fault(
    ['umoci'],
    'layer-zstd',
    'earlier versions unpack plain and gzip layers only',
    '更早的版本只能解压未压缩和 gzip 的层',
    { until: '0.5' },
  ),
  fault(
    [...STORE, ...CTR, 'umoci'],
    'layer-rare',
    'it does not unpack layers in bzip2 or xz (`invalid tar header`)',
    '它不能解压 bzip2 或 xz 的层（`invalid tar header`）',
  ),
  fault(
    UNPACKING,
    'layer-foreign',
    'it does not unpack layers in lz4, lzma or zip (`invalid tar header`)',
    '它不能解压 lz4、lzma 或 zip 的层（`invalid tar header`）',
  ),
  fault(
    ['skopeo-docker'],
    'layer-foreign',
    'it does not expand layers in lz4, lzma or zip, so they do not match their diffIDs (`Digest did not match`)',
    '它不会解压 lz4、lzma 或 zip 的层，因此与其 diffID 不符（`Digest did not match`）',
  ),
  fault(
    [...PODMAN, 'skopeo-docker', 'umoci'],
    'layer-trailing',
    'bytes follow the gzip data of a layer (`gzip: invalid header`)',
    '某一层的 gzip 数据之后还有多余字节（`gzip: invalid header`）',
  ),
  ...([[[...STORE, ...CTR]], [['docker', 'docker-legacy'], '29']] as const).map(([readers, from]) =>
    fault(
      readers,
      'layer-trailing',
      'bytes follow the gzip data of a layer (`gzip: invalid header`, `unexpected EOF`); only where `unpigz` is installed it does not see them',
      '某一层的 gzip 数据之后还有多余字节（`gzip: invalid header`、`unexpected EOF`）；只有安装了 `unpigz` 时它才不会发现',
      from === undefined ? {} : { from },
    ),
  ),

  // Values in the config
  fault(
    ['docker', 'docker-legacy'],
    'history-too-long',
    'the history is too long (`too many non-empty layers in History section`)',
    '历史记录过长（`too many non-empty layers in History section`）',
  ),
  fault(
    WHOLE_CONFIG_READERS,
    'created-unreadable',
    '`created` in the config is no time (`parsing time`)',
    '配置中的 `created` 不是有效时间（`parsing time`）',
  ),
  fault(
    WHOLE_CONFIG_READERS,
    'config-marked',
    'the config begins with a byte order mark (`invalid character`)',
    '配置以字节顺序标记（BOM）开头（`invalid character`）',
  ),
  fault(
    OCI,
    'manifest-marked',
    'the OCI manifest begins with a byte order mark (`invalid character`)',
    'OCI 清单以字节顺序标记（BOM）开头（`invalid character`）',
  ),
  fault(
    ['docker', 'docker-legacy'],
    'os-windows',
    'it is a Windows image (`cannot load windows image on linux`)',
    '这是 Windows 镜像（`cannot load windows image on linux`）',
  ),
  fault(['ctr-docker', 'umoci'], 'os-windows', 'it is a Windows image', '这是 Windows 镜像'),
  fault(
    ['umoci'],
    'os-missing',
    'the config does not say the operating system (`unsupported OS`)',
    '配置没有写明操作系统（`unsupported OS`）',
  ),
  fault(
    ['ctr-docker'],
    'platform-other',
    'it takes no image of another platform than that of its machine, and this one is not for linux/amd64 (`image might be filtered out`)',
    '它只接受与本机平台相同的镜像，而这个镜像不是 linux/amd64 的（`image might be filtered out`）',
    { effect: 'unknown' },
  ),
  fault(
    ['ctr-docker'],
    'architecture-missing',
    'the config does not say the architecture (`image might be filtered out`)',
    '配置没有写明架构（`image might be filtered out`）',
  ),
];
