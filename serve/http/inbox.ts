import { type Bilingual, both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import { utf8, utf8Length } from '../../core/model/utf8.ts';
import { isSidecar, SIDECAR_SUFFIX } from '../../core/service/keys.ts';

/** The milliseconds after which an upload through the web page is discarded, if no more bytes have come: an hour. */
export const FORGET_MS = 3_600_000;

/**
 * The place where files that users send through the web page are received, until they are complete and appear among the
 * uploads.
 */
export interface Inbox {
  /**
   * Begins to receive a file of `size` bytes, whose path among the uploads is `key`. Returns the file, to which bytes
   * can be added. It appears among the uploads when its method `finish` is called. Returns null when the key cannot be
   * used: a folder has this path already, or a file stands where the path needs a folder.
   */
  begin(key: string, size: number): Promise<Incoming | null>;
  /** Returns the number of bytes that are free for further files; Infinity when that is not known. */
  free(): Promise<number>;
}

/** A file that is being received through the web page. Bytes are only added at its end, by one request at a time. */
export interface Incoming {
  /** The number of bytes of the file that were received so far. They are not lost when `append` throws. */
  readonly received: number;
  append(chunk: Uint8Array): Promise<void>;
  /**
   * Stores the options of the upload, and then makes the file appear among the uploads. It replaces an upload with the
   * same key. `options` is the text of a JSON document as bytes; null for no options.
   */
  finish(options: Uint8Array | null): Promise<void>;
  /** Discards the file, and frees the memory and the storage that it takes. Never throws. */
  discard(): Promise<void>;
}

/**
 * The content of a sidecar, the JSON object that holds the options of an upload, when there are no options. It replaces
 * the sidecar of an earlier upload with the same key.
 */
export const NO_OPTIONS = utf8('{}\n');

const COMPONENT = both(
  `A part of the name is empty, too long, or begins with a dot.`,
  `名称中有一段为空、过长或以点开头。`,
);

/**
 * Returns the reason why a file that comes through the web page cannot have this key; null when it can. A key must be
 * usable as a relative path on Linux, even when uploads are stored in a bucket. No component of the path may begin
 * with a dot, because the service ignores hidden files.
 */
export function problemWith(key: string): Bilingual | null {
  if (utf8Length(key) > LIMITS.keyBytes - SIDECAR_SUFFIX.length) return both('The name is too long.', '名称过长。');
  if (isSidecar(key)) return both('This name is for the options of an upload.', '此名称用于上传文件的选项。');
  if (/[\u0000-\u001f\u007f\\]/.test(key) || !key.isWellFormed())
    return both('The name has a backslash or a control character.', '名称中有反斜杠或控制字符。');
  return key.split('/').every(isComponent) ? null : COMPONENT;
}

function isComponent(name: string): boolean {
  return name !== '' && !name.startsWith('.') && utf8Length(name) <= LIMITS.componentBytes - SIDECAR_SUFFIX.length;
}
