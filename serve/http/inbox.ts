import { type Bilingual, both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import { utf8, utf8Length } from '../../core/model/utf8.ts';
import { isSidecar, SIDECAR_SUFFIX } from '../../core/service/keys.ts';

/** The milliseconds without any new bytes after which an upload is forgotten. */
export const FORGET_MS = 3_600_000;

/** The place where files that come through the page are put together, until they appear among the uploads. */
export interface Inbox {
  /**
   * Begins a file of `size` bytes. Nothing can be seen of it until it is finished. Null when no file can have this key,
   * because a folder is in its place, or a file in the place of a folder above it.
   */
  begin(key: string, size: number): Promise<Incoming | null>;
  /** The bytes that are free for further files; Infinity when that is not known. */
  free(): Promise<number>;
}

/** A file that is being put together. It is only appended to, by one request at a time. */
export interface Incoming {
  /** The bytes that were taken so far. They are not lost when `append` throws. */
  readonly received: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Makes the file appear as an upload, after its options. It replaces an upload with the same key. */
  finish(options: Uint8Array | null): Promise<void>;
  /** Forgets the file and frees what it takes. Never throws. */
  discard(): Promise<void>;
}

/** The sidecar of an upload without options. It replaces that of an earlier upload with the same key. */
export const NO_OPTIONS = utf8('{}\n');

const COMPONENT = both(
  `A part of the name is empty, too long, or begins with a dot.`,
  `名称中有一段为空、过长或以点开头。`,
);

/**
 * The reason why an upload cannot have this key; null when it can. The rules are the same for folders and buckets:
 * those of a path on Linux, without hidden files, which the service passes over.
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
