import type { Bilingual } from '../catalogue/bilingual.ts';

/** The reasons why compressed data is damaged, in English, each with its Chinese translation. */
const REASONS = {
  // gzip, zip
  'there is no gzip header': '没有 gzip 头',
  'the compression method is not deflate': '压缩方法不是 deflate',
  'reserved header flags are set': '头部的保留标志被置位',
  'the checksum of the content does not fit': '内容的校验和不符',
  'the length of the content does not fit': '内容的长度不符',
  'the deflate data is invalid': 'deflate 数据无效',
  'there is no header of an entry': '没有条目头',
  'an entry is encrypted': '条目已加密',
  // bzip2
  'a block goes on beyond all bounds': '块超出了所有界限',
  'a block is marked as randomised, as none has been since bzip2 0.9.5':
    '块被标记为随机化，而自 bzip2 0.9.5 起不再有这种块',
  'the symbols of a block are impossible': '块中的符号不合法',
  'the tables of a block are impossible': '块的码表不合法',
  'a block uses a code that it does not have': '块使用了它没有的编码',
  'a Huffman code of a block is too long': '块的 Huffman 编码过长',
  'a Huffman code of a block is impossible': '块的 Huffman 编码不合法',
  'the checksum of a stream does not fit its blocks': '流的校验和与各块不符',
  'there should be a block but there is none': '应当有块，实际却没有',
  // xz
  'there is no stream header': '没有流头',
  'the checksum of the stream header does not fit': '流头的校验和不符',
  'reserved flags of the stream header are set': '流头的保留标志被置位',
  'the checksum of the stream footer does not fit': '流尾的校验和不符',
  'the stream footer does not fit its header and index': '流尾与流头、索引不一致',
  'the padding before a stream is not a multiple of four': '流之前的填充不是 4 的倍数',
  'the index does not fit the blocks': '索引与各块不一致',
  'the size of a block is not what its header says': '块的大小与块头不一致',
  'the padding of a block is not zero': '块的填充不为零',
  'the checksum of the block that begins there does not fit': '从该处开始的块校验和不符',
  'the checksum of a block header does not fit': '块头的校验和不符',
  'a block header is invalid': '块头无效',
  'the first LZMA2 chunk uses bytes before it': '第一个 LZMA2 段引用了它之前的数据',
  'there is no LZMA2 chunk': '没有 LZMA2 段',
  'an LZMA2 chunk comes without its properties': 'LZMA2 段缺少属性',
  'the LZMA properties are impossible': 'LZMA 属性不合法',
  'the LZMA data is invalid': 'LZMA 数据无效',
  // zstd
  'there is no frame': '没有帧',
  'a frame is invalid': '帧无效',
  'a reserved bit of the frame header is set': '帧头的保留位被置位',
  'a frame has another size than its header says': '帧的大小与帧头不一致',
  'a block has a reserved type': '块的类型是保留值',
  // lz4
  'the version of a frame is unknown': '帧的版本未知',
  'the checksum of a frame header does not fit': '帧头的校验和不符',
  'the size of a block is impossible': '块的大小不合法',
  'a block is invalid': '块无效',
  // lzma
  'there is no lzma header': '没有 lzma 头',
} as const;

/** A reason why compressed data is damaged, as an English clause. */
export type Reason = keyof typeof REASONS;

/**
 * Returns `reason`, why compressed data is damaged, in English and Chinese. If `cause` is the error of a decompressor,
 * its message follows in parentheses.
 */
export function inBoth(reason: Reason, cause?: unknown): Bilingual {
  const said = cause instanceof Error && cause.message !== '' ? cause.message : null;
  if (said === null) return { en: reason, zh: REASONS[reason] };
  return { en: `${reason} (${said})`, zh: `${REASONS[reason]}（${said}）` };
}
