import { type Bilingual, both, type Language } from '../catalogue/bilingual.ts';

/** The labels at the left of the lines that describe an archive. */
const LABELS = {
  because: both('because', '依据'),
  size: both('size', '大小'),
  compression: both('compression', '压缩'),
  expanded: both('expanded', '解压后'),
  members: both('members', '成员'),
  digest: both('digest', '摘要'),
  diffID: both('diffID', 'diffID'),
  distribution: both('distribution', '发行版'),
  platform: both('platform', '平台'),
  shells: both('shells', 'shell'),
  capabilities: both('capabilities', '能力'),
  name: both('name', '名称'),
  names: both('names', '名称'),
  layers: both('layers', '层'),
  files: both('files', '文件'),
  wasted: both('wasted', '浪费'),
  largest: both('largest', '最大的文件'),
  lost: both('wasted most', '浪费最多'),
  setuid: both('set-uid', 'set-uid'),
  ownerless: both('no owner name', '所有者无名'),
  duplicates: both('same content', '内容相同'),
  report: both('report', '报告'),
  imageID: both('image ID', '镜像 ID'),
  manifest: both('manifest', '清单'),
  index: both('index', '索引'),
  created: both('created', '创建时间'),
  image: both('image', '镜像'),
  rootfs: both('file system', '文件系统'),
  entrypoint: both('entrypoint', '入口点'),
  command: both('command', '命令'),
  user: both('user', '用户'),
  directory: both('directory', '工作目录'),
  ports: both('ports', '端口'),
  volumes: both('volumes', '卷'),
  environment: both('environment', '环境变量'),
  loads: both('loads in', '可加载'),
  fails: both('not in', '不可加载'),
  unknown: both('not known in', '尚不清楚'),
  byRule: both('by rule', '按规则'),
} as const satisfies Record<string, Bilingual>;

export type Labels = Record<keyof typeof LABELS, string>;

/** The labels at the left of the lines that describe an archive, in one language. */
export function labelsIn(language: Language): Labels {
  return Object.fromEntries(Object.entries(LABELS).map(([name, texts]) => [name, texts[language]])) as Labels;
}
