import { spawnSync } from 'node:child_process';
import type { Finding } from '../../core/catalogue/findings.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { LADING } from './converters.ts';

/** The outcome of a conversion. */
export interface Converted {
  names: string[];
  findings: Finding[];
}

/** Converts a file, and returns the names of its images and all findings. Throws with the findings if it is refused. */
export function convertFile(file: string, output: string, ...options: string[]): Converted {
  const { result, findings } = manifestOf(['convert', file, ...options, '--output', output, '--json']);
  if (result === null) throw new Error(`${file} was not converted: ${sentences(findings)}`);
  return { names: result.images.flatMap(({ names }) => names), findings };
}

function manifestOf(args: string[]): ArchiveManifest {
  const { stdout, stderr } = spawnSync(process.execPath, [LADING, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (stdout === '') throw new Error(`lading ${args.join(' ')} said nothing but: ${stderr}`);
  return JSON.parse(stdout) as ArchiveManifest;
}

function sentences(findings: Finding[]): string {
  return findings.map((each) => each.message).join(' ');
}
