import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { parseAll, parsed, type Parsed, type Refusal, refused } from '../catalogue/parsed.ts';
import { decodedText } from '../json/decoded-text.ts';
import { LIMITS } from '../limits.ts';
import type { ArchiveLayout, ConversionRequest, LayerCompression, ResultForm } from '../model/conversion-request.ts';
import { excerpt } from '../catalogue/brief.ts';
import { parsePlatform } from '../model/platform.ts';
import { parseReference, type Reference, referenceFromKey } from '../model/reference.ts';
import { utf8Length } from '../model/utf8.ts';
import { applyChanges } from './change/changes.ts';
import { parseExecForm } from './change/exec.ts';
import { configFromInspect } from './docker-inspect.ts';
import { decodeWords } from './encoded-words.ts';
import { isDeeper, isObject, JsonFields, parseJson } from './json-fields.ts';
import { beyond } from './refusal.ts';
import { type Form, NO_OPTIONS, type Option, OPTION_LIST, PIECES, type RawOptions } from './table.ts';

/**
 * Parses and checks the options of an upload. Returns them, or the refusal of the first wrong option. The Dockerfile
 * instructions in the option `change` are applied to the image config in the option `inspect`. If no image name is
 * given, one is made from `key`, the key of the upload.
 */
export function parseOptions(raw: RawOptions, key: string): Parsed<ConversionRequest> {
  const excess = excessOf(raw);
  if (excess !== null) return excess;
  const names = parseAll(raw.name, parseReference);
  if (!names.ok) return names;
  const inspected = raw.inspect === null ? NOTHING_INSPECTED : configFromInspect(raw.inspect);
  if (!inspected.ok) return inspected;
  const config = applyChanges(raw.change, inspected.value.config);
  if (!config.ok) return config;
  const platform = raw.platform === null ? parsed(inspected.value.platform) : parsePlatform(raw.platform);
  if (!platform.ok) return platform;
  const compress = raw.compress === null ? parsed(null) : parseCompression(raw.compress);
  if (!compress.ok) return compress;
  const as = parseForm(raw);
  if (!as.ok) return as;
  const mergeFrom = parseMerging(raw);
  if (!mergeFrom.ok) return mergeFrom;
  const layout = parseLayout(raw);
  if (!layout.ok) return layout;
  return parsed({
    names: names.value.length === 0 ? [referenceFromKey(key)] : withoutDuplicates(names.value),
    nameDerived: names.value.length === 0,
    config: config.value,
    message: raw.message,
    platform: platform.value,
    rootfs: raw.rootfs,
    image: raw.image,
    as: as.value,
    mergeFrom: mergeFrom.value,
    compress: compress.value,
    mend: raw.mend,
    layout: layout.value,
    notes: inspected.value.notes,
  });
}

/**
 * Returns the refusal of options that have too many image names (`LIMITS.optionNames`) or are too long altogether
 * (`LIMITS.sidecarBytes`); null when they are within the limits.
 */
function excessOf(raw: RawOptions): Refusal | null {
  if (raw.name.length > LIMITS.optionNames) return beyond(NAMES, LIMITS.optionNames);
  const texts = Object.values(raw)
    .flat()
    .filter((value) => typeof value === 'string');
  const bytes = texts.reduce((sum, text) => sum + utf8Length(text), 0);
  return bytes > LIMITS.sidecarBytes ? beyond(ALL, LIMITS.sidecarBytes) : null;
}

const NAMES = both('the names in the option `name`', '选项 `name` 中名称的数量');
const ALL = both('the options, in bytes', '选项的总长度（以字节计）');
const DEPTH = both(
  'the levels of lists and objects within each other in the options file',
  '选项文件中列表和对象的嵌套层数',
);

/**
 * The refusal of a sidecar (the object `<key>.lading.json` with the options of an upload) that has more than
 * `LIMITS.sidecarBytes` bytes.
 */
export const SIDECAR_TOO_LARGE = beyond(
  both('the options file, in bytes', '选项文件的大小（以字节计）'),
  LIMITS.sidecarBytes,
);

function parseCompression(text: string): Parsed<LayerCompression> {
  if (text === 'gzip' || text === 'zstd' || text === 'none') return parsed(text);
  return refused(
    both(
      `Cannot compress the layer as "${excerpt(text)}": clients unpack gzip, zstd and plain layers.`,
      `不能用 "${excerpt(text)}" 压缩镜像层：客户端能解压的只有 gzip、zstd 和未压缩的层。`,
    ),
    both(
      'Write gzip, zstd, or none for a plain layer, or leave the option out.',
      '请写 gzip、zstd，或写 none 得到未压缩的层，或去掉该选项。',
    ),
  );
}

/**
 * Returns the form of the result from the option `as`: `image` for an image archive, which is the default, or `rootfs`
 * for the root file system as one tar archive. Returns a refusal for any other value, and when `rootfs` comes with an
 * option that is only for the layers of an image archive.
 */
function parseForm({ as, squash, mend, layout, compress }: RawOptions): Parsed<ResultForm> {
  if (as === null || as === 'image') return parsed('image');
  if (as !== 'rootfs')
    return refused(
      both(`Cannot write the result as "${excerpt(as)}".`, `无法把结果写成 "${excerpt(as)}"。`),
      both('Write rootfs or image, or leave the option out.', '请写 rootfs 或 image，或去掉该选项。'),
    );
  if (squash === null && !mend && layout === null && compress === null) return parsed('rootfs');
  return refused(
    both(
      'Cannot apply squash, mend, layout or compress to a root file system: it is a plain tar archive.',
      '不能对根文件系统使用 squash、mend、layout 或 compress：它是一个普通的 tar 归档。',
    ),
    both('Leave these options out, or the option as.', '请去掉这些选项，或去掉选项 as。'),
  );
}

/**
 * Reads the options that make one layer of several: `flatten`, `squash`, and `as` with the value `rootfs`. Returns the
 * index (from 0) of the lowest layer that is merged with all above it; null when the layers stay as they are. Returns a
 * refusal when options exclude each other, or when `squash` is not the number of a layer.
 */
function parseMerging({ as, flatten, squash, mend }: RawOptions): Parsed<number | null> {
  if (as === 'rootfs') return parsed(0);
  if (!flatten && squash === null) return parsed(null);
  if (flatten && squash !== null)
    return refused(
      both(
        'Cannot apply flatten and squash at once: flatten makes one layer of all, squash leaves the lower ones.',
        '不能同时使用 flatten 和 squash：flatten 合并所有层，squash 保留下面的层。',
      ),
      both('Leave out one of the options flatten and squash.', '请去掉选项 flatten 和 squash 中的一个。'),
    );
  if (mend)
    return refused(
      both('Cannot mend layers and merge them in one step.', '无法在一步之内既修补各层又合并各层。'),
      both(
        'Convert with the option mend first. Then convert the result with flatten or squash.',
        '请先用选项 mend 转换，再用 flatten 或 squash 转换得到的结果。',
      ),
    );
  const text = flatten ? '1' : (squash ?? '');
  if (/^[1-9]\d{0,3}$/.test(text)) return parsed(Number(text) - 1);
  return refused(
    both(
      `Cannot merge layers from "${excerpt(text)}" on: that is not the number of a layer.`,
      `无法从 "${excerpt(text)}" 起合并各层：它不是层的序号。`,
    ),
    both(
      'Write the number of a layer, from 1 for the lowest. lading inspect lists them.',
      '请写层的序号，最下面一层为 1。lading inspect 会列出各层。',
    ),
  );
}

/**
 * Returns the form of the image archive from the option `layout`: `both`, a Docker archive and an OCI layout in one,
 * which is the default, or `docker`. The layers of `docker` are always plain, so an option `compress` that asks for
 * compression is refused with it.
 */
function parseLayout({ layout, compress }: RawOptions): Parsed<ArchiveLayout> {
  if (layout === null || layout === 'both') return parsed('both');
  if (layout !== 'docker')
    return refused(
      both(
        `Cannot write an image archive in the layout "${excerpt(layout)}".`,
        `无法按布局 "${excerpt(layout)}" 写出镜像归档。`,
      ),
      both('Write docker or both, or leave the option out.', '请写 docker 或 both，或去掉该选项。'),
    );
  if (compress === null || compress === 'none') return parsed(layout);
  return refused(
    both(
      'Cannot compress layers in the layout docker: its readers expect plain layers.',
      '在 docker 布局中不能压缩镜像层：读取它的程序只接受未压缩的层。',
    ),
    both('Leave out one of the options layout and compress.', '请去掉选项 layout 和 compress 中的一个。'),
  );
}

const NOTHING_INSPECTED = parsed({ config: {}, platform: null, notes: [] });

function withoutDuplicates(names: Reference[]): Reference[] {
  return [...new Map(names.map((name) => [name.canonical, name])).values()];
}

type Given = Partial<RawOptions>;

const SIDECAR_FIELDS: readonly string[] = [...OPTION_LIST.map(([name]) => name), PIECES.field];

/**
 * Returns the options of an upload from its sidecar (the JSON object `<key>.lading.json`) and from its user metadata,
 * not parsed yet. If both have an option, the value in the sidecar is used. Returns a refusal when one of them has a
 * value of a wrong type, or the sidecar an unknown field. Unknown metadata is ignored, because it belongs to other
 * software.
 */
export function mergeOptions(given: {
  sidecar?: Uint8Array | string | null;
  metadata: Record<string, string>;
}): Parsed<RawOptions> {
  const metadata = fromMetadata(given.metadata);
  if (!metadata.ok) return metadata;
  const { sidecar } = given;
  const fields = sidecar === undefined || sidecar === null ? parsed<Given>({}) : fromSidecar(sidecar);
  return fields.ok ? parsed({ ...NO_OPTIONS, ...metadata.value, ...fields.value }) : fields;
}

function fromSidecar(sidecar: Uint8Array | string): Parsed<Given> {
  const text = typeof sidecar === 'string' ? sidecar : decodedText(sidecar);
  if (isDeeper(text, LIMITS.optionsDepth)) return beyond(DEPTH, LIMITS.optionsDepth);
  const json = parseJson(text);
  if (!isObject(json)) return unreadableSidecar(both('it is not a JSON object', '不是 JSON 对象'));
  const unknown = Object.keys(json).find((field) => !SIDECAR_FIELDS.includes(field));
  if (unknown !== undefined) {
    const shown = excerpt(unknown);
    return unreadableSidecar(both(`it has the unknown field "${shown}"`, `含有未知字段 "${shown}"`));
  }
  const fields = new JsonFields(json, '');
  const given = Object.fromEntries(OPTION_LIST.map(([name, { form }]) => [name, FIELD[form](fields, name)]));
  return fields.problem === null ? parsed(onlyGiven(given)) : unreadableSidecar(fields.problem);
}

/**
 * For each form that the value of an option can have, such as a text or a list: the function that reads such a value
 * from a JSON object with options. `name` is the name of the field.
 */
const FIELD: Record<Form, (fields: JsonFields, name: string) => unknown> = {
  text: (fields, name) => fields.text(name),
  texts: (fields, name) => fields.textOrTexts(name),
  flag: (fields, name) => fields.flag(name),
  json(fields, name) {
    const value = fields.any(name);
    return typeof value === 'object' ? JSON.stringify(value) : fields.text(name);
  },
};

function unreadableSidecar({ en, zh }: Bilingual): Parsed<Given> {
  return refused(
    both(`Cannot read the options file: ${en}.`, `无法读取选项文件：${zh}。`),
    both(
      `It is a JSON object with any of the fields ${SIDECAR_FIELDS.join(', ')}.`,
      `它是一个 JSON 对象，可含以下字段：${SIDECAR_FIELDS.join('、')}。`,
    ),
  );
}

function fromMetadata(metadata: Record<string, string>): Parsed<Given> {
  const values = new Map(
    Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), decodeWords(value).trim()]),
  );
  const given: Record<string, unknown> = {};
  for (const [name, option] of OPTION_LIST) {
    const value = metadataValue(name, option, values);
    if (!value.ok) return value;
    given[name] = value.value;
  }
  return parsed(onlyGiven(given));
}

/**
 * Returns the value of an option in the user metadata of an upload; undefined when the option is empty or absent there.
 * Returns a refusal when the value cannot be read.
 */
function metadataValue(name: string, { form, metadata }: Option, values: Map<string, string>): Parsed<unknown> {
  const text = values.get(name) ?? '';
  if (metadata === 'instructions') return metadataChanges(name, values);
  if (form === 'flag') return metadataFlag(name, text.toLowerCase());
  if (metadata !== 'commas') return parsed(text || undefined);
  const texts = text.split(',').map((each) => each.trim());
  return parsed(orNone(texts.filter((each) => each !== '')));
}

function metadataFlag(name: string, text: string): Parsed<boolean | undefined> {
  if (['', 'true', 'false'].includes(text)) return parsed(text === '' ? undefined : text === 'true');
  return refused(
    both(
      `Cannot read the metadata ${name}: "${excerpt(text)}" is neither true nor false.`,
      `无法读取元数据 ${name}："${excerpt(text)}" 既不是 true 也不是 false。`,
    ),
    both('Write true, or leave it out.', '请写 true，或去掉它。'),
  );
}

/**
 * Returns the Dockerfile instructions in the user metadata of an upload; undefined when there are none. First come
 * those in the field `change` (one instruction or a JSON array), then those in `change-1`, `change-2` and so on.
 * Returns a refusal when the JSON array is wrong.
 */
function metadataChanges(name: string, values: Map<string, string>): Parsed<string[] | undefined> {
  const first = values.get(name) ?? '';
  const list = parseExecForm(first, '["USER 1000", "WORKDIR /app"]') ?? parsed(first === '' ? [] : [first]);
  if (!list.ok) {
    const { en, zh } = list.problem;
    return refused(both(`Cannot read the metadata ${name}: ${en}.`, `无法读取元数据 ${name}：${zh}。`), list.remedy);
  }
  const numberOf = (key: string): string => (key.startsWith(`${name}-`) ? key.slice(name.length + 1) : '');
  const numbered = [...values].filter(([key, value]) => /^\d+$/.test(numberOf(key)) && value !== '');
  numbered.sort(([a], [b]) => Number(numberOf(a)) - Number(numberOf(b)));
  return parsed(orNone([...list.value, ...numbered.map(([, value]) => value)]));
}

function orNone(list: string[]): string[] | undefined {
  return list.length === 0 ? undefined : list;
}

function onlyGiven(fields: Record<string, unknown>): Given {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
