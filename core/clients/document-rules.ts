import type { DocumentFault, ShapeFault } from '../model/inspection.ts';
import { about, CTR, fault, listing, OCI, PODMAN, type Reader, type Rule, STORE } from './rule.ts';

/**
 * Groups of clients. The clients of one group parse the image config into the same Go struct. Beside each group is the
 * code of the fault "the config does not fit this struct". Podman is in two groups, because it parses the config twice.
 */
const CONFIG_READERS = [
  [[...CTR, ...PODMAN, 'umoci'], 'config-type-oci'],
  [['docker', 'docker-legacy', ...PODMAN, 'skopeo-docker'], 'config-type-docker'],
  [STORE, 'config-type-store'],
  [['crane'], 'config-type-crane'],
] as const satisfies readonly (readonly [readonly Reader[], ShapeFault])[];

/**
 * Groups of clients. The clients of one group parse `manifest.json` into the same Go struct. Beside each group is the
 * code of the fault "`manifest.json` does not fit this struct".
 */
const MANIFEST_READERS = [
  [['docker', 'podman-docker', 'skopeo-docker'], 'manifest-json-type'],
  [[...STORE, ...CTR], 'manifest-json-type-short'],
  [['crane'], 'manifest-json-type-crane'],
] as const satisfies readonly (readonly [readonly Reader[], DocumentFault])[];

/**
 * The rules that predict which clients cannot load an image archive because a value in a JSON document has the wrong
 * type. Go's JSON reader refuses such a document.
 */
export const DOCUMENT_RULES: readonly Rule[] = [
  // The documents that list the images
  ...MANIFEST_READERS.map(([readers, code]) =>
    listing(
      readers,
      code,
      'a value in `manifest.json` has the wrong type (`json: cannot unmarshal`)',
      '`manifest.json` 中有类型错误的值（`json: cannot unmarshal`）',
    ),
  ),
  listing(
    ['docker', 'podman-docker', 'skopeo-docker', 'store-docker', 'ctr-docker', 'crane'],
    'manifest-json-gap',
    'an entry of `manifest.json` names no config',
    '`manifest.json` 中有一项没有指明配置',
  ),
  listing(
    ['podman-docker', 'skopeo-docker'],
    'manifest-json-continues',
    'something follows the JSON in `manifest.json` (`after top-level value`)',
    '`manifest.json` 的 JSON 之后还有内容（`after top-level value`）',
  ),
  listing(
    OCI,
    'index-json-type',
    'a value in the index has the wrong type (`json: cannot unmarshal`)',
    '索引中有类型错误的值（`json: cannot unmarshal`）',
  ),
  listing(
    ['ctr-docker', 'store-docker'],
    'index-lists-nothing',
    'where there is an `oci-layout` it reads `index.json`, which lists no image of this archive',
    '有 `oci-layout` 时它会读取 `index.json`，而其中没有列出本归档的任何镜像',
  ),
  about(
    OCI,
    ({ shape, list }) => shape.faults.includes('index-type-new') || list.faults.includes('manifest-type-new'),
    'a value of the wrong type stands in a field that not every version knows; those that do refuse it (`json: cannot unmarshal`)',
    '有一个类型错误的值位于并非每个版本都认识的字段中；认识它的版本会拒绝（`json: cannot unmarshal`）',
    { effect: 'unknown' },
  ),
  listing(
    ['store-oci', 'ctr-oci', 'umoci'],
    'index-json-continues',
    'something follows the JSON in `index.json` (`after top-level value`)',
    '`index.json` 的 JSON 之后还有内容（`after top-level value`）',
  ),
  listing(
    [...STORE, ...CTR, 'umoci'],
    'oci-layout-type',
    'a value in `oci-layout` has the wrong type (`json: cannot unmarshal`)',
    '`oci-layout` 中有类型错误的值（`json: cannot unmarshal`）',
  ),
  listing(
    ['umoci'],
    'oci-layout-continues',
    'something follows the JSON in `oci-layout` (`after top-level value`)',
    '`oci-layout` 的 JSON 之后还有内容（`after top-level value`）',
  ),
  listing(
    ['docker-legacy'],
    'repositories-type',
    'a value in `repositories` has the wrong type (`json: cannot unmarshal`)',
    '`repositories` 中有类型错误的值（`json: cannot unmarshal`）',
  ),

  // The OCI manifest
  fault(
    OCI,
    'manifest-type',
    'a value in the OCI manifest has the wrong type (`json: cannot unmarshal`)',
    'OCI 清单中有类型错误的值（`json: cannot unmarshal`）',
  ),
  fault(
    ['store-oci', 'ctr-oci', 'podman-oci', 'skopeo-oci'],
    'manifest-continues',
    'something follows the JSON in the OCI manifest (`after top-level value`)',
    'OCI 清单的 JSON 之后还有内容（`after top-level value`）',
  ),

  fault(
    ['podman-oci'],
    'layers-absent',
    'the OCI manifest lists no layers, so the image has no files',
    'OCI 清单没有列出任何层，因此镜像中没有文件',
  ),

  // The config
  ...CONFIG_READERS.map(([readers, code]) =>
    fault(
      readers,
      code,
      'a value in the config has the wrong type (`json: cannot unmarshal`)',
      '配置中有类型错误的值（`json: cannot unmarshal`）',
    ),
  ),
  fault(
    ['docker', 'docker-legacy', ...STORE, ...CTR, ...PODMAN, 'skopeo-docker', 'umoci'],
    'diffid-unreadable',
    'a diffID in the config is no digest (`invalid diffID`)',
    '配置中有一个 diffID 不是摘要（`invalid diffID`）',
  ),
  fault(
    ['docker'],
    'config-type-new',
    'Docker 25 and newer refuse a value in the config (`json: cannot unmarshal`), in a field that earlier versions do not know',
    'Docker 25 及更新的版本会拒绝配置中的一个值（`json: cannot unmarshal`），更早的版本不认识该字段',
    { from: '25.0' },
  ),
  fault(
    [...PODMAN, 'skopeo-docker'],
    'config-type-new',
    'a value of the wrong type stands in a field that not every version knows; those that do refuse it (`json: cannot unmarshal`)',
    '有一个类型错误的值位于并非每个版本都认识的字段中；认识它的版本会拒绝（`json: cannot unmarshal`）',
    { effect: 'unknown' },
  ),
  // This rule has no version, because nearly every other client refuses such a command too. Its sentence names them.
  fault(
    ['docker'],
    'config-command-text',
    'Docker 29 refuses a value in the config (`json: cannot unmarshal`), which earlier versions take',
    'Docker 29 会拒绝配置中的一个值（`json: cannot unmarshal`），更早的版本则接受',
  ),
  fault(
    ['docker'],
    'config-type-docker-29',
    'Docker 29 refuses a value in the config (`json: cannot unmarshal`), which earlier versions take',
    'Docker 29 会拒绝配置中的一个值（`json: cannot unmarshal`），更早的版本则接受',
    { from: '29' },
  ),
  // podman 4.3 runs such an image and podman 5.8 does not. The versions in between were not tried.
  fault(
    PODMAN,
    'port-unreadable',
    'podman 5 loads the image and cannot run it: a port in the config is no number (`invalid port number`)',
    'podman 5 能加载但无法运行该镜像：配置中有一个端口不是数字（`invalid port number`）',
    { from: '5.0' },
  ),
  fault(
    [...PODMAN, 'umoci'],
    'env-without-name',
    'a variable in the ENV of the config has no name (`invalid environment variable`)',
    '配置的 ENV 中有一个变量没有名称（`invalid environment variable`）',
  ),
  fault(
    ['umoci'],
    'env-without-value',
    'a variable in the ENV of the config has no `=` (`environment variable must contain`)',
    '配置的 ENV 中有一个变量没有 `=`（`environment variable must contain`）',
  ),
  fault(
    ['docker', 'docker-legacy', ...STORE, ...CTR, ...PODMAN, 'skopeo-docker'],
    'config-continues',
    'something follows the JSON in the config (`after top-level value`)',
    '配置的 JSON 之后还有内容（`after top-level value`）',
  ),
];
