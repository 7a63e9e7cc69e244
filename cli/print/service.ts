import type { State } from '../../remote/state.ts';
import { type ArchiveManifest, loadLines } from '../../core/manifest/manifest.ts';
import { resultKeys } from '../../core/service/keys.ts';
import { EXIT } from '../exit.ts';
import type { PageStyle } from '../page-style.ts';
import { conversionPage } from './conversion.ts';
import { page, table } from './page.ts';
import { inspectionPage } from './print.ts';

/**
 * The text that is printed about an upload that Lading's service in AWS has handled. `output` is the file with the
 * downloaded image archive, and `report` the `s3://` address of the HTML report. Both are null if there is none.
 */
export function servicePage(
  manifest: ArchiveManifest,
  output: string | null,
  style: PageStyle,
  report: string | null = null,
): string {
  const lines = report === null ? '' : table([['report', report]], style);
  return page([resultPage(manifest, output, style), lines], style);
}

/**
 * The `s3://` address of the HTML report that Lading's service has written about an upload; null when there is none.
 */
export function reportAt({ report, source }: ArchiveManifest, resultsBucket: string): string | null {
  return report === true ? `s3://${resultsBucket}/${resultKeys(source.key).report}` : null;
}

function resultPage(manifest: ArchiveManifest, output: string | null, style: PageStyle): string {
  if (manifest.outcome === 'recognised') return inspectionPage(manifest, [], style);
  const { result } = manifest;
  const here =
    result === null || output === null
      ? {}
      : { result: { ...result, key: output }, load: loadLines(output, result.as) };
  return conversionPage({ ...manifest, ...here }, [], style);
}

/** The exit code for the state of an upload, such as `waiting` or `converted`. */
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
