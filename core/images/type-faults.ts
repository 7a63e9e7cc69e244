import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import type { GoType, TypeFault } from '../json/go-types.ts';
import { instead } from '../json/mend-types.ts';
import type { Typed } from '../json/typed.ts';
import { byteString } from '../model/byte-string.ts';
import { printable } from '../model/bytes.ts';
import { utf8 } from '../model/utf8.ts';

/**
 * What a conversion does with a document that has values of a wrong type. If `kept` is true, the document is kept and
 * corrected. If it is false, a new one is written.
 */
export interface Treatment {
  kept: boolean;
  /**
   * Returns true when the conversion needs the value of this field, which has the wrong type. If Lading cannot guess
   * what such a value was meant to be, the finding is `value-unclear`, an error. For a field that is not needed, the
   * finding never says that the meaning is unclear.
   */
  needs: (fault: TypeFault) => boolean;
}

export const KEPT: Treatment = { kept: true, needs: () => true };
export const LEFT_OUT: Treatment = { kept: false, needs: () => false };

/**
 * The findings about the values in the document at `path` that do not fit the Go type into which clients decode it: one
 * for each field. If something follows the JSON, one more finding says so. Empty when all is right.
 */
export function typeFindings(path: string, { text, faults, rest }: Typed, treatment: Treatment): Finding[] {
  const fields = Map.groupBy(faults, ({ fieldName, type }) => (type === 'time' ? 'time' : fieldName));
  const findings = [...fields.values()].map((group) => fieldFinding(path, text, group, treatment));
  return rest ? [...findings, finding('document-continues', { member: printable(path) })] : findings;
}

function fieldFinding(path: string, text: string, group: TypeFault[], { kept, needs }: Treatment): Finding {
  const isUnclear = (fault: TypeFault) => needs(fault) && fault.type !== 'time' && instead(fault, text) === null;
  const unclear = group.find(isUnclear);
  const shown = unclear ?? group[0];
  if (shown === undefined) throw new RangeError('a group has a member');
  const member = printable(path);
  const raw = text.slice(shown.value.start, shown.value.end);
  if (shown.type === 'time') return finding('created-unreadable', { member, value: shortened(raw) });
  const place = { en: placeOf(shown, 'the document itself'), zh: placeOf(shown, '文档本身') };
  const detail = { member, place, value: valueOf(shown, raw), expected: expectedOf(shown.type) };
  const found =
    unclear === undefined
      ? finding('value-mistyped', { ...detail, change: kept ? changeOf(shown, text) : WRITTEN_ANEW })
      : finding('value-unclear', detail);
  return group.length > 1 ? { ...found, count: group.length } : found;
}

function placeOf({ path }: TypeFault, whole: string): string {
  return path === '' ? whole : `\`${shortened(path)}\``;
}

const WRITTEN_ANEW = both('the document is written anew', '该文档会重新写出');

function changeOf(fault: TypeFault, text: string): Bilingual {
  const right = instead(fault, text) ?? 'null';
  if (right === 'null') return both('the field, which says nothing, becomes null', '该字段没有内容，会写成 null');
  const value = shortened(right);
  return both(`it is written as \`${value}\``, `会写成 \`${value}\``);
}

/**
 * Describes a JSON value of a wrong type, in English and Chinese: `the number 1000`, `the list [1]`. `raw` is its JSON
 * text.
 */
function valueOf({ value }: TypeFault, raw: string): Bilingual {
  const short = shortened(raw);
  switch (value.kind) {
    case 'object':
      return both(`the object \`${short}\``, `对象 \`${short}\``);
    case 'list':
      return both(`the list \`${short}\``, `列表 \`${short}\``);
    case 'string':
      return both(`the string \`${short}\``, `字符串 \`${short}\``);
    case 'number':
      return both(`the number ${short}`, `数字 ${short}`);
    case 'true':
    case 'false':
    case 'null':
      return both(short, ` ${short}`);
  }
}

function expectedOf(type: GoType): Bilingual {
  if (typeof type === 'string') return EXPECTED[type];
  if ('list' in type) return type.list === 'text' ? EXPECTED.words : both('a list', '列表');
  if ('map' in type && type.keys !== undefined) return both('an object whose keys are ports', '以端口为键的对象');
  return both('an object', '对象');
}

const EXPECTED: Record<Extract<GoType, string>, Bilingual> = {
  text: both('a string', '字符串'),
  bool: both('true or false', 'true 或 false'),
  int: both('a whole number', '整数'),
  duration: both('a whole number of nanoseconds', '以纳秒为单位的整数'),
  time: both('a time', '时间'),
  bytes: both('a string in base64', 'base64 字符串'),
  digest: both('a digest', '摘要'),
  words: both('a list of strings', '字符串列表'),
};

const SHOWN = 60;

/**
 * Prepares text from a document for a finding: cuts it to `SHOWN` (60) characters and an ellipsis, and escapes
 * unprintable characters. Backquotes become apostrophes, because the finding puts the text between backquotes.
 */
function shortened(text: string): string {
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return printable(byteString(utf8(short))).replaceAll('`', "'");
}
