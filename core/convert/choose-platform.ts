import { type Finding, finding } from '../catalogue/findings.ts';
import type { RootfsFacts } from '../model/inspection.ts';
import { DEFAULT_PLATFORM, formatPlatform, type Platform, samePlatform } from '../model/platform.ts';

/**
 * Chooses the platform to write into the config of an image. It is `asked`, the platform that the user gave (null for
 * none), else that of the root file system's executables, else linux/amd64. Returns the platform, and in `remarks` the
 * findings about the choice, for instance that the executables are for another platform.
 */
export function choosePlatform(
  asked: Platform | null,
  rootfs: RootfsFacts | null,
): { platform: Platform; remarks: Finding[] } {
  const found = rootfs?.platform ?? null;
  if (asked !== null) {
    const differs = found !== null && !samePlatform(asked, found);
    const detail = { platform: formatPlatform(asked), found: found === null ? '' : formatPlatform(found) };
    return { platform: asked, remarks: differs ? [finding('platform-differs', detail)] : [] };
  }
  if (found === null) return { platform: DEFAULT_PLATFORM, remarks: [finding('platform-assumed')] };
  const all = rootfs?.elf ?? [];
  if (all.length < 2) return { platform: found, remarks: [] };
  const platforms = all.map(({ platform, files }) => `${platform}: ${files}`).join(', ');
  return { platform: found, remarks: [finding('platform-mixed', { platforms, platform: formatPlatform(found) })] };
}
