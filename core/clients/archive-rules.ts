import { isUnread } from '../model/compression.ts';
import { referenceOf } from '../model/reference.ts';
import { about, ALL, CTR, type Rule, STORE } from './rule.ts';

const badName = (name: string): boolean => referenceOf(name) === null;
/**
 * True for an image name without a tag. Docker requires a tag in `manifest.json`; other clients accept a name without
 * one.
 */
const untagged = (name: string): boolean => name.lastIndexOf(':') <= name.lastIndexOf('/');

/**
 * The rules that predict which clients cannot load an image archive because of its folders, its compression or the
 * names of its members.
 */
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
    ALL,
    ({ compression }) => isUnread(compression),
    'it reads no archive in lz4, lzma or a zip file, and none that was compressed twice (`invalid tar header`)',
    '它不能读取 lz4、lzma 或 zip 中的归档，也不能读取压缩了两次的归档（`invalid tar header`）',
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

/** The rules that predict which clients cannot load an image archive because of the names or number of its images. */
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
