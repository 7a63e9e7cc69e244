import { both } from '../catalogue/bilingual.ts';
import type { FindingCode } from '../catalogue/findings.ts';
import type { UnpackFault } from '../model/inspection.ts';
import { about, CTR, fault, PODMAN, type Reader, type Rule, STORE, UNPACKING } from './rule.ts';

type Engine = UnpackFault extends `${infer Name}/${string}/${string}` ? Name : never;

/**
 * For each simulated engine (a program that unpacks layers): the clients and versions that unpack as it does.
 * `podman-old`, for example, stands for podman before 6.1.
 */
const CLIENTS_BY_ENGINE: Record<Engine, { readers: readonly Reader[]; from?: string; until?: string }> = {
  'docker-oldest': { readers: ['docker', 'docker-legacy'], until: '25.0' },
  'docker-old': { readers: ['docker', 'docker-legacy'], from: '25.0', until: '29.7.2' },
  // Docker unpacks like this from 29.7.2 on, Debian's build from 28.5.2 on. In between, faults of both are reported.
  docker: { readers: ['docker', 'docker-legacy'], from: '28.5.2' },
  'podman-old': { readers: PODMAN, until: '6.1' },
  podman: { readers: PODMAN, from: '6.1' },
  containerd: { readers: [...STORE, ...CTR] },
  'umoci-old': { readers: ['umoci'], until: '0.5' },
  umoci: { readers: ['umoci'], from: '0.5' },
};

/**
 * The reasons why a program such as Docker cannot unpack a layer, as English and Chinese sentences. Each stands under
 * the code of the layer's fault, such as `hard-link-directory`.
 */
const REASONS: Partial<Record<FindingCode, { en: string; zh: string }>> = {
  'root-not-a-directory': both(
    'a layer gives the root as something else than a directory (`device or resource busy`)',
    '某一层把根目录变成了目录以外的东西（`device or resource busy`）',
  ),
  'parent-not-a-directory': both(
    'a member of a layer lies below a file (`not a directory`)',
    '某一层的成员位于文件之下（`not a directory`）',
  ),
  'parent-unreachable': both(
    'a member of a layer lies below a symbolic link that leads nowhere (`no such file or directory`)',
    '某一层的成员位于无效的符号链接之下（`no such file or directory`）',
  ),
  'hard-link-dangling': both(
    'a hard link in a layer points to nothing before it in that layer (`link …: no such file or directory`)',
    '某一层中的硬链接所指的文件在该层中不存在于它之前（`link …: no such file or directory`）',
  ),
  'hard-link-directory': both(
    'a hard link in a layer points to a directory (`operation not permitted`)',
    '某一层中的硬链接指向目录（`operation not permitted`）',
  ),
  'symlink-target': both(
    'a symbolic link in a layer has an empty target, or one that is too long',
    '某一层中符号链接的目标为空或过长',
  ),
  'whiteout-refused': both(
    'a whiteout in a layer cannot be carried out (`file exists`, `invalid whiteout`)',
    '某一层中的 whiteout（删除）标记无法执行（`file exists`、`invalid whiteout`）',
  ),
  'directory-gone': both(
    'a directory of a layer is deleted or replaced in the same layer (`chtimes …: no such file or directory`)',
    '某一层的目录在同一层中被删除或替换（`chtimes …: no such file or directory`）',
  ),
  'duplicate-path': both(
    'a path occurs twice in a layer (`duplicates of file paths not supported`)',
    '某一层中同一路径出现两次（`duplicates of file paths not supported`）',
  ),
  'odd-member-type': both('a layer holds a member of a type that it does not know', '某一层含有它不认识的成员类型'),
  'path-escapes': both(
    'a path in a layer contains `..` (`invalid entry name`)',
    '某一层含有 `..` 的路径（`invalid entry name`）',
  ),
  'path-too-long': both('a path in a layer is too long', '某一层中的路径过长'),
  'macos-attributes': both(
    'a member of a layer has extended attributes of macOS (`lsetxattr …: operation not supported`)',
    '某一层的成员带有 macOS 的扩展属性（`lsetxattr …: operation not supported`）',
  ),
  'attribute-refused': both(
    'a member of a layer has an extended attribute that Linux does not take there (`lsetxattr`)',
    '某一层的成员带有 Linux 在此处不接受的扩展属性（`lsetxattr`）',
  ),
};

/**
 * The two storage drivers of Docker and other engines for which the unpacking of layers is predicted. `overlay`, the
 * usual one, has a folder for each layer; `vfs` unpacks all layers into one folder.
 */
const STORAGE_DRIVERS = [
  { store: 'overlay', en: '', zh: '' },
  { store: 'vfs', en: 'with the storage driver vfs, ', zh: '使用 vfs 存储驱动时，' },
] as const;

/**
 * The codes of those faults of a layer because of which every engine (program that unpacks layers) fails to unpack it.
 * When layers are too large to simulate each engine, predictions rest on these codes.
 */
const STOPS_EVERY_ENGINE: readonly FindingCode[] = [
  'hard-link-directory',
  'parent-not-a-directory',
  'root-not-a-directory',
  'symlink-target',
  'whiteout-refused',
];

/**
 * The rules that predict which clients cannot load an image archive because they fail to unpack its layers. They use
 * the faults that Lading found when it simulated how each client unpacks the layers.
 */
export const LAYER_RULES: readonly Rule[] = [
  ...STORAGE_DRIVERS.flatMap(({ store, en, zh }) =>
    (Object.keys(CLIENTS_BY_ENGINE) as Engine[]).flatMap((engine) =>
      (Object.keys(REASONS) as FindingCode[]).map((code) => {
        const { readers, ...versions } = CLIENTS_BY_ENGINE[engine];
        const why = REASONS[code] ?? both('', '');
        const where = engine.startsWith('umoci') ? both('', '') : both(en, zh); // umoci always uses one folder
        return fault(readers, `${engine}/${store}/${code}`, where.en + why.en, where.zh + why.zh, versions);
      }),
    ),
  ),
  about(
    ['docker', 'docker-legacy'],
    ({ shape }) => shape.faults.includes('members-attributes'),
    'members of the archive have extended attributes of macOS (`lsetxattr …: operation not supported`)',
    '归档的成员带有 macOS 的扩展属性（`lsetxattr …: operation not supported`）',
    { from: '25.0' },
  ),
  ...STOPS_EVERY_ENGINE.map((code) => fault(UNPACKING, code, REASONS[code]?.en ?? '', REASONS[code]?.zh ?? '')),
  fault(
    UNPACKING,
    'layers-untried',
    'the layers are too large to find out what becomes of what is odd in them',
    '各层过大，无法推断其中不寻常的内容会怎样',
    { effect: 'unknown' },
  ),
];
