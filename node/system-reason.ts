import { type Bilingual, both } from '../core/catalogue/bilingual.ts';

/**
 * The reason for an error of the system with this code (errno(3)), as words in English and Chinese for a sentence about
 * a file. `verb` says whether the file could not be read or not be written. Undefined for a code that has no words of
 * its own.
 */
export function systemReason(code: string, verb: 'read' | 'write'): Bilingual | undefined {
  return verb === 'write' && code === 'ENOENT' ? NO_FOLDER : REASONS[code];
}

const NO_FOLDER = both('there is no such folder', '没有这个文件夹');

const REASONS: Readonly<Record<string, Bilingual>> = {
  ENOENT: both('there is no such file', '没有这个文件'),
  ENOTDIR: both('a part of its path is not a folder', '路径中有一部分不是文件夹'),
  EISDIR: both('it is a folder', '它是一个文件夹'),
  EACCES: both('permission denied', '权限不足'),
  EPERM: both('it is not permitted', '操作不被允许'),
  EROFS: both('the file system is read-only', '文件系统是只读的'),
  ENOSPC: both('no space is left on the device', '设备上没有剩余空间'),
  EDQUOT: both('the disk quota is used up', '磁盘配额已用完'),
  EFBIG: both('the file would be larger than allowed', '文件会超出允许的大小'),
  EIO: both('the device reports an error', '设备报告了错误'),
  EMFILE: both('too many files are open', '打开的文件过多'),
  ENAMETOOLONG: both('its name is too long', '文件名过长'),
  ELOOP: both('its symbolic links lead in a circle', '符号链接形成了循环'),
};
