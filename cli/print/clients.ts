import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { clientRows } from '../../core/page/clients.ts';
import type { PageStyle } from '../page-style.ts';
import { table } from './page.ts';

/** The part of a printed description that tells which clients load the archive. */
export function clientSection(
  { clients, images }: Pick<ArchiveManifest, 'clients' | 'images'>,
  style: PageStyle,
): string {
  return table(clientRows(clients, images.length, style), style);
}
