import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { parsed, type Parsed, refused } from '../catalogue/parsed.ts';
import { excerpt } from '../catalogue/brief.ts';
import { legalName, legalTag, numberFor } from './legal-name.ts';
import { withoutEnd } from './trim.ts';

/**
 * A parsed image name, with registry, path and tag (reference grammar of the distribution project). A missing registry
 * is completed to `docker.io`, a missing tag to `latest`.
 */
export interface Reference {
  /** The registry of the image name, such as `docker.io` or `localhost:5000`. */
  domain: string;
  /** The repository path of the image name, without the registry: `library/app`. */
  path: string;
  /** The tag of the image name, such as `1.0`. */
  tag: string;
  /** The image name in full, with registry, path and tag: `docker.io/library/app:1.0`. */
  canonical: string;
  /** The image name in short, as Docker displays it: `app:1.0`. */
  familiar: string;
}

const HUB = 'docker.io';
const OLD_HUB = 'index.docker.io';
/**
 * The largest allowed number of characters in the registry and the path of an image name together. A longer name is
 * refused. Docker had this limit before version 0.6.0 of its `reference` package. Newer versions limit only the path,
 * so they allow longer names, which older versions refuse.
 */
const MAX_NAME = 255;
const MAX_TAG = 128;
/**
 * The largest number of characters in a valid image name with its tag. A longer name is shortened in messages, and no
 * correction is suggested for it.
 */
const LONGEST = MAX_NAME + 1 + MAX_TAG;

const DOMAIN = /^(?:[a-zA-Z0-9]+(?:(?:-+|\.)[a-zA-Z0-9]+)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]*$/;

/**
 * Parses an image name as Docker does, and completes it with registry and tag (docs/formats.md, 5). Names with a
 * digest, bare image IDs and invalid names are refused: the result then says why, and how to correct the name.
 */
export function parseReference(text: string): Parsed<Reference> {
  const read = readReference(text);
  return 'reason' in read ? unusable(text, read) : parsed(read);
}

/**
 * Parses an image name like `parseReference`, but returns null for an invalid one. An archive can have thousands of
 * invalid names, and to suggest a correction takes far longer than to see that a name is invalid.
 */
export function referenceOf(text: string): Reference | null {
  const read = readReference(text);
  return 'reason' in read ? null : read;
}

/** The reason why a text is not a valid image name, and a function that suggests a correction; null when there is none. */
interface Misfit {
  reason: Bilingual;
  better: () => string | null;
}

function readReference(text: string): Reference | Misfit {
  const misfit = notAName(text);
  if (misfit !== null) return misfit;
  const { domain, rest } = splitDomain(text);
  const colon = rest.indexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? 'latest' : rest.slice(colon + 1);
  // The length comes before the path, because the parts of a very long path take much time.
  const reason = domainProblem(domain) ?? lengthProblem(domain, path) ?? pathProblem(path) ?? tagProblem(tag);
  if (reason !== null) return { reason, better: () => suggestion(text, { domain, path, tag }) };
  return reference(domain, path, tag);
}

/**
 * Makes a valid image name from an S3 key or a file name. Endings such as `.tar.gz` are removed, `:1.2` becomes the
 * tag, and the tag is `latest` otherwise. If the key has letters that image names cannot have, such as Chinese ones,
 * the name gets a hash at its end, so that two keys give different names. The registry is always Docker Hub: a folder
 * such as `v1.2` at the beginning of the key is not taken for a registry.
 */
export function referenceFromKey(key: string): Reference {
  const parts = withoutEnd(key, '/').split('/');
  const last = withoutSuffixes(parts.pop() ?? '');
  const colon = last.indexOf(':');
  const name = colon < 0 ? last : last.slice(0, colon);
  const tag = colon < 0 ? '' : legalTag(last.slice(colon + 1));
  if (parts[0] === HUB || parts[0] === OLD_HUB) parts.shift();
  const number = numberFor(key);
  const path = legalName([...parts, name], MAX_NAME - `${HUB}/library/`.length - number.length) + number;
  return reference(HUB, path.includes('/') ? path : `library/${path}`, tag === '' ? 'latest' : tag);
}

/**
 * Returns the image name with another tag. Illegal characters in the tag become hyphens; if none is legal, the tag is
 * `latest`.
 */
export function withTag({ domain, path }: Reference, tag: string): Reference {
  return reference(domain, path, legalTag(tag) || 'latest');
}

function reference(domain: string, path: string, tag: string): Reference {
  const official = /^library\/([^/]+)$/.exec(path)?.[1];
  const familiar = domain === HUB ? (official ?? path) : `${domain}/${path}`;
  return { domain, path, tag, canonical: `${domain}/${path}:${tag}`, familiar: `${familiar}:${tag}` };
}

/**
 * Splits an image name into the registry (`domain`) and the rest. The part before the first slash is the registry if it
 * contains `.` or `:` or is `localhost`; else the registry is Docker Hub (`docker.io`), where a single name gets
 * `library/` in front. New versions of Docker also take a first part with an upper-case letter for a registry. This
 * function does not, because such a part is usually a misspelt folder.
 */
function splitDomain(text: string): { domain: string; rest: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isDomain = /[.:]/.test(first) || first === 'localhost';
  const domain = !isDomain || first === OLD_HUB ? HUB : first;
  const rest = isDomain ? text.slice(slash + 1) : text;
  return { domain, rest: domain === HUB && !rest.includes('/') ? `library/${rest}` : rest };
}

function notAName(text: string): Misfit | null {
  if (text === '') return { reason: both('it is empty', '是空的'), better: () => null };
  const bare = text.trim();
  if (bare !== text) return { reason: both('there is white space around it', '前后有空白字符'), better: () => bare };
  if (/^[a-z+]+:\/\//i.test(text)) {
    const reason = both('it is an address, not a name', '这是网址，不是名称');
    return { reason, better: () => text.replace(/^[a-z+]+:\/\//i, '') };
  }
  if (/^[a-f0-9]{64}$/.test(text)) {
    const reason = both('64 hex digits are an image ID, not a name', '64 位十六进制数是镜像 ID，不是名称');
    return { reason, better: () => `image-${text.slice(0, 12)}` };
  }
  const at = text.indexOf('@');
  if (at < 0) return null;
  const digest = excerpt(text.slice(at));
  const reason = both(
    `"${digest}" is a digest, which the image gets from its content`,
    `"${digest}" 是摘要，由镜像内容决定`,
  );
  return { reason, better: () => text.slice(0, at) };
}

function domainProblem(domain: string): Bilingual | null {
  if (DOMAIN.test(domain)) return null;
  const shown = excerpt(domain);
  return both(`"${shown}" is not a registry's host name`, `"${shown}" 不是镜像仓库的主机名`);
}

function pathProblem(path: string): Bilingual | null {
  for (const part of path.split('/')) {
    if (part === '') return both('a part of it between slashes is empty', '两个斜杠之间是空的');
    const bad = /[^a-z0-9._-]/u.exec(part)?.[0];
    const shown = excerpt(part);
    if (bad !== undefined && bad !== bad.toLowerCase()) {
      return both(`"${shown}" has the upper-case letter "${bad}"`, `"${shown}" 含有大写字母 "${bad}"`);
    }
    if (bad !== undefined) return badCharacter(both(`"${shown}"`, `"${shown}"`), bad, both('names', '名称'));
    if (!COMPONENT.test(part)) {
      return both(
        `"${shown}" must begin and end with a letter or digit and have no two separators in a row (but __ and any number of -)`,
        `"${shown}" 必须以小写字母或数字开头和结尾，且不能有两个相连的分隔符（__ 和任意个 - 除外）`,
      );
    }
  }
  return null;
}

function tagProblem(tag: string): Bilingual | null {
  if (tag === '') return both('there is no tag after the colon', '冒号之后没有标签');
  if (tag.length > MAX_TAG) return tooLong(both('its tag', '标签'), tag.length, MAX_TAG);
  const bad = /[^\w.-]/u.exec(tag)?.[0];
  if (bad !== undefined)
    return badCharacter(both(`the tag "${excerpt(tag)}"`, `标签 "${excerpt(tag)}"`), bad, both('tags', '标签'));
  return TAG.test(tag) ? null : both(`the tag "${tag}" begins with "${tag[0]}"`, `标签 "${tag}" 以 "${tag[0]}" 开头`);
}

function lengthProblem(domain: string, path: string): Bilingual | null {
  const length = domain.length + 1 + path.length;
  const name = excerpt(`${domain}/${path}`);
  return length <= MAX_NAME ? null : tooLong(both(name, ` ${name} `), length, MAX_NAME);
}

function tooLong(what: Bilingual, length: number, most: number): Bilingual {
  return both(
    `${what.en} has ${length} characters, and ${most} are allowed`,
    `${what.zh}有 ${length} 个字符，最多允许 ${most} 个`,
  );
}

function badCharacter(where: Bilingual, char: string, what: Bilingual): Bilingual {
  return both(
    `${where.en} has the character ${quotedCharacter(char)}, which ${what.en} cannot have`,
    `${where.zh} 含有${what.zh}不允许的字符 ${quotedCharacter(char)}`,
  );
}

function quotedCharacter(char: string): string {
  return /^[\x21-\x7e]$/.test(char)
    ? `"${char}"`
    : `"${char}" (U+${char.codePointAt(0)!.toString(16).padStart(4, '0').toUpperCase()})`;
}

/**
 * Suggests a correction of an invalid image name, given as text and in parts. Returns null when there is none. Also
 * null for a name of more than `LONGEST` characters: correcting thousands of short parts takes much time, and an
 * archive may have many such names.
 */
function suggestion(text: string, { domain, path, tag }: { domain: string; path: string; tag: string }): string | null {
  if (text.length > LONGEST || !DOMAIN.test(domain)) return null;
  const name = legalName(path.split('/'), MAX_NAME - domain.length - 1);
  const familiar = domain === HUB ? name.replace(/^library\//, '') : `${domain}/${name}`;
  const kept = text.endsWith(`:${tag}`) ? legalTag(tag) : '';
  const better = kept === '' ? familiar : `${familiar}:${kept}`;
  return better === text ? null : better;
}

function unusable(text: string, misfit: Misfit): Parsed<Reference> {
  const { reason } = misfit;
  const better = misfit.better();
  const hint =
    better === null || better === '' || better.length > LONGEST
      ? both(
          'Write it like app, app:1.2 or ghcr.io/team/app:1.2.',
          '请写成 app、app:1.2 或 ghcr.io/team/app:1.2 的样子。',
        )
      : both(`Write for example ${better}.`, `例如写成 ${better}。`);
  const shown = excerpt(text, LONGEST);
  return refused(
    both(`Cannot use the image name "${shown}": ${reason.en}.`, `不能使用镜像名称 "${shown}"：${reason.zh}。`),
    hint,
  );
}

const SUFFIX = /\.(?:tar|t?gz|gzip|t?bz2?|bzip2|tbz2|t?xz|t?zst|zstd|tlz|lz4|lzma)$/i;

function withoutSuffixes(name: string): string {
  const shorter = name.replace(SUFFIX, '');
  return shorter === name || shorter === '' ? shorter : withoutSuffixes(shorter);
}
