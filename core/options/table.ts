/** The form of an option's value: one text, several texts, true or false, or a JSON document as text. */
export type Form = 'text' | 'texts' | 'flag' | 'json';

/**
 * The description of one option of a conversion. It gives the flag of the command line, the fields in the user metadata
 * and in the sidecar (the JSON object with the options of an upload), the help page and the docs.
 */
export interface Option {
  form: Form;
  /**
   * How several values are written in user metadata: `commas` (`a,b`) or `instructions` (`change-1`, `change-2`).
   * Absent for an option with a single value.
   */
  metadata?: 'commas' | 'instructions';
  /** The letter of the option's short flag, such as `t` for `-t`. */
  short?: string;
  /**
   * The word that stands for the option's value on the help page, such as `NAME`. Absent for an option that is true or
   * false.
   */
  placeholder?: string;
  /** The lines that explain the option on the help page. */
  help: readonly string[];
  /**
   * The explanation of the option in English: in the README, in the JSON schema for options, and on the web page of the
   * command `lading serve`.
   */
  meaning: string;
  /** The explanation of the option in Chinese, on the web page of the command `lading serve`. */
  zh: string;
}

/**
 * All options of a conversion. To add one, add a row here, give it a meaning in `parseOptions`, and add a field to
 * `ConversionRequest`. The compiler, the tests and `npm run docs` then ask for all other places but one:
 * `cli/completion/words.ts`, which lists the values that shells complete.
 */
export const OPTIONS = {
  name: {
    form: 'texts',
    metadata: 'commas',
    short: 't',
    placeholder: 'NAME',
    help: ['name the image: app, app:1.2, ghcr.io/team/app:1.2 (repeatable);', "without it the file's name gives one"],
    meaning:
      "the image's name, repeatable: `app`, `app:1.2`, `ghcr.io/team/app:1.2`. In metadata: separated by commas. Without it, the name is made from the key",
    zh: '镜像的名称，例如 app:1.2；不填则由键得出',
  },
  change: {
    form: 'texts',
    metadata: 'instructions',
    short: 'c',
    placeholder: 'INSTR',
    help: [`a Dockerfile instruction, as in docker import: 'CMD ["nginx"]' (repeatable)`],
    meaning:
      'Dockerfile instructions as for `docker import --change`, repeatable. In metadata: one, a JSON array, or `change-1`, `change-2`…',
    zh: 'Dockerfile 指令，与 docker import --change 相同',
  },
  message: {
    form: 'text',
    short: 'm',
    placeholder: 'TEXT',
    help: ["the comment in the image's history"],
    meaning: 'the history comment',
    zh: '镜像历史中的备注',
  },
  platform: {
    form: 'text',
    placeholder: 'P',
    help: ['os/arch[/variant]; without it, read from the executables in the archive'],
    meaning:
      '`os/arch[/variant]`. Without it: read from the executables in the archive; of an image for several platforms, all of them',
    zh: '平台，例如 linux/arm64；不填则从可执行文件读出',
  },
  inspect: {
    form: 'json',
    placeholder: 'FILE',
    help: ['the JSON of docker inspect: brings CMD, ENV, USER and the rest back'],
    meaning:
      'the JSON of `docker inspect` (or `podman`, `nerdctl`) of the container or image: CMD, ENTRYPOINT, ENV, USER, WORKDIR and so on come back',
    zh: 'docker inspect 输出的 JSON：恢复 CMD、ENV、USER 等',
  },
  rootfs: {
    form: 'flag',
    help: ['take the archive for a root file system even when it does not look like one'],
    meaning: '`true`: take the archive for a root file system even when it does not look like one',
    zh: '即使看起来不像，也当作根文件系统',
  },
  image: {
    form: 'text',
    placeholder: 'NAME|N',
    help: ['of an archive with several images, keep this one (its name or its number)'],
    meaning: 'which image of an archive with several: its name, or its number from 1',
    zh: '归档含多个镜像时，取哪一个：名称或编号',
  },
  as: {
    form: 'text',
    placeholder: 'rootfs',
    help: ['write the root file system as a tar archive, and no image archive'],
    meaning:
      '`rootfs`: write the root file system of the image as one tar archive, `rootfs.tar`, in place of an image archive ([docs/rootfs.md](docs/rootfs.md))',
    zh: '填 rootfs 则写出镜像的根文件系统（tar 归档），而不写镜像归档',
  },
  flatten: {
    form: 'flag',
    help: ['make one layer of all layers of an image; the config and the names stay'],
    meaning: '`true`: make one layer of all layers of an image. The config and the names stay',
    zh: '把镜像的所有层合并为一层',
  },
  squash: {
    form: 'text',
    placeholder: 'N',
    help: ['make one layer of layer N (from 1) and all above it'],
    meaning: 'make one layer of the layer with this number (from 1) and all above it; those below stay as they are',
    zh: '把此编号的层及其上所有层合并为一层',
  },
  compress: {
    form: 'text',
    placeholder: 'FORM',
    help: [
      'write the layers as gzip, zstd or none (plain); without it, gzip stays gzip, and',
      'anything else becomes plain',
    ],
    meaning:
      '`gzip`, `zstd` or `none` (plain): the form in which the layers are written. Without it: gzip stays gzip, anything else becomes a plain layer. Docker before 23 and umoci before 0.5 do not unpack zstd',
    zh: '层的写入形式：gzip、zstd 或 none（不压缩）',
  },
  layout: {
    form: 'text',
    placeholder: 'docker',
    help: ['write only the archive of docker save before version 25, for tools that read nothing else'],
    meaning:
      '`docker`: write the image archive as `docker save` did before version 25, with plain layers and for one platform, for tools that read nothing else. Without it, or with `both`: a Docker archive and an OCI layout in one',
    zh: '镜像归档的布局：docker（与 25 版之前的 docker save 相同）或 both',
  },
  mend: {
    form: 'flag',
    help: ['mend what engines would refuse, where it is clear what was meant; the changes are listed'],
    meaning:
      '`true`: mend what engines would refuse, where it is clear what was meant ([docs/mend.md](docs/mend.md)). The manifest lists the changes',
    zh: '在原意明确时修补引擎会拒绝的内容，并列出改动',
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/**
 * The field `pieces` of the sidecar, the JSON object with the options of an upload. It lists the pieces of a split
 * archive. It is not one of the options, because it does not affect how the upload is converted, but says which objects
 * the upload consists of.
 */
export const PIECES = {
  field: 'pieces',
  meaning:
    'the names of all pieces of a split archive, in order; the upload itself is the last one (docs/formats.md). Only in a sidecar',
} as const;

type ValueOf<F extends Form> = F extends 'texts' ? string[] : F extends 'flag' ? boolean : string | null;

/**
 * The options as the user gave them, not parsed yet: texts and flags from the command line, from the user metadata of
 * the upload, or from the JSON object with its options.
 */
export type RawOptions = { -readonly [Name in OptionName]: ValueOf<(typeof OPTIONS)[Name]['form']> };

/** All options of a conversion with their names, in the order of the help page. */
export const OPTION_LIST = Object.entries(OPTIONS) as readonly [OptionName, Option][];

const NOTHING: { readonly [F in Form]: ValueOf<F> } = { text: null, texts: [], flag: false, json: null };

/** The options when the user gives none: null, an empty list or false for each. */
export const NO_OPTIONS = Object.fromEntries<unknown>(
  OPTION_LIST.map(([name, { form }]) => [name, NOTHING[form]]),
) as RawOptions;
