import { spawnSync } from 'node:child_process';
import type { Finding } from '../../lambda/core/findings.ts';
import type { ArchiveManifest } from '../../lambda/core/manifest.ts';
import { LADING } from './converters.ts';

/** What `lading inspect --json` says of a file, whatever it is. */
export function inspectFile(file: string): ArchiveManifest {
  return manifestOf(['inspect', file, '--json']);
}

/** Converts a file, and returns the names of the images in the result. Throws with the findings when nothing was written. */
export function convertFile(file: string, output: string, ...options: string[]): string[] {
  const { result, findings } = manifestOf(['convert', file, ...options, '--output', output, '--json']);
  if (result === null) throw new Error(`${file} was not converted: ${sentences(findings)}`);
  return result.images.flatMap((image) => image.names);
}

/** The command line on a file that it should refuse: the findings. */
export function refusedFile(file: string, image: string, ...options: string[]): Finding[] {
  const { result, findings } = manifestOf(['convert', file, ...options, '--output', image, '--json']);
  if (result !== null) throw new Error(`${file} was converted: ${sentences(findings)}`);
  return findings;
}

function manifestOf(args: string[]): ArchiveManifest {
  const { stdout, stderr } = spawnSync(process.execPath, [LADING, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (stdout === '') throw new Error(`lading ${args.join(' ')} said nothing but: ${stderr}`);
  return JSON.parse(stdout) as ArchiveManifest;
}

function sentences(findings: Finding[]): string {
  return findings.map((each) => each.message).join(' ');
}
