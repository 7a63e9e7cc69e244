import { parseReference } from '../model/reference.ts';
import { about, ALL, CTR, listing, OCI, type Rule, STORE } from './rule.ts';

const badName = (name: string): boolean => !parseReference(name).ok;
/** Docker's list wants a tag with each name; no tag is no fault elsewhere. */
const untagged = (name: string): boolean => name.lastIndexOf(':') <= name.lastIndexOf('/');

/** What clients mind around the images: folders, compression, the names of the members. */
export const ARCHIVE_RULES: readonly Rule[] = [
  about(
    ALL,
    ({ inside }) => inside !== null,
    'the archive lies inside another one; it does not look there',
    '归档装在另一个归档里，而它不会去那里找',
  ),
  about(
    ALL,
    ({ shape }) => shape.folder !== '',
    'everything lies in a folder; it looks at the top',
    '所有内容都在一个文件夹里，而它只在顶层查找',
  ),
  about(
    ['docker', 'docker-legacy'],
    ({ compression }) => compression === 'zstd',
    'earlier versions do not read zstd around the archive (`invalid tar header`)',
    '更早的版本不能读取外层 zstd 压缩（`invalid tar header`）',
    { until: '23.0' },
  ),
  about(
    CTR,
    ({ compression }) => compression === 'bzip2' || compression === 'xz',
    'it reads no archive in bzip2 or xz (`invalid tar header`)',
    '它不能读取 bzip2 或 xz 压缩的归档（`invalid tar header`）',
  ),
  about(
    CTR,
    ({ compression }) => compression !== 'none',
    'earlier versions, and all with `--local`, read no compressed archive (`invalid tar header`)',
    '更早的版本以及使用 `--local` 时不能读取压缩的归档（`invalid tar header`）',
    { until: '2.0' },
  ),
  about(
    ['crane'],
    ({ compression }) => compression !== 'none',
    'it reads no compressed archive',
    '它不能读取压缩的归档',
  ),
  about(
    ['podman-docker'],
    ({ compression }) => compression === 'gzip',
    'that of Debian 12 fails on gzip around a docker archive (`invalid tar header`)',
    'Debian 12 自带的版本读取外层 gzip 的 docker 归档会失败（`invalid tar header`）',
    { until: '4.4' },
  ),
  about(
    ['skopeo-docker'],
    ({ compression }) => compression === 'gzip',
    'that of Debian 12 fails on gzip around a docker archive (`invalid tar header`)',
    'Debian 12 自带的版本读取外层 gzip 的 docker 归档会失败（`invalid tar header`）',
    { until: '1.10' },
  ),
  about(
    [...STORE, ...CTR, 'podman-docker', 'skopeo-docker', 'crane'],
    ({ shape }) => shape.prefix === '/',
    'the names of the members begin with `/`',
    '成员名以 `/` 开头',
  ),
  about(
    ['crane'],
    ({ shape }) => shape.prefix === './',
    'earlier versions find no `manifest.json` when the names of the members begin with `./`',
    '成员名以 `./` 开头时，更早的版本找不到 `manifest.json`',
    { until: '0.21.7' },
  ),
  about(
    ['docker-legacy'],
    () => true,
    'Docker 29 and newer no longer read this format (`invalid archive: does not contain a manifest.json`)',
    'Docker 29 及更新的版本不再读取这种格式（`invalid archive: does not contain a manifest.json`）',
    { from: '29' },
  ),
];

/** What clients mind in the documents that list the images, which no digest protects. */
export const LISTING_RULES: readonly Rule[] = [
  listing(
    ['docker', 'docker-legacy', 'podman-docker', 'skopeo-docker', 'crane', ...STORE, ...CTR],
    'manifest-json-marked',
    '`manifest.json` begins with a byte order mark (`invalid character`)',
    '`manifest.json` 以字节顺序标记（BOM）开头（`invalid character`）',
  ),
  listing(
    ['docker-legacy'],
    'repositories-marked',
    '`repositories` begins with a byte order mark (`invalid character`)',
    '`repositories` 以字节顺序标记（BOM）开头（`invalid character`）',
  ),
  listing(
    OCI,
    'index-json-marked',
    '`index.json` begins with a byte order mark (`invalid character`)',
    '`index.json` 以字节顺序标记（BOM）开头（`invalid character`）',
  ),
  listing(
    [...STORE, ...CTR, 'umoci'],
    'oci-layout-marked',
    '`oci-layout` begins with a byte order mark (`invalid character`)',
    '`oci-layout` 以字节顺序标记（BOM）开头（`invalid character`）',
  ),
  listing(
    ['store-oci', 'ctr-oci', 'umoci'],
    'layout-version',
    'it knows no such version of the OCI layout (`unsupported OCI version`)',
    '它不认识这个版本的 OCI 布局（`unsupported OCI version`）',
  ),
  listing(OCI, 'index-media-type', 'the index gives a media type that it does not know', '索引中的媒体类型它不认识'),
  listing(
    ['store-oci'],
    'name-unqualified',
    'it loads the image under the name in the index, and finds it by a whole name only, with registry and tag',
    '它以索引中的名称加载镜像，却只能通过完整的名称（带有仓库地址和标签）找到它',
  ),
  listing(
    ['umoci'],
    'tag-ambiguous',
    'a tag leads to several manifests (`tag is ambiguous`)',
    '一个标签对应多个清单（`tag is ambiguous`）',
  ),
  listing(
    ['umoci'],
    'types-of-docker',
    'the media types are not those of OCI (`not implemented`, `unsupported mediatype`)',
    '媒体类型不是 OCI 的（`not implemented`、`unsupported mediatype`）',
  ),
  listing(
    ['podman-oci', 'skopeo-oci'],
    'types-mixed',
    'the manifest has the media type of Docker, and its layers have others (`unsupported docker v2s2 media type`)',
    '清单使用 Docker 的媒体类型，而各层使用其他类型（`unsupported docker v2s2 media type`）',
  ),
  listing(
    ['podman-oci'],
    'config-of-docker',
    'the manifest has the media type of OCI, and its config that of Docker (`invalid mixed OCI image`)',
    '清单使用 OCI 的媒体类型，而配置使用 Docker 的（`invalid mixed OCI image`）',
  ),
  listing(
    ['ctr-oci'],
    'platform-elsewhere',
    'it takes no image of another platform than that of its machine, and none here is for linux/amd64 (`image might be filtered out`, `not found`)',
    '它只接受与本机平台相同的镜像，而这里没有 linux/amd64 的（`image might be filtered out`、`not found`）',
    { effect: 'unknown' },
  ),
  listing(
    ['ctr-oci'],
    'platform-lesser-absent',
    'earlier versions, and all with `--local`, want linux/386 too where the index lists it, and that is not in the archive (`content digest …: not found`)',
    '索引列出 linux/386 时，更早的版本以及使用 `--local` 时也需要它，而归档中没有（`content digest …: not found`）',
    { until: '2.0' },
  ),
  listing(
    ['podman-oci', 'skopeo-oci'],
    'platform-not-in-index',
    'of an index it takes the platform of its machine, and this one has nothing for linux/amd64',
    '它从索引中选取本机平台的镜像，而这里没有 linux/amd64 的',
    { effect: 'unknown' },
  ),
  listing(['umoci'], 'index-size', 'the index gives a wrong size', '索引中记录的大小不符'),
];

/** What clients mind about the names of the images, and their number. */
export const NAME_RULES: readonly Rule[] = [
  about(
    ['docker', 'docker-legacy', 'podman-docker'],
    ({ list }) => list.names.some((name) => badName(name) || untagged(name)),
    'it refuses the name in the archive',
    '它拒绝归档中的名称',
  ),
  about(
    ['store-docker', 'ctr-docker', 'podman-oci'],
    ({ list }) => list.names.some(badName),
    'it refuses the name in the archive',
    '它拒绝归档中的名称',
  ),
  about(
    CTR,
    ({ list }) => list.names.length === 0,
    'an image without a name is imported and listed nowhere',
    '没有名称的镜像导入后不会出现在列表中',
  ),
  about(
    ['umoci'],
    ({ shape }) => shape.oci?.tags.length === 0,
    'it finds images by their tag, and there is none',
    '它按标签查找镜像，而归档中没有标签',
  ),
  about(
    ['podman-oci'],
    ({ shape }) => (shape.oci?.entries ?? 0) > 1,
    'the index has more than one entry (`more than one image in oci`)',
    '索引有多个条目（`more than one image in oci`）',
  ),
  about(
    ['skopeo-oci'],
    ({ shape }) => (shape.oci?.entries ?? 0) > 1 && shape.oci?.tags.length === 0,
    'the index has more than one entry, and no tag to choose by (`more than one image in oci`)',
    '索引有多个条目，又没有标签可选（`more than one image in oci`）',
  ),
  about(
    ['skopeo-oci'],
    ({ shape }) => (shape.oci?.entries ?? 0) > 1,
    'one has to be chosen: `oci-archive:FILE:TAG`',
    '需要选择其中一个：`oci-archive:FILE:TAG`',
    { effect: 'note' },
  ),
  about(
    ['skopeo-docker'],
    ({ list }) => list.images > 1,
    'one has to be chosen: `docker-archive:FILE:NAME`',
    '需要选择其中一个：`docker-archive:FILE:NAME`',
    { effect: 'note' },
  ),
  about(
    ['crane'],
    ({ list }) => list.images > 1,
    'it reads archives of a single image only',
    '它只能读取单个镜像的归档',
  ),
];
