import { type StatedRule, statedRule, WHOLE_IMAGE_RULES } from './stated-rule.ts';

/**
 * The rules that predict whether an archive is taken by programs that read only what `docker save` wrote before version
 * 25. Examples are older versions of RouterOS, Cisco IOx and dive (docs/decisions/0106).
 */
export const DOCKER_ARCHIVE_RULES: readonly StatedRule[] = [
  ...WHOLE_IMAGE_RULES,
  statedRule((_, { compression }) => compression !== 'none', 'the archive is compressed', '归档是压缩的'),
  statedRule(
    (_, { inside, shape }) => inside !== null || (shape?.folder ?? '') !== '',
    'its documents are not at the top of the archive',
    '各文档不在归档的顶层',
  ),
  statedRule((_, { shape }) => shape?.docker === null, 'it has no `manifest.json`', '没有 `manifest.json`'),
  statedRule(
    ({ found }) => found.layers.some(({ path }) => !path.endsWith('/layer.tar')),
    'its layers are not files with the name `layer.tar`; `--layout docker` writes such files',
    '各层不是名为 `layer.tar` 的文件；`--layout docker` 会写出这样的文件',
  ),
  statedRule(
    ({ found }) => found.layers.some(({ compression }) => compression !== null && compression !== 'none'),
    'a layer is compressed; `--layout docker` writes plain layers',
    '某一层是压缩的；`--layout docker` 会写出未压缩的层',
  ),
  statedRule(
    (_, { shape }) => (shape?.prefix ?? '') !== '' || shape?.docker?.faults.includes('layer-linked') === true,
    'it is not known whether all of these programs follow names with `./` or `/`, and links',
    '尚不清楚这些程序是否都能处理带 `./` 或 `/` 的名称以及链接',
    'unknown',
  ),
  statedRule(
    (_, { shape }) => (shape?.docker?.images ?? 0) > 1,
    'some of these programs look at the first image only',
    '其中有些程序只看第一个镜像',
    'note',
  ),
];
