import type { Language } from '../catalogue/bilingual.ts';
import type { LeftOut } from '../manifest/shortened.ts';
import { type Labels, labelsIn } from './labels.ts';
import { count, exactly } from './text.ts';

/** All texts that commands print, and pages show, about an archive, other than findings. */
export interface Words {
  labels: Labels;
  severities: Record<'error' | 'warning' | 'info' | 'mended', string>;
  /**
   * The words for standard input at the beginning of a sentence. For the inside of a sentence, there is
   * `standardInputInside`.
   */
  standardInput: string;
  standardInputInside: string;
  none: string;
  unsaid: string;
  next: string;
  loadIt: string;
  made: string;
  everyClient: string;
  noClient: string;
  takes(loads: boolean | null): string;
  separator: string;
  is(name: string, kind: string): string;
  became(name: string, kind: string, images: string[]): string;
  becameRootfs(name: string, kind: string): string;
  refused(name: string): string;
  gated(name: string): string;
  imageOf(number: number, images: number): string;
  from(version: string): string;
  before(version: string): string;
  filesOf(members: number, size: string): string;
  executables(files: number, platform: string | null): string;
  kept(files: number): string;
  insideOf(number: number, images: number): string;
  ofThemWasted(size: string): string;
  inAll(members: number): string;
  bytes(bytes: number): string;
  states: Record<'absent' | 'waiting' | 'converting' | 'expired', (upload: string) => string>;
  checking: string;
  sound: string;
  uploaded(upload: string, size: string): string;
  keptParts(kept: number, parts: number): string;
  noImage(upload: string): string;
  more(findings: number): string;
  lost(place: LeftOut): string;
  shortened(places: string[]): string;
  stopped(reasons: string[]): string;
}

const some = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Returns a list with one text, a number and its noun: `2 layers`. For 0 the list is empty. */
const counted = (value: number, noun: string): string[] => (value === 0 ? [] : [`${count(value)} ${noun}`]);

const EN: Words = {
  labels: labelsIn('en'),
  severities: { error: 'error', warning: 'warning', info: 'note', mended: 'put right' },
  standardInput: 'Standard input',
  standardInputInside: 'standard input',
  none: 'none',
  unsaid: 'not said',
  next: 'Next',
  loadIt: 'Load it',
  made: 'made by',
  everyClient: 'every client: ',
  noClient: 'no client as it is',
  takes: (loads) => (loads === null ? 'not known' : loads ? 'takes it' : 'does not take it'),
  separator: '; ',
  is: (name, kind) => `${name} is ${kind}.`,
  becameRootfs: (name, kind) => `${name} is ${kind}; its root file system was written as a tar archive.`,
  became: (name, kind, images) => `${name} is ${kind}; it became the image ${images.join(', and ')}.`,
  refused: (name) => `Cannot convert ${name}; nothing was written.`,
  gated: (name) => `As --fail-on asks, ${name} was not converted; nothing was written.`,
  imageOf: (number, images) => (images === 1 ? 'Image' : `Image ${number} of ${images}`),
  from: (version) => ` from ${version} on`,
  before: (version) => ` before ${version}`,
  filesOf: (members, size) => `${count(members)}, files of ${size}`,
  executables: (files, platform) => some(files, 'executable') + (platform === null ? '' : ` of ${platform}`),
  insideOf: (number, images) => (images === 1 ? 'Inside' : `Inside image ${number}`),
  ofThemWasted: (size) => `${size} of them wasted`,
  kept: (files) => `on ${some(files, 'file')}; they are kept`,
  inAll: (members) => ` (${some(members, 'member')} in all)`,
  bytes: exactly,
  states: {
    absent: (upload) => `There is no upload ${upload}.`,
    waiting: (upload) => `${upload} waits to be inspected.`,
    converting: (upload) => `${upload} is inspected, and being converted.`,
    expired: (upload) =>
      `${upload} has no results: they have expired or were deleted, or the upload was never noticed. Upload it again.`,
  },
  checking: 'Checking the service, and sending a tiny archive through it…',
  sound: 'The service is sound: a trial upload became an image.',
  uploaded: (upload, size) => `${upload} is uploaded: ${size}.`,
  keptParts: (kept, parts) => `Of its ${count(parts)} parts ${count(kept)} were there from an earlier try.`,
  noImage: (upload) => `There is no image to download: ${upload} did not have to be converted.`,
  more: (findings) => `${some(findings, 'more finding')} of this kind`,
  lost: ({ where, entries = 0, characters = 0 }) => {
    const counts = [counted(entries, 'entries'), counted(characters, 'characters')];
    return `${where} without ${counts.flat().join(' and ')}`;
  },
  shortened: (places) => `This page is shortened: ${places.join('; ')}.`,
  stopped: (reasons) => `Stopped by --fail-on: ${reasons.join(', ')}.`,
};

const ZH: Words = {
  labels: labelsIn('zh'),
  severities: { error: '错误', warning: '警告', info: '说明', mended: '已修复' },
  standardInput: '标准输入',
  standardInputInside: '标准输入',
  none: '无',
  unsaid: '未写明',
  next: '下一步',
  loadIt: '加载',
  made: '来源',
  everyClient: '所有客户端：',
  noClient: '没有客户端能直接加载',
  takes: (loads) => (loads === null ? '尚不清楚' : loads ? '可接受' : '不接受'),
  separator: '；',
  is: (name, kind) => `${name} 是${kind}。`,
  becameRootfs: (name, kind) => `${name} 是${kind}；其根文件系统已写成 tar 归档。`,
  became: (name, kind, images) => `${name} 是${kind}；已转换为镜像 ${images.join('、')}。`,
  refused: (name) => `无法转换 ${name}；没有写出任何内容。`,
  gated: (name) => `按 --fail-on 的要求，没有转换 ${name}；未写入任何内容。`,
  imageOf: (number, images) => (images === 1 ? '镜像' : `镜像 ${number}/${images}`),
  from: (version) => ` ${version} 起`,
  before: (version) => ` ${version} 之前`,
  filesOf: (members, size) => `${count(members)} 个，文件共 ${size}`,
  executables: (files, platform) => `${count(files)} 个${platform === null ? '' : ` ${platform} `}可执行文件`,
  insideOf: (number, images) => (images === 1 ? '内部' : `镜像 ${number} 内部`),
  ofThemWasted: (size) => `其中浪费 ${size}`,
  kept: (files) => `${count(files)} 个文件带有能力，均保留`,
  inAll: (members) => `（共 ${count(members)} 个成员）`,
  bytes: (bytes) => `${count(bytes)} 字节`,
  states: {
    absent: (upload) => `没有上传的对象 ${upload}。`,
    waiting: (upload) => `${upload} 正在等待检查。`,
    converting: (upload) => `${upload} 已检查，正在转换。`,
    expired: (upload) => `${upload} 没有结果：结果已过期或被删除，或者该上传从未被处理。请重新上传。`,
  },
  checking: '正在检查服务，并让一个很小的归档通过它……',
  sound: '服务正常：试验上传已转换为镜像。',
  uploaded: (upload, size) => `${upload} 已上传：${size}。`,
  keptParts: (kept, parts) => `共 ${count(parts)} 个分段，其中 ${count(kept)} 个在之前的尝试中已上传。`,
  noImage: (upload) => `没有可下载的镜像：${upload} 无需转换。`,
  more: (findings) => `另有 ${count(findings)} 条同类结果`,
  lost: ({ where, entries = 0, characters = 0 }) => {
    const counts = [counted(entries, '项'), counted(characters, '个字符')];
    return `${where} 省略了 ${counts.flat().join('和 ')}`;
  },
  shortened: (places) => `此页内容已缩短：${places.join('；')}。`,
  stopped: (reasons) => `已被 --fail-on 中止：${reasons.join('、')}。`,
};

/** All texts that commands print, and pages show, about an archive, by language. */
export const WORDS: Record<Language, Words> = { en: EN, zh: ZH };
