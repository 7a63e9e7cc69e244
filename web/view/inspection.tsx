import type { JSX } from 'preact';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { type ShownImage, shownInspection } from '../../core/page/inspection.ts';
import { nextLines } from '../../core/page/next-steps.ts';
import type { Voice } from '../../core/page/rows.ts';
import { Commands } from './commands.tsx';
import { Findings } from './findings.tsx';
import { Layers } from './layers.tsx';
import { Rows } from './rows.tsx';

/**
 * Shows what was found in an archive. The texts and their order are the same as in the output of the command `lading
 * inspect`.
 */
export function InspectionView({ manifest, voice }: { manifest: ArchiveManifest; voice: Voice }): JSX.Element {
  const { name, kind, rows, images, findings, clients, shortened } = shownInspection(manifest, voice);
  return (
    <div class="inspection">
      <h2>{voice.words.is(name, kind)}</h2>
      <Rows rows={rows} voice={voice} />
      {images.map((image, at) => (
        <ImageView key={at} image={image} voice={voice} />
      ))}
      <Findings findings={findings} />
      <Rows rows={clients} voice={voice} />
      {shortened === '' ? null : <p>{shortened}</p>}
      <Commands title={voice.words.next} lines={manifest.result === null ? nextLines(manifest) : []} />
    </div>
  );
}

/** The description of one image: the lines about it, and its layers. */
export function ImageView({ image, voice }: { image: ShownImage; voice: Voice }): JSX.Element {
  return (
    <section class="image">
      {image.title === '' ? null : <h3>{image.title}</h3>}
      <Rows rows={image.rows} voice={voice} />
      <Layers layers={image.layers} voice={voice} />
    </section>
  );
}
