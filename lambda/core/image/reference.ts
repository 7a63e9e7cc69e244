import { parsed, refused } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';
import { legalName, legalTag } from './legal-name.ts';

/** A parsed image name (distribution reference grammar), always with a tag. */
export interface Reference {
  /** `docker.io`, `ghcr.io`, `localhost:5000` */
  domain: string;
  /** `library/app` */
  path: string;
  /** `1.0` */
  tag: string;
  /** Fully qualified: `docker.io/library/app:1.0` */
  canonical: string;
  /** As Docker shows it: `app:1.0` */
  familiar: string;
}

const HUB = 'docker.io';
const OLD_HUB = 'index.docker.io';
/** Characters of domain and path together: what Docker before reference v0.6.0 counts, the stricter of the two rules. */
const MAX_NAME = 255;
const MAX_TAG = 128;

const LABEL = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)';
const DOMAIN = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]*$/;

/** Reads an image name as Docker does and completes it (formats.md 5); digests and bare image IDs are refused. */
export function parseReference(text: string): Parsed<Reference> {
  const misfit = notAName(text);
  if (misfit !== null) return misfit;
  const { domain, rest } = splitDomain(text);
  const colon = rest.indexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? 'latest' : rest.slice(colon + 1);
  const reason = domainProblem(domain) ?? pathProblem(path) ?? tagProblem(tag) ?? lengthProblem(domain, path);
  if (reason !== null) return unusable(text, reason, suggestion(text, { domain, path, tag }));
  return parsed(reference(domain, path, tag));
}

/**
 * A legal name from an S3 key or a file name: archive suffixes go, `:1.2` is the tag, the rest is made legal.
 * It is always a name on Docker Hub, so that no folder called `v1.2` or `build.app` becomes a registry to push to.
 */
export function referenceFromKey(key: string): Reference {
  const parts = key.replace(/[/]+$/, '').split('/');
  const last = withoutSuffixes(parts.pop() ?? '');
  const colon = last.indexOf(':');
  const name = colon < 0 ? last : last.slice(0, colon);
  const tag = colon < 0 ? '' : legalTag(last.slice(colon + 1));
  if (parts[0] === HUB || parts[0] === OLD_HUB) parts.shift();
  const path = legalName([...parts, name], MAX_NAME - `${HUB}/library/`.length);
  return reference(HUB, path.includes('/') ? path : `library/${path}`, tag === '' ? 'latest' : tag);
}

/** The same name with another tag, made legal. */
export function withTag({ domain, path }: Reference, tag: string): Reference {
  return reference(domain, path, legalTag(tag) || 'latest');
}

function reference(domain: string, path: string, tag: string): Reference {
  const official = /^library\/([^/]+)$/.exec(path)?.[1];
  const familiar = domain === HUB ? (official ?? path) : `${domain}/${path}`;
  return { domain, path, tag, canonical: `${domain}/${path}:${tag}`, familiar: `${familiar}:${tag}` };
}

/**
 * The text before the first slash is a registry if it has a `.` or a `:` or is `localhost`. New Dockers also take one
 * upper-case word for a registry; old ones refuse it, and it is a misspelt folder, so it is refused here.
 */
function splitDomain(text: string): { domain: string; rest: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isDomain = /[.:]/.test(first) || first === 'localhost';
  const domain = !isDomain || first === OLD_HUB ? HUB : first;
  const rest = isDomain ? text.slice(slash + 1) : text;
  return { domain, rest: domain === HUB && !rest.includes('/') ? `library/${rest}` : rest };
}

function notAName(text: string): Parsed<Reference> | null {
  if (text === '') return unusable(text, 'it is empty', null);
  const bare = text.trim();
  if (bare !== text) return unusable(text, 'there is white space around it', bare);
  if (/^[a-z+]+:\/\//i.test(text)) {
    return unusable(text, 'it is an address, not a name', text.replace(/^[a-z+]+:\/\//i, ''));
  }
  if (/^[a-f0-9]{64}$/.test(text))
    return unusable(text, '64 hex digits are an image ID, not a name', `image-${text.slice(0, 12)}`);
  const at = text.indexOf('@');
  if (at < 0) return null;
  return unusable(text, `"${text.slice(at)}" is a digest, which the image gets from its content`, text.slice(0, at));
}

function domainProblem(domain: string): string | null {
  return DOMAIN.test(domain) ? null : `"${domain}" is not a registry's host name`;
}

function pathProblem(path: string): string | null {
  for (const part of path.split('/')) {
    if (part === '') return 'a part of it between slashes is empty';
    const bad = /[^a-z0-9._-]/u.exec(part)?.[0];
    if (bad !== undefined && bad !== bad.toLowerCase()) return `"${part}" has the upper-case letter "${bad}"`;
    if (bad !== undefined) return `"${part}" has the character ${shown(bad)}, which names cannot have`;
    if (!COMPONENT.test(part))
      return `"${part}" must begin and end with a letter or digit and have no two separators in a row (but __ and any number of -)`;
  }
  return null;
}

function tagProblem(tag: string): string | null {
  if (tag === '') return 'there is no tag after the colon';
  if (tag.length > MAX_TAG) return `its tag has ${tag.length} characters, and ${MAX_TAG} are allowed`;
  const bad = /[^\w.-]/u.exec(tag)?.[0];
  if (bad !== undefined) return `the tag "${tag}" has the character ${shown(bad)}, which tags cannot have`;
  return TAG.test(tag) ? null : `the tag "${tag}" begins with "${tag[0]}"`;
}

function lengthProblem(domain: string, path: string): string | null {
  const length = domain.length + 1 + path.length;
  return length <= MAX_NAME ? null : `${domain}/${path} has ${length} characters, and ${MAX_NAME} are allowed`;
}

function shown(char: string): string {
  return /^[\x21-\x7e]$/.test(char)
    ? `"${char}"`
    : `"${char}" (U+${char.codePointAt(0)!.toString(16).padStart(4, '0').toUpperCase()})`;
}

function suggestion(text: string, { domain, path, tag }: { domain: string; path: string; tag: string }): string | null {
  if (!DOMAIN.test(domain)) return null;
  const name = legalName(path.split('/'), MAX_NAME - domain.length - 1);
  const familiar = domain === HUB ? name.replace(/^library\//, '') : `${domain}/${name}`;
  const kept = text.endsWith(`:${tag}`) ? legalTag(tag) : '';
  const better = kept === '' ? familiar : `${familiar}:${kept}`;
  return better === text ? null : better;
}

function unusable(text: string, reason: string, better: string | null): Parsed<Reference> {
  const hint =
    better === null || better === ''
      ? 'Write it like app, app:1.2 or ghcr.io/team/app:1.2.'
      : `Write for example ${better}.`;
  return refused(`Cannot use the image name "${text}": ${reason}.`, hint);
}

const SUFFIX = /\.(?:tar|t?gz|gzip|t?bz2?|bzip2|tbz2|t?xz|t?zst|zstd|tlz|lz4)$/i;

function withoutSuffixes(name: string): string {
  const shorter = name.replace(SUFFIX, '');
  return shorter === name || shorter === '' ? shorter : withoutSuffixes(shorter);
}
