// The texts of the page in both languages, and the forms of numbers and names.

/** @typedef {'en' | 'zh'} Language a language of the page */
/** @typedef {Record<Language, string>} Bilingual a text in both languages */

const TEXTS = {
  send: { en: 'Upload an archive', zh: '上传归档' },
  choose: { en: 'Drop files here, or choose them', zh: '把文件拖到这里，或选择文件' },
  key: { en: 'Key, under which the results appear', zh: '键（结果以此为名）' },
  replaces: { en: 'There is an upload with this key. It will be replaced.', zh: '已有使用此键的上传，它将被替换。' },
  options: { en: 'Options', zh: '选项' },
  each: { en: 'One on each line', zh: '每行一个' },
  begin: { en: 'Upload', zh: '上传' },
  uploads: { en: 'Uploads and results', zh: '上传与结果' },
  empty: { en: 'There is nothing yet.', zh: '还没有内容。' },
  live: { en: 'Changes appear as they come.', zh: '变化会实时显示。' },
  away: { en: 'The service does not answer. Trying again…', zh: '服务没有响应，正在重试……' },
  logout: { en: 'Log out', zh: '退出登录' },
  pause: { en: 'Pause', zh: '暂停' },
  resume: { en: 'Resume', zh: '继续' },
  cancel: { en: 'Cancel', zh: '取消' },
  image: { en: 'Image archive', zh: '镜像归档' },
  rootfs: { en: 'Root file system', zh: '根文件系统' },
  manifest: { en: 'Manifest', zh: '清单' },
  report: { en: 'Report', zh: '报告' },
  load: { en: 'Load it:', zh: '加载：' },
  sending: { en: 'uploading', zh: '正在上传' },
  paused: { en: 'paused', zh: '已暂停' },
  retrying: { en: 'the connection broke, trying again', zh: '连接中断，正在重试' },
  broken: { en: 'not uploaded', zh: '未上传' },
  waiting: { en: 'waiting', zh: '等待中' },
  reading: { en: 'reading', zh: '正在读取' },
  converting: { en: 'converting', zh: '正在转换' },
  converted: { en: 'converted', zh: '已转换' },
  recognised: { en: 'recognised', zh: '已识别' },
  refused: { en: 'refused', zh: '已拒绝' },
  failed: { en: 'failed', zh: '失败' },
  stuck: { en: 'failed', zh: '失败' },
  unknown: { en: 'The service did not answer.', zh: '服务没有响应。' },
  badInspect: { en: 'This file is not JSON.', zh: '该文件不是 JSON。' },
};

/** @typedef {keyof typeof TEXTS} Word the name of a text of the page */

const PLACE = 'lading-language';

/** The language in which the page is shown. @type {Language} */
let language =
  localStorage.getItem(PLACE) === 'zh' || (!localStorage.getItem(PLACE) && /^zh/i.test(navigator.language))
    ? 'zh'
    : 'en';

/** Returns the language in which the page is shown. */
export const spoken = () => language;

/** Changes to the other language, which the browser then remembers. */
export function switchLanguage() {
  language = language === 'en' ? 'zh' : 'en';
  localStorage.setItem(PLACE, language);
}

/** Returns the text of the page with this name, in the language in which the page is shown. @param {Word} word */
export const text = (word) => TEXTS[word][language];

/** Returns the version of a sentence in the language of the page. @param {Bilingual} sentence */
export const said = (sentence) => sentence[language];

/**
 * Returns the description of an option in the language of the page. The English description is the one in the
 * documentation. The Markdown for code and links is removed from it.
 * @param {{ meaning: string, zh: string }} option
 */
export function meaningOf({ meaning, zh }) {
  return language === 'zh' ? zh : plain(meaning);
}

/** Removes the Markdown for code and links from a text of the documentation. @param {string} markdown */
function plain(markdown) {
  return markdown.replaceAll('`', '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

/**
 * Makes a name or a sentence from an upload safe to show. Characters that cannot be seen, or that change the direction
 * of a text, are written as escapes such as `\u{202e}`.
 * @param {string} name
 */
export function shown(name) {
  return name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

/** Writes a number of bytes in B, kB, MB or GB, as its size requires: `1.5 MB`. @param {number} bytes */
export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
