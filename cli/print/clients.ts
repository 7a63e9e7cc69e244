import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { clientRows } from '../../core/page/clients.ts';
import type { PageStyle } from '../page-style.ts';
import { table } from './page.ts';

/** The lines, in the printed description of an archive, that say which clients (Docker, podman and so on) load it. */
export function clientSection(
  { clients, images }: Pick<ArchiveManifest, 'clients' | 'images'>,
  style: PageStyle,
): string {
  return table(clientRows(clients, images.length, style), style);
}
