import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { parsed, type Parsed, refused } from '../catalogue/parsed.ts';
import { excerpt } from '../catalogue/brief.ts';
import { listIn, textIn } from './json.ts';

/**
 * A platform: operating system, architecture and variant, with the names that Go uses (OCI image-spec config.md), such
 * as `linux`, `arm` and `v7`.
 */
export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/**
 * The platform of an image as an OCI index states it (OCI image-spec image-index.md). The fields are in the order in
 * which Go writes them, so that the JSON is the same as that of Go programs.
 */
export interface IndexPlatform {
  architecture: string;
  os: string;
  'os.version'?: string;
  'os.features'?: string[];
  variant?: string;
}

/** The platform of an image if nothing states one: linux/amd64, the most common platform in Docker. */
export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

const SYSTEMS = words(`aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris
  windows zos`);
const ARCHITECTURES =
  words(`386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le
  mipsle ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`);

/**
 * Other spellings of architectures that containerd's platforms package accepts. Each value is the architecture and the
 * variant that is meant. Without a variant in the value, the written variant stays.
 */
const ALIASES = new Map<string, readonly [architecture: string, variant?: string]>([
  ['i386', ['386', '']],
  ['x86_64', ['amd64']],
  ['x86-64', ['amd64']],
  ['aarch64', ['arm64']],
  ['armhf', ['arm', 'v7']],
  ['armel', ['arm', 'v6']],
]);

const VARIANTS = new Map([
  ['amd64', /^v[1-4]$/],
  ['arm', /^v[5-8]$/],
  ['arm64', /^v[89](\.\d)?$/],
]);
const DEFAULT_VARIANTS = new Map([
  ['arm', 'v7'],
  ['arm64', 'v8'],
]);

/**
 * Parses a platform that a user wrote, `os/arch[/variant]`, in any common spelling. An architecture alone means Linux.
 * Returns the platform in Go's names. A system alone, and an unknown system, architecture or variant, is refused: the
 * result then says why.
 */
export function parsePlatform(text: string): Parsed<Platform> {
  const parts = text.trim().toLowerCase().split('/');
  if (parts.length > 3 || parts.some((part) => part === '')) {
    return unreadable(
      text,
      both('it is not of the form os/architecture[/variant]', '不是 os/architecture[/variant] 的形式'),
    );
  }
  if (parts.length === 1 && SYSTEMS.has(systemName(parts[0]!))) {
    return unreadable(text, both('it names no architecture, and one would have to be guessed', '没有写架构，只能猜测'));
  }
  const [os, architecture, variant] = parts.length === 1 ? ['linux', parts[0]!] : (parts as [string, string, string?]);
  return known(text, normalizePlatform(os, architecture, variant));
}

/**
 * Converts the common spellings of a platform to the names that Go uses: `linux`, `x86_64` gives `linux/amd64`. Unknown
 * values are only written in lower case. A variant that says nothing, such as `v1` of `amd64`, is left out.
 */
export function normalizePlatform(os: string, architecture: string, variant = ''): Platform {
  const given = architecture.toLowerCase();
  const [name, implied] = ALIASES.get(given) ?? [given];
  const short = canonicalVariant(name, (implied ?? variant).toLowerCase(), variant !== '');
  return { os: systemName(os.toLowerCase()), architecture: name, ...(short === '' ? {} : { variant: short }) };
}

/** Writes a platform as text, such as `linux/arm/v7`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join('/');
}

/**
 * Reads the platform from an entry of an OCI index or from an image config. Null when the system or the architecture is
 * missing, or the architecture is `unknown`, as for attestations.
 */
export function indexPlatform(json: unknown): IndexPlatform | null {
  const [architecture, os] = [textIn(json, 'architecture') ?? '', textIn(json, 'os') ?? ''];
  if (architecture === '' || os === '' || architecture === 'unknown') return null;
  const [version, variant] = [textIn(json, 'os.version') ?? '', textIn(json, 'variant') ?? ''];
  const features = listIn(json, 'os.features').filter((each) => typeof each === 'string');
  return {
    architecture,
    os,
    ...(version !== '' && { 'os.version': version }),
    ...(features.length > 0 && { 'os.features': features }),
    ...(variant !== '' && { variant }),
  };
}

/**
 * The platform of an index entry as text for a sentence, with the version of the system if stated, such as
 * `windows/amd64 10.0.20348.2700`.
 */
export function platformText(platform: IndexPlatform): string {
  const { os, architecture, variant, 'os.version': version } = platform;
  return [formatPlatform(normalizePlatform(os, architecture, variant)), version ?? []].flat().join(' ');
}

/** A text for comparing platforms. It is the same for two platforms if no client distinguishes them. */
export function platformKey(platform: IndexPlatform): string {
  const { os, architecture, variant, 'os.version': version, 'os.features': features } = platform;
  return JSON.stringify([
    formatPlatform(withVariant({ os, architecture, ...(variant !== undefined && { variant }) })),
    version,
    features,
  ]);
}

/**
 * True when two platforms are the same in any common spelling. As in containerd, `arm64` is the same as `arm64/v8`, and
 * `arm` the same as `arm/v7`.
 */
export function samePlatform(a: Platform, b: Platform): boolean {
  return formatPlatform(withVariant(a)) === formatPlatform(withVariant(b));
}

function withVariant(platform: Platform): Platform {
  const { os, architecture, variant } = normalizePlatform(platform.os, platform.architecture, platform.variant);
  return { os, architecture, variant: variant ?? DEFAULT_VARIANTS.get(architecture) ?? '' };
}

/**
 * Returns the variant of an architecture in containerd's spelling; empty for none. `v1` of `amd64` gives none. `v7` of
 * `arm` gives none if `written` is false: it then was not stated, but follows from a name such as `armhf`.
 */
function canonicalVariant(architecture: string, variant: string, written: boolean): string {
  if (architecture === 'amd64' && variant === 'v1') return '';
  if (architecture === 'arm64') return variant.replace(/^v?([89])(\.0)?$/, 'v$1');
  if (architecture === 'arm') return !written && variant === 'v7' ? '' : variant.replace(/^([5-8])$/, 'v$1');
  return variant;
}

function known(text: string, platform: Platform): Parsed<Platform> {
  const { os, architecture, variant } = platform;
  if (!SYSTEMS.has(os))
    return unreadable(
      text,
      both(
        `"${excerpt(os)}" is not an operating system that image configs know`,
        `"${excerpt(os)}" 不是镜像配置所用的操作系统名`,
      ),
    );
  if (!ARCHITECTURES.has(architecture)) {
    return unreadable(
      text,
      both(
        `"${excerpt(architecture)}" is not an architecture that image configs know`,
        `"${excerpt(architecture)}" 不是镜像配置所用的架构名`,
      ),
    );
  }
  if (variant !== undefined && !(VARIANTS.get(architecture) ?? /^[a-z0-9_.-]+$/).test(variant)) {
    return unreadable(
      text,
      both(
        `"${excerpt(variant)}" is not a variant of ${architecture}`,
        `"${excerpt(variant)}" 不是 ${architecture} 的变体`,
      ),
    );
  }
  return parsed(platform);
}

function unreadable(text: string, { en, zh }: Bilingual): Parsed<Platform> {
  return refused(
    both(`Cannot read the platform "${excerpt(text)}": ${en}.`, `无法识别平台 "${excerpt(text)}"：${zh}。`),
    both(
      'Write it like linux/amd64, linux/arm64 or linux/arm/v7, or leave it out: it is then read from the binaries.',
      '请写成 linux/amd64、linux/arm64 或 linux/arm/v7 的样子；也可以不写，平台会从可执行文件中读出。',
    ),
  );
}

function systemName(name: string): string {
  return name === 'macos' ? 'darwin' : name;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
