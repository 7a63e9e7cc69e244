import { type Bilingual, both } from '../../catalogue/bilingual.ts';
import { parsed, type Parsed, refused } from '../../catalogue/parsed.ts';
import { parseJson } from '../json-fields.ts';

/**
 * Parses the exec form of a command, a JSON array of strings such as `["ls", "/"]`. Returns null when the text does not
 * begin with `[`. Returns a refusal when a string has a NUL byte, and when the text begins with `[` but is not a JSON
 * array of strings. Docker would treat such a text as the shell form, and the container could not start. The refusal
 * shows `example`, a correct command.
 */
export function parseExecForm(text: string, example: string): Parsed<string[]> | null {
  if (!text.startsWith('[')) return null;
  const value = parseJson(text);
  if (isStrings(value))
    return value.some((word) => word.includes('\0'))
      ? refused(both('it has a NUL byte', '含有 NUL 字节'), both('Leave it out.', '请去掉它。'))
      : parsed(value);
  const { en, zh } = trouble(text, value);
  const isTest = /^\[\s/.test(text);
  return refused(
    both(
      `what begins with [ must be a JSON array of strings: ${en}`,
      `以 [ 开头的必须是由字符串组成的 JSON 数组：${zh}`,
    ),
    both(
      `Write it like ${example}.${isTest ? ' A shell command that begins with [ can be written with test.' : ''}`,
      `请写成 ${example} 的样子。${isTest ? '以 [ 开头的 shell 命令可以改用 test。' : ''}`,
    ),
  );
}

function trouble(text: string, value: unknown): Bilingual {
  if (Array.isArray(value)) return both('not all of its elements are strings', '并非所有元素都是字符串');
  if (/[“”„‘’]/.test(text))
    return both('it has typographic quotes, and JSON takes only "', '含有弯引号，而 JSON 只接受 "');
  if (/\[\s*'/.test(text)) return both('it has single quotes, and JSON takes only "', '含有单引号，而 JSON 只接受 "');
  if (!text.includes('"'))
    return both(
      'its double quotes are missing (a shell removes them unless the change is in single quotes)',
      '缺少双引号（除非整个改动放在单引号里，否则 shell 会去掉双引号）',
    );
  if (!text.includes(']')) return both('its closing ] is missing', '缺少结尾的 ]');
  if (!text.endsWith(']')) return both('there is text after its closing ]', '结尾的 ] 之后还有内容');
  return both('its commas, quotes or backslashes are not those of JSON', '逗号、引号或反斜杠不符合 JSON 的写法');
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
