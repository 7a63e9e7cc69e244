import { hasError, isMendable } from '../catalogue/findings.ts';
import type { ArchiveManifest } from '../manifest/manifest.ts';
import { parseOptions } from '../options/options.ts';
import { NO_OPTIONS } from '../options/table.ts';
import { called, shellWord } from './text.ts';

/**
 * The hint for an archive from `docker export`, which has no config (CMD, ENV, USER): how to get the config from the
 * container that was exported.
 */
const CONFIG_HINT =
  '# with CMD, ENV and USER of the container: docker inspect NAME > inspect.json, and add --inspect inspect.json';

/**
 * Returns the command lines that are suggested to the user after an inspection, to convert or load the archive. Empty
 * when there is nothing to suggest, as for an archive with an error that no conversion corrects.
 */
export function nextLines(manifest: ArchiveManifest): string[] {
  const key = called(manifest.source);
  switch (manifest.archive.kind) {
    case 'rootfs/docker-export':
    case 'rootfs/generic':
      return hasError(manifest.findings) ? [] : [convertLine(key, ['--name', suggestedName(key)]), CONFIG_HINT];
    case 'rootfs/minimal':
      if (hasError(manifest.findings)) return [];
      return [convertLine(key, ['--rootfs', '--name', suggestedName(key)])];
    case 'image/docker':
    case 'image/hybrid':
    case 'image/docker-v1':
    case 'image/oci':
    case 'image/directory':
    case 'image/nested-in-export':
      return imageLines(manifest);
    case 'image/incomplete':
    case 'plain':
    case 'empty':
    case 'not-an-archive':
    case 'unread':
      return [];
  }
}

/**
 * Returns the command lines that are suggested for an image archive. There are none when it has an error that no
 * conversion corrects. Otherwise, there is the line that loads the archive, if Docker or podman can load it. If a
 * conversion corrects something, the line that converts the archive takes its place. There are both lines if Docker
 * loads the archive and nothing worse than a remark (severity `info`) is corrected.
 */
function imageLines({ source, clients, findings, images }: ArchiveManifest): string[] {
  if (findings.some((each) => each.severity === 'error' && !isMendable(each))) return [];
  const loader = (['docker', 'podman'] as const).find((name) =>
    clients.some((each) => each.client === name && each.loads === true),
  );
  const name = called(source);
  const load = loader === undefined ? [] : [loadLine(loader, name)];
  const mendable = findings.filter(isMendable);
  if (mendable.length === 0) return load;
  const unnamed = images.length === 1 && images[0]?.names.length === 0;
  const line = convertLine(name, unnamed || name === '-' ? ['--name', suggestedName(name)] : []);
  const faulty = mendable.some((each) => each.severity !== 'info');
  return loader === 'docker' && !faulty
    ? [...load, `${line}${images.length === 1 ? '  # loads in every client' : ''}`]
    : [line];
}

function loadLine(loader: 'docker' | 'podman', name: string): string {
  if (name.startsWith('s3://')) return `aws s3 cp ${shellWord(name)} - | ${loader} load`;
  return `${loader} load ${name === '-' ? '< FILE' : `-i ${fileWord(name)}`}`;
}

function convertLine(key: string, flags: string[]): string {
  const output = basename(key) === 'image.tar' ? 'converted.tar' : 'image.tar';
  return ['lading convert', fileWord(key), ...flags, '-o', output].join(' ');
}

/**
 * Returns the name of an archive as a word for a shell, quoted where needed. A name that begins with a dash gets `./`
 * before it, because it would be taken for a flag.
 */
function fileWord(name: string): string {
  return shellWord(name.startsWith('-') && name !== '-' ? `./${name}` : name);
}

function suggestedName(key: string): string {
  if (key === '-') return 'app:1.0';
  const parsed = parseOptions(NO_OPTIONS, basename(key));
  const name = parsed.ok ? parsed.value.names[0]?.familiar : undefined;
  // Nobody should type a tag that moves on.
  return name?.replace(/:latest$/, ':1.0') ?? 'app:1.0';
}

/** Returns the last part of a path; empty when the path has none. */
function basename(path: string): string {
  return path.split('/').findLast((part) => part !== '') ?? '';
}
