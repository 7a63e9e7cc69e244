import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { isObject } from './json-fields.ts';

/** A kind of file that users often give instead of the output of `docker inspect`: its description, and advice. */
export interface Mistaken {
  /** A clause that tells the user which kind of file was given by mistake, such as `it seems to be a Dockerfile`. */
  problem: Bilingual;
  remedy: Bilingual | null;
}

type Fields = Record<string, unknown>;

interface Kind {
  /**
   * Called with the fields of a JSON object; returns true when they show that the object is of this kind, such as a
   * list of containers.
   */
  is(fields: Fields): boolean;
  en: string;
  zh: string;
  remedy?: Bilingual;
}

const has = (fields: Fields, ...names: string[]): boolean => names.every((name) => name in fields);

const WITH_CONFIG = both(
  'Make it with skopeo inspect --config SOURCE > inspect.json, or with docker inspect NAME > inspect.json.',
  '请用 skopeo inspect --config SOURCE > inspect.json 生成它，或用 docker inspect NAME > inspect.json。',
);
const WITHOUT_FORMAT = both(
  'Leave --format out: docker inspect NAME > inspect.json.',
  '请去掉 --format：docker inspect NAME > inspect.json。',
);
const WITHOUT_MODE = both(
  'Make it with nerdctl image inspect IMAGE > inspect.json, or with docker inspect NAME > inspect.json.',
  '请用 nerdctl image inspect IMAGE > inspect.json 生成它，或用 docker inspect NAME > inspect.json。',
);

/**
 * The kinds of JSON files that users give by mistake instead of the output of `docker inspect`. Each is recognised by
 * fields that the output of `docker inspect` does not have.
 */
const KINDS: readonly Kind[] = [
  {
    is: (fields) => has(fields, 'Layers', 'Digest') && !has(fields, 'RootFS'),
    en: 'what `skopeo inspect` prints, which has no CMD',
    zh: '`skopeo inspect` 的输出，其中没有 CMD',
    remedy: WITH_CONFIG,
  },
  {
    is: (fields) => has(fields, 'schemaVersion') || has(fields, 'SchemaV2Manifest') || has(fields, 'OCIManifest'),
    en: 'the manifest of an image, which has no config in it',
    zh: '镜像清单（manifest），其中没有镜像配置',
    remedy: WITH_CONFIG,
  },
  {
    is: (fields) => has(fields, 'Command', 'Names'),
    en: 'a list of containers (`docker ps`)',
    zh: '容器列表（`docker ps`）',
  },
  {
    is: (fields) => has(fields, 'containername', 'imagename'),
    en: 'a list of containers (`buildah containers`)',
    zh: '容器列表（`buildah containers`）',
  },
  {
    is: (fields) =>
      has(fields, 'Repository', 'Tag') ||
      (has(fields, 'RepoTags', 'Containers') && !has(fields, 'Config')) ||
      has(fields, 'names', 'createdatraw'),
    en: 'a list of images (`docker images`)',
    zh: '镜像列表（`docker images`）',
  },
  {
    is: (fields) => has(fields, 'CreatedBy'),
    en: 'the history of an image (`docker history`)',
    zh: '镜像历史（`docker history`）',
  },
  { is: (fields) => isObject(fields['Client']), en: 'what `docker version` prints', zh: '`docker version` 的输出' },
  {
    is: (fields) =>
      has(fields, 'ServerVersion') || has(fields, 'host', 'store') || has(fields, 'KernelVersion', 'CgroupDriver'),
    en: 'what `docker info` prints',
    zh: '`docker info` 的输出',
  },
  {
    is: (fields) => has(fields, 'Reclaimable') || has(fields, 'LayersSize'),
    en: 'what `docker system df` prints',
    zh: '`docker system df` 的输出',
  },
  { is: (fields) => has(fields, 'CPUPerc'), en: 'what `docker stats` prints', zh: '`docker stats` 的输出' },
  {
    is: (fields) => has(fields, 'IPAM') || has(fields, 'subnets') || has(fields, 'cniVersion'),
    en: 'a network (`docker network inspect`)',
    zh: '网络（`docker network inspect`）',
  },
  {
    is: (fields) => has(fields, 'Mountpoint'),
    en: 'a volume (`docker volume inspect`)',
    zh: '卷（`docker volume inspect`）',
  },
  {
    is: (fields) => has(fields, 'NumContainers') || has(fields, 'InfraContainerID'),
    en: 'a pod (`podman pod inspect`)',
    zh: 'Pod（`podman pod inspect`）',
  },
  {
    is: (fields) => has(fields, 'Endpoints', 'TLSMaterial'),
    en: 'a context (`docker context inspect`)',
    zh: '上下文（`docker context inspect`）',
  },
  { is: (fields) => has(fields, 'apiVersion', 'kind'), en: 'an object of Kubernetes', zh: 'Kubernetes 对象' },
  { is: (fields) => has(fields, 'status', 'info'), en: 'what `crictl inspect` prints', zh: '`crictl inspect` 的输出' },
  { is: (fields) => isObject(fields['services']), en: 'a compose file', zh: 'compose 文件' },
  {
    is: (fields) =>
      has(fields, 'Spec', 'Snapshotter') ||
      has(fields, 'Spec', 'SnapshotKey') ||
      has(fields, 'ImageConfig', 'Manifest'),
    en: 'what `ctr` or `nerdctl inspect --mode=native` prints',
    zh: '`ctr` 或 `nerdctl inspect --mode=native` 的输出',
    remedy: WITHOUT_MODE,
  },
  {
    is: (fields) => has(fields, 'Spec', 'Version'),
    en: 'an object of a swarm (`docker service inspect`)',
    zh: 'Swarm 对象（`docker service inspect`）',
  },
  {
    is: (fields) =>
      !has(fields, 'Config') &&
      !has(fields, 'State') &&
      (has(fields, 'Env', 'Cmd') || has(fields, 'Env', 'Entrypoint')),
    en: 'one part of what `docker inspect` prints',
    zh: '`docker inspect` 输出的一部分',
    remedy: WITHOUT_FORMAT,
  },
];

/**
 * Recognises a JSON object that was given instead of the output of `docker inspect`, by its fields. Returns what to
 * tell the user; null when its kind is not known.
 */
export function mistakenFor(fields: Fields): Mistaken | null {
  const kind = KINDS.find((each) => each.is(fields));
  return kind === undefined ? null : seemsToBe(kind);
}

/**
 * The kinds of files, other than JSON, that users give instead of the output of `docker inspect`. Each has a pattern
 * for the beginning of the file, and a name in English and Chinese.
 */
const TEXTS: readonly (readonly [begins: RegExp, en: string, zh: string])[] = [
  [/^CONTAINER ID\s/, 'a list of containers (`docker ps`)', '容器列表（`docker ps`）'],
  [/^(?:REPOSITORY|IMAGE)\s/, 'a list of images (`docker images`)', '镜像列表（`docker images`）'],
  [/^(?:Client:|Server:)/, 'what `docker version` or `docker info` prints', '`docker version` 或 `docker info` 的输出'],
  [/^(?:#[^\n]*\n|version:[^\n]*\n|name:[^\n]*\n|\s)*services:/, 'a compose file', 'compose 文件'],
  [/^apiVersion:/m, 'an object of Kubernetes', 'Kubernetes 对象'],
  [/^(?:#[^\n]*\n|\s)*FROM\s/i, 'a Dockerfile', 'Dockerfile'],
];

const NO_OBJECT = /no such (?:object|container|image)|^Error/im;

/**
 * Recognises a text that was given instead of the JSON output of `docker inspect`, by its beginning. Returns what to
 * tell the user; null when its kind is not known.
 */
export function mistakenText(text: string): Mistaken | null {
  const start = text.slice(0, 4096);
  const [, en, zh] = TEXTS.find(([begins]) => begins.test(start)) ?? [];
  if (en !== undefined && zh !== undefined) return seemsToBe({ en, zh });
  if (!NO_OBJECT.test(start)) return null;
  return {
    problem: both('it is not JSON but an error of the engine', '不是 JSON，而是引擎报的错误'),
    remedy: FIND_NAME,
  };
}

/**
 * The advice to look up the name of the container or image and to run `docker inspect` again. It is given when the file
 * has an empty list or an error message of the engine, as `docker inspect` prints them when the name does not exist.
 */
export const FIND_NAME = both(
  'Look for the name with docker ps --all or docker images, then docker inspect NAME > inspect.json.',
  '请用 docker ps --all 或 docker images 查找名称，然后 docker inspect NAME > inspect.json。',
);

function seemsToBe({ en, zh, remedy }: Pick<Kind, 'en' | 'zh' | 'remedy'>): Mistaken {
  const space = /^[`a-z]/i.test(zh) ? ' ' : '';
  return { problem: both(`it seems to be ${en}`, `看起来是${space}${zh}`), remedy: remedy ?? null };
}
