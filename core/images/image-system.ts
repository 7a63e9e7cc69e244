import type { Bilingual } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { printable } from '../model/bytes.ts';
import { formatPlatform, type Platform } from '../model/platform.ts';
import type { ArchiveBlob } from './blob.ts';

/** What was found when the programs in an image's layers were compared with the platform in its config. */
export interface SystemCheck {
  findings: Finding[];
  /**
   * The platform that the image config should state, judged by the programs in the layers. Null when the config may be
   * right: the programs fit it, are for several architectures, or cannot be judged.
   */
  platform: Platform | null;
}

/**
 * Architectures of machines that can also run the programs of a second architecture. Keys are the machines'
 * architectures, values the second ones.
 */
const RUNS_TOO: Record<string, string> = { amd64: '386', arm64: 'arm' };

/**
 * Checks if machines of the platform `said`, which an image config states, can run the image's programs. `blobs` are
 * the layers; null for a missing one. Returns the findings, and the right platform if the config states a wrong one.
 */
export function checkSystem(said: Platform | null, blobs: (ArchiveBlob | null)[]): SystemCheck {
  const check = checkPlatform(said, blobs);
  const program = blobs.some((blob) => blob?.facts.executable === true) ? null : firstProgram(blobs);
  if (program !== null) check.findings.push(finding('nothing-executable', { member: printable(program) }));
  return check;
}

function firstProgram(blobs: (ArchiveBlob | null)[]): string | null {
  return blobs.find((blob) => (blob?.facts.program ?? null) !== null)?.facts.program ?? null;
}

/**
 * Compares `said`, the platform that an image config states (null for none), with the executables in the layers. If all
 * are for one other architecture, and machines of that platform cannot run it, returns a finding, and `said` with the
 * architecture of the executables. For a Windows image, returns only a finding. In all other cases, returns no finding,
 * and null as the platform.
 */
function checkPlatform(said: Platform | null, blobs: (ArchiveBlob | null)[]): SystemCheck {
  const windows = blobs.some((blob) => blob?.facts.windows === true);
  if (windows || said?.os === 'windows') {
    return { findings: [finding('windows-image', { evidence: signs(said, windows) })], platform: null };
  }
  const [architecture, ...others] = new Set(blobs.flatMap((blob) => [...(blob?.facts.architectures ?? [])]));
  if (said === null || architecture === undefined || others.length > 0) return { findings: [], platform: null };
  if (architecture === said.architecture || architecture === RUNS_TOO[said.architecture]) {
    return { findings: [], platform: null };
  }
  const platform = { os: said.os, architecture };
  const detail = { found: formatPlatform(platform), platform: formatPlatform(said) };
  return { findings: [finding('platform-wrong', detail)], platform };
}

function signs(said: Platform | null, layers: boolean): Bilingual {
  const config = said?.os === 'windows' ? formatPlatform(said) : null;
  const files = '`Files/`, `Hives/`';
  if (config === null) return { en: `${files} in its layers`, zh: `层中有 ${files}` };
  return layers
    ? { en: `its config says ${config}, its layers hold ${files}`, zh: `镜像配置写明 ${config}，层中有 ${files}` }
    : { en: `its config says ${config}`, zh: `镜像配置写明 ${config}` };
}
