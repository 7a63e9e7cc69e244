import { about, CTR, listing, OCI, type Rule, STORE } from './rule.ts';

/**
 * The rules that predict which clients cannot load an image archive because of a fault in a document that lists its
 * images, such as `manifest.json` or `index.json`. No digest protects these documents.
 */
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
  about(
    [...STORE, ...CTR],
    ({ shape: { faults } }) => faults.includes('index-json-linked') && !faults.includes('oci-layout-linked'),
    '`index.json` is a link to another member of the archive (`missing index.json in OCI layout`)',
    '`index.json` 是指向归档中另一个成员的链接（`missing index.json in OCI layout`）',
  ),
  about(
    ['store-oci', 'ctr-oci'],
    ({ shape }) => shape.faults.includes('oci-layout-linked') && shape.docker === null,
    '`oci-layout` is a link to another member of the archive (`unrecognized image format`)',
    '`oci-layout` 是指向归档中另一个成员的链接（`unrecognized image format`）',
  ),
  listing(
    ['store-docker', 'ctr-docker'],
    'manifest-json-linked',
    '`manifest.json` is a link to another member of the archive (`unrecognized image format`)',
    '`manifest.json` 是指向归档中另一个成员的链接（`unrecognized image format`）',
  ),
  listing(
    ['podman-docker', 'skopeo-docker'],
    'manifest-json-hard-linked',
    '`manifest.json` is a hard link to another member of the archive (`unexpected end of JSON input`)',
    '`manifest.json` 是指向归档中另一个成员的硬链接（`unexpected end of JSON input`）',
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
    CTR,
    'named-entry-absent',
    'earlier versions want every image that the index names, and one is not in the archive (`content digest …: not found`)',
    '更早的版本需要索引中每个有名称的镜像，而其中一个不在归档中（`content digest …: not found`）',
    { until: '2.0' },
  ),
  listing(
    ['ctr-oci', 'store-oci'],
    'last-of-name-absent',
    'of several images of one name in the index it takes the last, and that is not in the archive (`content digest …: not found`)',
    '索引中多个镜像同名时，它使用最后一个，而那一个不在归档中（`content digest …: not found`）',
  ),
  listing(
    ['ctr-oci'],
    'platformless-absent',
    'the index lists an image without a platform, and that is not in the archive (`content digest …: not found`)',
    '索引列出了一个没有平台的镜像，而它不在归档中（`content digest …: not found`）',
  ),
  listing(
    ['skopeo-oci'],
    'first-of-tag-absent',
    'of several images of one tag in the index it takes the first, and that is not in the archive (`no such file or directory`)',
    '索引中多个镜像标签相同时，它使用第一个，而那一个不在归档中（`no such file or directory`）',
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
