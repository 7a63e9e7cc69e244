import type { State } from '../../client/state.ts';
import { type ArchiveManifest, loadLines } from '../../core/manifest/manifest.ts';
import { EXIT } from '../exit.ts';
import type { PageStyle } from '../page-style.ts';
import { conversionPage } from './conversion.ts';
import { inspectionPage } from './print.ts';

/** The printed description of the result of an upload. `output` is the file with the downloaded image, or null. */
export function servicePage(manifest: ArchiveManifest, output: string | null, style: PageStyle): string {
  if (manifest.outcome === 'recognised') return inspectionPage(manifest, [], style);
  const { result } = manifest;
  const here =
    result === null || output === null
      ? {}
      : { result: { ...result, key: output }, load: loadLines(output, result.as) };
  return conversionPage({ ...manifest, ...here }, [], style);
}

/** The exit code of `lading status`, by the state of the upload. */
export function stateCode(state: State['state']): number {
  return STATE_CODES[state];
}

const STATE_CODES: Record<State['state'], number> = {
  absent: EXIT.badInput,
  waiting: EXIT.notYet,
  converting: EXIT.notYet,
  expired: EXIT.expired,
  converted: EXIT.done,
  recognised: EXIT.done,
  refused: EXIT.finding,
  failed: EXIT.failed,
};
