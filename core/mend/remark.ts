import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import type { ChangeKind, Changes } from '../model/mending.ts';

/**
 * For each kind of change that makes container engines accept a layer: a phrase in two languages that says what was
 * changed.
 */
const PHRASES: Record<ChangeKind, Bilingual> = {
  replaced: both('members left out whose path occurs again later', '省略路径后来再次出现的成员'),
  renamed: both('`..` cut off from names', '去掉名称中的 `..`'),
  'folder-stripped': both('the folder around the root file system cut off', '去掉根文件系统外层的文件夹'),
  outside: both('members beside that folder left out', '省略该文件夹之外的成员'),
  'odd-left-out': both('volume labels and other members left out that are not files', '省略卷标等不是文件的成员'),
  retyped: both('members turned into plain files or directories', '改写为普通文件或目录的成员'),
  attributes: both('members without their attributes of macOS', '去掉 macOS 属性的成员'),
  'apple-double': both('files with metadata of macOS left out', '省略 macOS 元数据文件'),
  expanded: both('sparse files written in full', '完整写出的稀疏文件'),
  'link-moved': both('hard links moved behind their targets', '移到目标之后的硬链接'),
  'link-left-out': both('hard links without a target left out', '省略没有目标的硬链接'),
  'content-moved': both('files kept under the name of one of their hard links', '以其某个硬链接的名称保留的文件'),
  'end-added': both('the missing zeros at the end of the archive added', '补上归档结尾缺失的零'),
};

/**
 * Makes the finding (a message for the user) that says what was changed so that container engines accept the layers,
 * with the number of changes of each kind.
 */
export function mendedRemark({ counts }: Changes): Finding {
  const kinds = Object.entries(counts) as [ChangeKind, number][];
  const phrases = kinds.map(([kind, count]) => ({ words: PHRASES[kind], count }));
  return finding('layer-mended', {
    changes: both(
      phrases.map(({ words, count }) => `${words.en} (${count})`).join(', '),
      phrases.map(({ words, count }) => `${words.zh}（${count}）`).join('、'),
    ),
  });
}
