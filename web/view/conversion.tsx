import type { JSX } from 'preact';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { shownConversion } from '../../core/page/conversion.ts';
import { nextLines } from '../../core/page/next-steps.ts';
import type { Voice } from '../../core/page/rows.ts';
import { Commands } from './commands.tsx';
import { Findings } from './findings.tsx';
import { ImageView } from './inspection.tsx';
import { Rows } from './rows.tsx';

/**
 * Shows a conversion and the image archive that it makes. The texts and their order are the same as in the output of
 * the command `lading convert`.
 */
export function ConversionView({ manifest, voice }: { manifest: ArchiveManifest; voice: Voice }): JSX.Element {
  const { title, rows, images, findings, shortened } = shownConversion(manifest, voice);
  const { words } = voice;
  return (
    <div class="conversion">
      <h3>{title}</h3>
      <Rows rows={rows} voice={voice} />
      {images.map((image, at) => (
        <ImageView key={at} image={image} voice={voice} />
      ))}
      <Findings findings={findings} />
      {shortened === '' ? null : <p>{shortened}</p>}
      <Commands title={words.loadIt} lines={manifest.result === null ? [] : manifest.load} />
      <Commands title={words.next} lines={manifest.result === null ? nextLines(manifest) : []} />
    </div>
  );
}
