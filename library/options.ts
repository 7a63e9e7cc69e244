import { type Bilingual, both } from '../core/catalogue/bilingual.ts';
import type {
  ArchiveLayout,
  ConversionRequest,
  LayerCompression,
  ResultForm,
} from '../core/model/conversion-request.ts';
import { parseOptions } from '../core/options/options.ts';
import { OPTION_LIST, type RawOptions } from '../core/options/table.ts';

/** Options for all calls that read an archive. */
export interface ReadOptions {
  /**
   * The file name to assume for the archive, for instance for a stream, which has none. The image is named after this
   * file when the option `name` is not given.
   */
  fileName?: string | undefined;
  /** Called again and again with the number of bytes of the archive that were read so far. */
  onProgress?: ((bytesRead: number) => void) | undefined;
  /** Aborts the call, which then throws the reason of the signal. */
  signal?: AbortSignal | undefined;
}

/** The names of the options for all calls that read an archive. */
export const READ_OPTIONS = ['fileName', 'onProgress', 'signal'] as const satisfies (keyof ReadOptions)[];

/** The options of a conversion. They mean what the options of the same names mean on the command line. */
export interface ConversionOptions extends ReadOptions {
  /** The name or names of the image, such as `app:1.2`. Default: made from the archive's file name. */
  name?: string | readonly string[] | undefined;
  /** The Dockerfile instructions that change the image's config, as for `docker import --change`. */
  change?: string | readonly string[] | undefined;
  /** The comment in the image's history. */
  message?: string | undefined;
  /**
   * The platform of the image, as `os/arch[/variant]`. Default: for a container archive, the platform of its
   * executables; for an image archive, all its platforms.
   */
  platform?: string | undefined;
  /** The output of `docker inspect`, as JSON text or parsed. From it the image gets CMD, ENV, USER and so on. */
  inspect?: string | object | undefined;
  /** True to treat the archive as a root file system even if it does not look like one. */
  rootfs?: boolean | undefined;
  /**
   * The image to take from an archive with several images: its name, or its position in the archive, counted from 1.
   */
  image?: string | number | undefined;
  /** `rootfs` to get the image's root file system as a tar archive. Default: an image archive. */
  as?: ResultForm | undefined;
  /** True to merge all layers of an image into a single layer. */
  flatten?: boolean | undefined;
  /**
   * The number of a layer, counted from 1 for the lowest. This layer and all layers above it are merged into one layer.
   */
  squash?: number | undefined;
  /**
   * The compression of the layers: `gzip`, `zstd` or `none`. Default: layers that are compressed with gzip stay as they
   * are, and all others are stored uncompressed.
   */
  compress?: LayerCompression | undefined;
  /**
   * True to repair what container engines would refuse, if it is clear what was meant. The manifest that the call
   * returns lists the changes. Default: false.
   */
  mend?: boolean | undefined;
  /**
   * The form of the image archive: `both` (the default) for a Docker archive and an OCI layout in one, or `docker` for
   * the archive of `docker save` before version 25.
   */
  layout?: ArchiveLayout | undefined;
}

/** The error for an option that is not valid. `message` says what is wrong, and `remedy` what to write instead. */
export class OptionError extends Error {
  readonly remedy: string;
  /** The texts of `message` and `remedy` in Simplified Chinese. */
  readonly zh: { message: string; remedy: string };

  constructor(problem: Bilingual, remedy: Bilingual) {
    super(problem.en);
    this.name = 'OptionError';
    this.remedy = remedy.en;
    this.zh = { message: problem.zh, remedy: remedy.zh };
  }
}

/** Throws an `OptionError` when `options` has a name that is not in `known`, such as a misspelled one. */
export function refuseUnknown(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(
    both(`There is no option "${unknown}".`, `没有选项 "${unknown}"。`),
    both(`The options are ${known.join(', ')}.`, `选项有：${known.join('、')}。`),
  );
}

/**
 * Parses and checks the options of a conversion, and returns them in the form that Lading's core uses. `fileName`, the
 * name of the archive's file, gives the image a name when the options do not; null when the archive has none. Throws an
 * `OptionError` for a bad option, and when there is no name.
 */
export function requestOf(options: ConversionOptions, fileName: string | null): ConversionRequest {
  refuseUnknown(options, [...OPTION_LIST.map(([name]) => name), ...READ_OPTIONS]);
  const raw = rawOptions(options);
  if (fileName === null && raw.name.length === 0)
    throw new OptionError(
      both('Cannot name the image: the archive has no file name.', '无法给镜像命名：归档没有文件名。'),
      both('Give the option `name`, for instance app:1.0.', '请给出选项 `name`，例如 app:1.0。'),
    );
  const parsed = parseOptions(raw, fileName ?? '');
  if (!parsed.ok) throw new OptionError(parsed.problem, parsed.remedy);
  return parsed.value;
}

function rawOptions({
  name,
  change,
  message,
  platform,
  inspect,
  rootfs,
  image,
  as,
  flatten,
  squash,
  compress,
  mend,
  layout,
}: ConversionOptions): RawOptions {
  return {
    name: [name ?? []].flat(),
    change: [change ?? []].flat(),
    message: message ?? null,
    platform: platform ?? null,
    inspect: typeof inspect === 'object' ? JSON.stringify(inspect) : (inspect ?? null),
    rootfs: rootfs === true,
    image: image === undefined ? null : String(image),
    as: as ?? null,
    flatten: flatten === true,
    squash: squash === undefined ? null : String(squash),
    compress: compress ?? null,
    mend: mend === true,
    layout: layout ?? null,
  };
}
