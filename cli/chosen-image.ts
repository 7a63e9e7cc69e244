import { type Bilingual, both } from '../core/catalogue/bilingual.ts';
import { type Finding, finding } from '../core/catalogue/findings.ts';
import {
  type ArchiveImage,
  chooseImages,
  described,
  isOfOtherPlatform,
  preferred,
} from '../core/convert/choose-images.ts';
import type { Inspection } from '../core/model/inspection.ts';
import { formatPlatform, type Platform } from '../core/model/platform.ts';
import { EXIT, UsageError } from './exit.ts';
import type { PrintFlags } from './flags.ts';
import { type Io, write } from './io.ts';
import { styleFor } from './page-style.ts';
import { findingsList } from './print/findings.ts';
import { platformText } from '../core/page/rows.ts';
import { printable } from '../core/page/text.ts';

/** The values of `--image` and `--platform`, the flags that choose one image of an archive. Null when not typed. */
export interface Wanted extends PrintFlags {
  image: string | null;
  platform: Platform | null;
}

/**
 * Finds the image of an archive that the flags `--image` and `--platform` choose, and returns its index, from 0. If the
 * archive has the image for several platforms and `--platform` was not typed, chooses the one for linux/amd64, or the
 * first if there is none for linux/amd64. Then says on standard error which one was chosen, unless `--quiet` was typed.
 * Returns 0 for an archive without images, such as a root file system. Throws a UsageError when no image fits, or more
 * than one.
 */
export async function chosenImage(
  inspection: Inspection,
  { image, platform, quiet, language }: Wanted,
  io: Io,
): Promise<number> {
  const { images } = inspection;
  if (images.length === 0 && image === null) return 0;
  const chosen =
    platform !== null && isOfOtherPlatform(inspection, platform)
      ? finding('platform-not-found', { platform: formatPlatform(platform), images: described(images) })
      : chooseImages(inspection, { image, platform });
  if (!Array.isArray(chosen)) {
    const { message, remedy, zh } = chosen;
    throw new UsageError(both(printable(message), printable(zh.message)), both(remedy, zh.remedy));
  }
  const [group, ...others] = chosen;
  if (group === undefined || others.length > 0) {
    const { en, zh } = described(images);
    throw new UsageError(
      both(
        `The archive holds ${images.length} images: ${printable(en)}.`,
        `归档中有 ${images.length} 个镜像：${printable(zh)}。`,
      ),
      both('Choose one with --image NAME or --image N.', '请用 --image NAME 或 --image N 选择一个。'),
    );
  }
  const only = preferred(group.images);
  if (only !== undefined && group.images.length > 1 && !quiet)
    await write(io.stderr, ofSeveral(only, group.images)[styleFor(io.stderr, language, io.env).language], io.signal);
  return only === undefined ? 0 : images.indexOf(only.found);
}

/**
 * Makes a sentence, in English and Chinese, that is printed when the archive has the chosen image for several
 * platforms. The sentence names the platform of the chosen image (`only`), and the platforms of all `images`.
 */
function ofSeveral(only: ArchiveImage, images: ArchiveImage[]): Bilingual {
  const [shown, ...all] = [only, ...images].map(({ found }) =>
    found.platform === null ? '' : platformText(found.platform),
  );
  return both(
    `This is the image for ${shown}; the archive holds it for ${all.join(', ')}. Choose with --platform.\n`,
    `这是 ${shown} 的镜像；归档中有以下平台：${all.join('、')}。请用 --platform 选择。\n`,
  );
}

/**
 * Prints to standard error why the files in an archive cannot be read. `findings` are all findings about the archive.
 * Prints only those with the severity `error`; if there are none, prints all findings. Returns exit code 3.
 */
export async function refuseArchive(findings: Finding[], command: PrintFlags, io: Io): Promise<number> {
  const errors = findings.filter((each) => each.severity === 'error');
  await write(
    io.stderr,
    findingsList(errors.length > 0 ? errors : findings, styleFor(io.stderr, command.language, io.env)),
    io.signal,
  );
  return EXIT.badInput;
}
