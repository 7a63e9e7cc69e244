import type { Language } from '../../core/catalogue/bilingual.ts';
import { count } from '../../core/page/text.ts';

/** The words about the files inside an archive, which the web page and the HTML report about an archive show. */
export interface ViewTexts {
  report: string;
  otherLanguage: string;
  unknown: string;
  files: string;
  size: string;
  wasted: string;
  layers: string;
  layer: string;
  added: string;
  changed: string;
  deleted: string;
  path: string;
  map: string;
  mapHint: string;
  byFolder: string;
  byLayer: string;
  rest: string;
  asTable: string;
  up: string;
  largest: string;
  lost: string;
  lostBy(layer: number, how: 'replaced' | 'deleted'): string;
  setuid: string;
  mode: string;
  owner: string;
  ownerless: string;
  noPasswd: string;
  duplicates: string;
  duplicatesHint(size: string): string;
  more(files: number): string;
  step: string;
  created: string;
  historyOf(number: number, images: number): string;
  madeBy(version: string): string;
}

const EN: ViewTexts = {
  report: 'A report about one archive. It was made on a machine that had the archive, and needs nothing beside itself.',
  otherLanguage: '中文',
  unknown: 'The files of this image could not be read.',
  files: 'Files',
  size: 'Size',
  wasted: 'Wasted',
  layers: 'What each layer changes',
  layer: 'Layer',
  added: 'Added',
  changed: 'Changed',
  deleted: 'Deleted',
  path: 'Path',
  map: 'What is big',
  mapHint: 'Each area is as large as its files. Hatched areas are wasted: a later layer replaced or deleted the files.',
  byFolder: 'By folder',
  byLayer: 'By layer',
  rest: 'all that is smaller',
  asTable: 'The same as a table',
  up: 'Up',
  largest: 'Largest files',
  lost: 'Largest wasted files',
  lostBy: (layer, how) => `${how} by layer ${layer}`,
  setuid: 'Files that run as their owner or group',
  mode: 'Mode',
  owner: 'Owner',
  ownerless: 'Files whose owner has no name',
  noPasswd: 'The image has no /etc/passwd, so no owner has a name.',
  duplicates: 'Large files with the same content',
  duplicatesHint: (size) => `${size} would be saved if each content were there once.`,
  more: (files) => `and ${count(files)} more`,
  step: 'Step',
  created: 'Created',
  historyOf: (number, images) => (images === 1 ? 'History' : `History of image ${number}`),
  madeBy: (version) => `Made by Lading ${version}.`,
};

const ZH: ViewTexts = {
  report: '关于一个归档的报告。它在存有该归档的机器上生成，不需要任何其他文件。',
  otherLanguage: 'English',
  unknown: '无法读取此镜像的文件。',
  files: '文件',
  size: '大小',
  wasted: '浪费',
  layers: '各层的改动',
  layer: '层',
  added: '新增',
  changed: '更改',
  deleted: '删除',
  path: '路径',
  map: '占用空间',
  mapHint: '每个区域的面积与其文件大小成正比。带斜线的区域是浪费：后面的层替换或删除了这些文件。',
  byFolder: '按目录',
  byLayer: '按层',
  rest: '其余较小的文件',
  asTable: '以表格显示',
  up: '上一级',
  largest: '最大的文件',
  lost: '浪费最多的文件',
  lostBy: (layer, how) => `被第 ${layer} 层${how === 'deleted' ? '删除' : '替换'}`,
  setuid: '以所有者或所属组身份运行的文件',
  mode: '权限',
  owner: '所有者',
  ownerless: '所有者无名称的文件',
  noPasswd: '镜像没有 /etc/passwd，因此所有者都没有名称。',
  duplicates: '内容相同的大文件',
  duplicatesHint: (size) => `若每份内容只保留一份，可节省 ${size}。`,
  more: (files) => `另有 ${count(files)} 个`,
  step: '步骤',
  created: '创建时间',
  historyOf: (number, images) => (images === 1 ? '历史' : `镜像 ${number} 的历史`),
  madeBy: (version) => `由 Lading ${version} 生成。`,
};

/** The words about the files inside an archive, by language. */
export const VIEW_TEXTS: Record<Language, ViewTexts> = { en: EN, zh: ZH };
