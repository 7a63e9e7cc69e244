import type { Bilingual } from '../catalogue/bilingual.ts';

/**
 * The tar header types that every engine refuses in a layer, as tests with real engines showed. The values say in two
 * languages what each type means.
 */
export const ODD_TYPES: Record<string, Bilingual> = {
  S: { en: 'GNU sparse file', zh: 'GNU 稀疏文件' },
  '7': { en: 'contiguous file', zh: '连续文件' },
  V: { en: 'volume label', zh: '卷标' },
  M: { en: 'continuation from another volume', zh: '上一卷的续篇' },
  D: { en: 'incremental directory dump', zh: '增量备份的目录' },
  X: { en: 'Solaris extended header', zh: 'Solaris 扩展头' },
};
export const UNKNOWN: Bilingual = { en: 'unknown', zh: '未知' };
export const KNOWN_TYPES = new Set(['0', '1', '2', '3', '4', '5', '6']);
