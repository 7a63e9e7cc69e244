import type { Language } from '../core/catalogue/bilingual.ts';
import type { OptionName } from '../core/options/table.ts';

/** The texts of the web page, except those about an archive, which are in `core/page` and `core/catalogue`. */
export interface Texts {
  title: string;
  tagline: string;
  drop: string;
  choose: string;
  local: string;
  another: string;
  language: string;
  reading: string;
  writing: string;
  listing: string;
  cancel: string;
  failed: string;
  inspection: string;
  findings: string;
  clients: string;
  layersOf: string;
  convert: string;
  convertHint: string;
  options: string;
  inspectDrop: string;
  inspectGiven(name: string): string;
  remove: string;
  plan: string;
  becomes: string;
  save: string;
  saved: string;
  tooLarge: string;
  command: string;
  contents: string;
  files: string;
  openFiles: string;
  search: string;
  found(count: string): string;
  noFiles: string;
  noText: string;
  cut: string;
  saveFile: string;
  close: string;
  image: string;
  columns: { name: string; mode: string; owner: string; size: string; time: string; layer: string };
  option: Record<OptionName, [label: string, hint: string]>;
  done: string;
}

const EN: Texts = {
  title: 'Lading',
  tagline: 'What is in this archive, and will it load?',
  drop: 'Drop an archive here',
  choose: 'Choose a file',
  local:
    'The file is read here, in your browser. Nothing leaves this machine: the page is not allowed to send anything.',
  another: 'Open another file',
  language: '中文',
  reading: 'Reading the archive',
  writing: 'Writing the image',
  listing: 'Listing the files',
  cancel: 'Cancel',
  failed: 'The file cannot be read. Was it changed or removed?',
  inspection: 'What it is',
  findings: 'Findings',
  clients: 'Clients',
  layersOf: 'Layers',
  convert: 'Make an image of it',
  convertHint: 'The image archive is put together here, from the file on this machine. Then `docker load` accepts it.',
  options: 'More options',
  inspectDrop: 'Choose the output of docker inspect, or drop it here. It brings CMD, ENV, USER and the rest back.',
  inspectGiven: (name) => `Settings are taken from ${name}.`,
  remove: 'Remove',
  plan: 'Check',
  becomes: 'What becomes of it',
  save: 'Save image',
  saved: 'The image is saved.',
  tooLarge:
    'This is too large for the memory of a browser. Use the command line, or a browser that can write to the disk.',
  command: 'The same on a command line',
  contents: 'Show what is big, and what is wasted',
  files: 'Files',
  openFiles: 'Look inside',
  search: 'Search in paths',
  found: (count) => `${count} lines`,
  noFiles: 'The files of this archive cannot be listed.',
  noText: 'This file is not a text.',
  cut: 'Only the beginning is shown.',
  saveFile: 'Save file',
  close: 'Close',
  image: 'Image',
  columns: { name: 'name', mode: 'mode', owner: 'owner', size: 'size', time: 'changed', layer: 'layer' },
  option: {
    name: ['Name', 'For example app:1.2 or ghcr.io/team/app:1.2. Several names: one in each line.'],
    change: ['Dockerfile instructions', 'For example CMD ["nginx"]. One in each line.'],
    message: ['Comment', 'The comment in the history of the image.'],
    platform: ['Platform', 'os/arch[/variant]. Without it, it is read from the executables.'],
    inspect: ['docker inspect', ''],
    rootfs: ['Take it for a root file system', 'Even when it does not look like one.'],
    image: ['Only this image', 'Of an archive with several: its name, or its number from 1.'],
    as: ['Result', 'rootfs writes the root file system as one tar archive, and no image archive. Or nothing.'],
    flatten: ['Make one layer', 'All layers of the image become one. Its settings and its names stay.'],
    squash: ['Merge from layer', 'This layer (its number, from 1) and all above it become one.'],
    compress: ['Compression', 'gzip, none for plain layers, or nothing.'],
    layout: ['Layout', 'docker for tools that read only the archives of docker save before version 25, or nothing.'],
    mend: ['Mend it', 'Mends what engines would refuse, where it is clear what was meant. The changes are listed.'],
  },
  done: 'The archive is inspected.',
};

const ZH: Texts = {
  title: 'Lading',
  tagline: '这个容器归档里有什么？能加载吗？',
  drop: '把归档拖放到这里',
  choose: '选择文件',
  local: '文件只在您的浏览器中读取。任何内容都不会离开本机：此页面无权发送任何数据。',
  another: '打开另一个文件',
  language: 'English',
  reading: '正在读取归档',
  writing: '正在写出镜像',
  listing: '正在列出文件',
  cancel: '取消',
  failed: '无法读取该文件。它是否被更改或移走了？',
  inspection: '这是什么',
  findings: '检查结果',
  clients: '客户端',
  layersOf: '层',
  convert: '制作镜像',
  convertHint: '镜像归档就在本机由该文件拼接而成，之后 `docker load` 即可接受。',
  options: '更多选项',
  inspectDrop: '选择 docker inspect 的输出，或拖放到这里。CMD、ENV、USER 等设置会恢复。',
  inspectGiven: (name) => `设置取自 ${name}。`,
  remove: '移除',
  plan: '检查',
  becomes: '转换结果',
  save: '保存镜像',
  saved: '镜像已保存。',
  tooLarge: '这对浏览器的内存来说太大了。请使用命令行，或能写入磁盘的浏览器。',
  command: '命令行中的等效做法',
  contents: '显示哪些内容大、哪些被浪费',
  files: '文件',
  openFiles: '查看内容',
  search: '在路径中搜索',
  found: (count) => `${count} 行`,
  noFiles: '无法列出此归档的文件。',
  noText: '该文件不是文本。',
  cut: '只显示开头部分。',
  saveFile: '保存文件',
  close: '关闭',
  image: '镜像',
  columns: { name: '名称', mode: '权限', owner: '所有者', size: '大小', time: '修改时间', layer: '层' },
  option: {
    name: ['名称', '例如 app:1.2 或 ghcr.io/team/app:1.2。多个名称：每行一个。'],
    change: ['Dockerfile 指令', '例如 CMD ["nginx"]。每行一条。'],
    message: ['注释', '镜像历史中的注释。'],
    platform: ['平台', 'os/arch[/variant]。不填则从可执行文件中读取。'],
    inspect: ['docker inspect', ''],
    rootfs: ['当作根文件系统', '即使看起来不像。'],
    image: ['只取此镜像', '归档含多个镜像时：其名称，或从 1 起的序号。'],
    as: ['结果', '填 rootfs 则把根文件系统写成一个 tar 归档，不写镜像归档；或不填。'],
    flatten: ['合并为一层', '镜像的所有层合并为一层，设置和名称保持不变。'],
    squash: ['从此层起合并', '该层（从 1 起的序号）及其上所有层合并为一层。'],
    compress: ['压缩', 'gzip、none（未压缩的层），或不填。'],
    layout: ['布局', '对只能读取 25 版之前 docker save 归档的工具填 docker，或不填。'],
    mend: ['修补', '在原意明确时修补引擎会拒绝的内容，并列出改动。'],
  },
  done: '归档已检查。',
};

/** The texts of the web page, except those about an archive, by language. */
export const TEXTS: Record<Language, Texts> = { en: EN, zh: ZH };
