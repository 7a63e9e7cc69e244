import { basename } from 'node:path';
import { hasError } from '../lambda/core/findings.ts';
import { NO_OPTIONS, parseOptions } from '../lambda/core/image/options.ts';
import type { ArchiveManifest } from '../lambda/core/manifest.ts';
import { shellWord } from './text.ts';

/** `docker export` leaves the config behind; this is the question that most users come back with. */
const RECOVER =
  '# with CMD, ENV and USER of the container: docker inspect NAME > inspect.json, and add --inspect inspect.json';

/** The lines worth typing next, for an archive that was only looked at. */
export function nextLines(manifest: ArchiveManifest): string[] {
  const { key } = manifest.source;
  switch (manifest.archive.kind) {
    case 'rootfs/docker-export':
    case 'rootfs/generic':
      return hasError(manifest.findings) ? [] : [convertLine(key, []), RECOVER];
    case 'rootfs/minimal':
      return [convertLine(key, ['--rootfs'])];
    case 'image/docker':
    case 'image/hybrid':
    case 'image/docker-v1':
      return [`docker load ${inputOf(key)}`];
    case 'image/oci':
      return [`podman load ${inputOf(key)}`];
    case 'image/incomplete':
    case 'image/nested-in-export':
    case 'plain':
    case 'empty':
    case 'not-an-archive':
      return [];
  }
}

function inputOf(key: string): string {
  return key === '-' ? '< FILE' : `-i ${shellWord(key)}`;
}

function convertLine(key: string, flags: string[]): string {
  const output = basename(key) === 'image.tar' ? 'converted.tar' : 'image.tar';
  return ['lading convert', shellWord(key), ...flags, '--name', suggestedName(key), '-o', output].join(' ');
}

function suggestedName(key: string): string {
  if (key === '-') return 'app:1.0';
  const parsed = parseOptions(NO_OPTIONS, basename(key));
  return (parsed.ok ? parsed.value.names[0]?.familiar : undefined) ?? 'app:1.0';
}
