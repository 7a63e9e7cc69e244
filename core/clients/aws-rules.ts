import { asList, asText } from '../model/json.ts';
import { type Reference, referenceOf } from '../model/reference.ts';
import { type StatedRule, statedRule, type JudgedImage, WHOLE_IMAGE_RULES } from './stated-rule.ts';

// The limits that AWS states, as of November 2026 (docs/decisions/0107).

/** The size in bytes of the largest layer that Amazon ECR takes, as AWS states it: 52,000 MiB. */
const ECR_LAYER_BYTES = 52_000 * 1024 ** 2;
/**
 * The number of layers in an image that Amazon ECR once stated as its upper limit. Its quotas of today name no such
 * limit. So it is not known whether ECR takes an image with more layers.
 */
const ECR_LAYERS = 127;
/** The least and the greatest length in characters of a repository name that Amazon ECR takes. */
const ECR_NAME = { least: 2, most: 256 };
/** The size in bytes up to which AWS Lambda surely takes an image: 10 GB for all its layers together, decompressed. */
const LAMBDA_BYTES = 10e9;
/**
 * The size in bytes beyond which AWS Lambda surely takes no image: 10 GiB, for all its layers together, decompressed.
 * AWS states 10 GB, and may mean GiB.
 */
const LAMBDA_BYTES_BINARY = 10 * 1024 ** 3;

/**
 * Matches the host name of the ECR registry of an AWS account. In an image name with this host name, the path is the
 * name of a repository in ECR.
 */
const ECR_REGISTRY = /^\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]{1,32}\.amazonaws\.com(?:\.cn)?$/;
/** Matches the media types of layers in Docker's manifest (version 2, schema 2) and in OCI manifests. */
const LAYER_TYPE =
  /^application\/vnd\.(?:docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip)?|oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+gzip|\+zstd)?)$/;

const oddType = statedRule(
  ({ found }) => found.layers.some(({ mediaType }) => mediaType !== null && !LAYER_TYPE.test(mediaType)),
  'a layer has a media type that AWS does not name',
  '某一层的媒体类型不在 AWS 列出的类型之中',
  'unknown',
);

/**
 * The rules that predict whether Amazon ECR takes the images of an archive. They assume that some client loads the
 * archive and pushes the images.
 */
export const ECR_RULES: readonly StatedRule[] = [
  ...WHOLE_IMAGE_RULES,
  statedRule(
    ({ found }) => found.layers.some(({ size }) => (size ?? 0) > ECR_LAYER_BYTES),
    'a layer is larger than 52,000 MiB',
    '某一层超过 52,000 MiB',
  ),
  statedRule(
    ({ found }) => found.names.some(isRefusedByEcr),
    'ECR does not take this repository name: a name has 2 to 256 characters there, and a single `.`, `_` or `-` between letters or digits',
    'ECR 不接受这样的仓库名称：名称须为 2 至 256 个字符，字母或数字之间只能有一个 `.`、`_` 或 `-`',
  ),
  oddType,
  statedRule(
    ({ found }) => found.layers.length > ECR_LAYERS,
    'an image has more than 127 layers, once the limit of ECR; its quotas of today do not name one',
    '某个镜像超过 127 层，这曾是 ECR 的上限；如今的配额中没有写明上限',
    'unknown',
  ),
];

/**
 * The rules that predict whether AWS Lambda takes an image of an archive for a function. They assume that some client
 * loads the archive and pushes the image to ECR.
 */
export const LAMBDA_RULES: readonly StatedRule[] = [
  ...WHOLE_IMAGE_RULES,
  statedRule(
    ({ found: { platform } }) => platform !== null && platform.os !== 'linux',
    'Lambda runs Linux images only',
    'Lambda 只运行 Linux 镜像',
  ),
  statedRule(
    ({ found: { platform } }) => platform !== null && !['amd64', 'arm64'].includes(platform.architecture),
    'Lambda runs images for amd64 and arm64 only',
    'Lambda 只运行 amd64 和 arm64 的镜像',
  ),
  statedRule(
    ({ source }) => (source?.place?.index ?? null) !== null,
    'its name leads to an index (several platforms, or attestations), and Lambda takes no index; convert it with the option `platform`',
    '它的名称指向一个索引（多个平台或证明），而 Lambda 不接受索引；请加上选项 `platform` 转换',
  ),
  statedRule(
    (image) => expandedBytes(image) > LAMBDA_BYTES_BINARY,
    'its layers have more than 10 GB together',
    '各层合计超过 10 GB',
  ),
  statedRule(
    ({ found }) => !['', '/'].includes((asText(found.config?.['WorkingDir']) ?? '').slice(0, 1)),
    'its WORKDIR is not an absolute path',
    '它的 WORKDIR 不是绝对路径',
  ),
  statedRule(
    ({ found }) => found.platform === null,
    'the image does not say its platform',
    '镜像没有写明平台',
    'unknown',
  ),
  statedRule(
    (image) => expandedBytes(image) > LAMBDA_BYTES,
    'its layers have some 10 GB together, and AWS does not say how exactly it counts',
    '各层合计约 10 GB，而 AWS 没有写明具体如何计算',
    'unknown',
  ),
  statedRule(
    (_, { quick }) => quick !== undefined,
    'a quick look does not tell how large its layers are when they are expanded, nor whether its name leads to an index',
    '快速查看无法得知各层解压后的大小，也无法得知其名称是否指向索引',
    'unknown',
  ),
  oddType,
  statedRule(
    ({ found }) => found.layers.some(({ compression }) => !['none', 'gzip'].includes(compression ?? 'none')),
    'AWS does not say whether Lambda expands layers that are neither plain nor gzip',
    'AWS 没有写明 Lambda 能否解压既非未压缩也非 gzip 的层',
    'unknown',
  ),
  statedRule(
    () => true,
    'an archive does not show whether the program speaks the runtime API of Lambda',
    '归档无法表明其中的程序是否使用 Lambda 的运行时 API',
    'note',
  ),
  statedRule(
    ({ found }) => programOf(found) === null,
    'it has no command, so the function must give one',
    '它没有启动命令，须在函数中指定',
    'note',
  ),
  statedRule(
    ({ found }) => programOf(found)?.startsWith('/') === false,
    'its command does not begin with an absolute path, which AWS asks for',
    '它的启动命令不以绝对路径开头，而 AWS 要求如此',
    'note',
  ),
  statedRule(
    ({ found }) => found.layers.some(({ compression }) => compression === 'none'),
    'it has plain layers, so push it with a client that compresses them (Docker, skopeo, `crane push FILE`)',
    '它含有未压缩的层，须用会压缩各层的客户端推送（Docker、skopeo、`crane push FILE`）',
    'note',
  ),
];

function expandedBytes({ found }: JudgedImage): number {
  return found.layers.reduce((sum, { contentSize, size }) => sum + (contentSize ?? size ?? 0), 0);
}

/**
 * The program that a container of the image runs, such as `/bin/sh`: the first word of ENTRYPOINT, else of CMD. Null
 * when the image has neither.
 */
function programOf({ config }: JudgedImage['found']): string | null {
  return asText(asList(config?.['Entrypoint'])[0] ?? asList(config?.['Cmd'])[0]);
}

function isRefusedByEcr(name: string): boolean {
  const reference = referenceOf(name);
  return reference !== null && ECR_REGISTRY.test(reference.domain) && !isEcrRepository(reference);
}

/**
 * True when the path of an image name is also a valid name for a repository in ECR. It must have 2 to 256 characters,
 * and no two of `.`, `_` and `-` side by side.
 */
function isEcrRepository({ path }: Reference): boolean {
  return path.length >= ECR_NAME.least && path.length <= ECR_NAME.most && !/[._-]{2}/.test(path);
}
