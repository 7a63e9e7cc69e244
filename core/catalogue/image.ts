import { SAVE_AGAIN } from './document.ts';
import type { Entry } from './entry.ts';

const SAVE_ALL = {
  en: 'Save the image again with all its layers (`docker save -o FILE NAME`).',
  zh: '请重新保存镜像，并包含它的所有层（`docker save -o FILE NAME`）。',
} as const;

/**
 * The findings (faults and remarks) that Lading can report about images, by code. Some are about documents and layers
 * that do not fit together.
 */
export const IMAGE = {
  'image-incomplete': {
    severity: 'error',
    cause: 'A thin archive that leaves out what the receiver should have, or an archive that was cut or filtered.',
    en: {
      message: 'This is an image archive whose {document} names {blob}, which is not in it.',
      remedy: SAVE_ALL.en,
    },
    zh: { message: '该镜像归档的 {document} 引用了 {blob}，但归档中没有它。', remedy: SAVE_ALL.zh },
    clientErrors: [
      'open …/layer.tar: no such file or directory',
      'content digest …: not found',
      'layer … not found',
      'file … not found in tar',
    ],
  },
  'blob-damaged': {
    severity: 'error',
    cause: 'A damaged download or disk.',
    en: {
      message: 'The blob {member} is damaged: it should have the digest {expected}, but its bytes have {found}.',
      remedy: SAVE_AGAIN.en,
    },
    zh: { message: 'blob {member} 已损坏：摘要应为 {expected}，实际内容的摘要是 {found}。', remedy: SAVE_AGAIN.zh },
    clientErrors: ['unexpected commit digest …, expected …: failed precondition', 'Digest did not match'],
  },
  'layer-damaged': {
    severity: 'error',
    cause: 'A damaged download or disk, or a layer that is no tar archive.',
    en: { message: 'The layer {member} is damaged: {reason}', remedy: SAVE_AGAIN.en },
    zh: { message: '镜像层 {member} 已损坏：{reason}', remedy: SAVE_AGAIN.zh },
    clientErrors: [
      'Error processing tar file(exit status 1): unexpected EOF',
      'Error processing tar file(exit status 1): archive/tar: invalid tar header',
      'Error unpacking image',
    ],
  },
  'layer-empty': {
    severity: 'error',
    cause: 'A thin archive that leaves out layers the receiver should have, or a failed writer.',
    en: {
      message:
        'The layer {member} is an empty file (sha256 e3b0c442…): a thin archive that leaves out layers the receiver should have, or a failed writer.',
      remedy: `${SAVE_ALL.en} A thin archive loads only where its base image is.`,
    },
    zh: {
      message: '镜像层 {member} 是空文件（sha256 e3b0c442…）：要么是省略了接收方应有的层的精简归档，要么是写入失败。',
      remedy: `${SAVE_ALL.zh}精简归档只能在已有其基础镜像的机器上加载。`,
    },
    clientErrors: [
      'invalid diffID for layer …: expected …, got "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ],
  },
  'layer-unnamed': {
    severity: 'error',
    cause: 'A builder that left out the names of layers which the receiver should have.',
    en: {
      message: 'In the list of layers of the image, number {place} of {layers} has an empty name.',
      remedy: `${SAVE_ALL.en} The tool that wrote this archive left out layers of the base image.`,
    },
    zh: {
      message: '镜像的层列表中，第 {place} 个（共 {layers} 个）名称为空。',
      remedy: `${SAVE_ALL.zh}写出该归档的工具省略了基础镜像的层。`,
    },
    clientErrors: [
      'Layer tarfile . used for two different DiffID',
      'Layer tarfile "" used for two different DiffID values',
    ],
  },
  'layer-without-bytes': {
    severity: 'warning',
    mended: true,
    cause: 'Docker before 1.10 wrote an empty file for a step that changed no files.',
    en: {
      message: 'The layer {member} of this old archive is an empty file (0 bytes): a step that changed no files.',
      remedy: 'Convert the archive: the empty layer is left out.',
    },
    zh: {
      message: '这个旧格式归档中的层 {member} 是空文件（0 字节）：对应的构建步骤没有改动任何文件。',
      remedy: '请转换该归档：空层会被省略。',
    },
    clientErrors: ['Error response from daemon: EOF'],
  },
  'layer-refused': {
    severity: 'error',
    onRequest: true,
    cause: 'The layer breaks a rule of layers.',
    en: {
      message: 'The layer {member} will be refused by engines: {problem}',
      remedy:
        'Build the image again with a tool that writes sound layers. Or convert with the option `mend`, which makes the layer sound where it is clear what was meant.',
    },
    zh: {
      message: '引擎会拒绝镜像层 {member}：{problem}',
      remedy: '请用能写出正确镜像层的工具重新构建镜像。或者转换时使用选项 `mend`，它会在原意明确时修补该层。',
    },
    clientErrors: ['duplicates of file paths not supported', 'unhandled tar header type …', 'failed to register layer'],
  },
  'layer-refused-by-some': {
    severity: 'warning',
    onRequest: true,
    cause: 'The layer does what only some engines, or only some of their storage drivers, can unpack.',
    en: {
      message: 'The layer {member} cannot be unpacked by {engines}: {problem}',
      remedy:
        'Build the image again with a tool that writes sound layers. Or convert with the option `mend`, which makes the layer sound where it is clear what was meant.',
    },
    zh: {
      message: '{engines} 无法解包镜像层 {member}：{problem}',
      remedy: '请用能写出正确镜像层的工具重新构建镜像。或者转换时使用选项 `mend`，它会在原意明确时修补该层。',
    },
    clientErrors: ['failed to register layer'],
  },
  'archive-attributes': {
    severity: 'warning',
    mended: true,
    cause: '`tar` of macOS packed the archive.',
    en: {
      message:
        'The archive itself was packed with extended attributes of macOS (the first on {member}): `docker load` of Docker 25 and newer (classic store) fails on them.',
      remedy: 'Convert the archive: the result has none.',
    },
    zh: {
      message:
        '归档本身打包时带有 macOS 的扩展属性（最先出现在 {member} 上）：Docker 25 及更新版本（经典存储）的 `docker load` 会因此失败。',
      remedy: '请转换该归档：结果中不含这些属性。',
    },
    clientErrors: ['lsetxattr com.apple.provenance …: operation not supported'],
  },
  'layer-compression': {
    severity: 'warning',
    mended: true,
    cause: '`buildx --output …,compression=zstd`, or layers compressed by hand.',
    en: {
      message: 'The layer {member} is compressed with {compression}, which not every client unpacks.',
      remedy: 'Convert the archive: the layer is expanded.',
    },
    zh: {
      message: '镜像层 {member} 使用 {compression} 压缩，并非每个客户端都能解压。',
      remedy: '请转换该归档：该层会被解压。',
    },
    clientErrors: ['archive/tar: invalid tar header', 'blob is not correct mediatype'],
  },
  'diffid-wrong': {
    severity: 'error',
    mended: true,
    cause: 'A faulty writer: Docker 25.0.0 saved images whose config does not fit their layers.',
    en: {
      message: 'The layer {member} is intact, but the image config expects the diffID {expected} instead of {found}.',
      remedy: 'Convert the archive: the config is corrected. Docker 25.0 wrote such archives.',
    },
    zh: {
      message: '镜像层 {member} 完好，但镜像配置中的 diffID 是 {expected}，而不是 {found}。',
      remedy: '请转换该归档：配置会被更正。Docker 25.0 写出过这样的归档。',
    },
    clientErrors: ['invalid diffID for layer …: expected …, got …'],
  },
  'diffid-mismatch': {
    severity: 'error',
    cause: 'A damaged download or disk, or a faulty builder.',
    en: {
      message:
        'The layer {member} has the diffID {found}, but the image config expects {expected}: one of them is damaged.',
      remedy: SAVE_AGAIN.en,
    },
    zh: {
      message: '镜像层 {member} 的 diffID 是 {found}，但镜像配置中是 {expected}：两者之一已损坏。',
      remedy: SAVE_AGAIN.zh,
    },
    clientErrors: ['invalid diffID for layer …: expected …, got …', 'wrong diff id calculated on extraction'],
  },
  'layers-length': {
    severity: 'error',
    cause: 'A faulty builder.',
    en: {
      message: 'The image lists {layers} layers ({layerList}), but its config has {diffIDs} diffIDs ({diffIDList}).',
      remedy: 'Build or save the image again; the tool that wrote this archive is faulty.',
    },
    zh: {
      message: '镜像列出了 {layers} 个层（{layerList}），但它的配置中有 {diffIDs} 个 diffID（{diffIDList}）。',
      remedy: '请重新构建或重新保存镜像；写出该归档的工具有缺陷。',
    },
    clientErrors: [
      'invalid manifest, layers length mismatch: expected …, got …',
      'layers length mismatch',
      'mismatched image rootfs and manifest layers',
    ],
  },
  'history-too-long': {
    severity: 'error',
    mended: true,
    cause: 'A builder that merges layers and keeps their history.',
    en: {
      message:
        'The history of the image has {steps} steps that made a layer, but there are {layers} layers; Docker refuses that.',
      remedy: 'Convert the archive: the history is left out.',
    },
    zh: {
      message: '镜像历史中有 {steps} 个产生层的步骤，实际只有 {layers} 个层；Docker 会拒绝。',
      remedy: '请转换该归档：历史会被省略。',
    },
    clientErrors: ['too many non-empty layers in History section'],
  },
  'value-mistyped': {
    severity: 'error',
    mended: true,
    cause: 'A builder in a language without types, or a document that was edited by hand.',
    en: {
      message:
        'In {member}, {place} is {value}, where clients expect {expected}; those that read it refuse the document.',
      remedy: 'Convert the archive: {change}.',
    },
    zh: {
      message: '在 {member} 中，{place} 是{value}，而客户端要求{expected}；读取它的客户端会拒绝该文档。',
      remedy: '请转换该归档：{change}。',
    },
    clientErrors: [
      'json: cannot unmarshal number into Go struct field … of type string',
      'json: cannot unmarshal bool into Go struct field … of type string',
      'json: cannot unmarshal string into Go struct field … of type []string',
      'json: cannot unmarshal string into Go struct field … of type int64',
      'json: cannot unmarshal array into Go struct field … of type map[string]struct {}',
      'json: cannot unmarshal array into Go struct field … of type nat.PortSet',
      'json: cannot unmarshal object into Go struct field … of type []image.History',
      'json: cannot unmarshal number into Go value of type string',
    ],
  },
  'value-unclear': {
    severity: 'error',
    cause: 'A builder in a language without types, or a document that was edited by hand.',
    en: {
      message:
        'In {member}, {place} is {value}, where clients expect {expected}; those that read it refuse the document, and what is meant is not clear.',
      remedy: 'Correct the document, or build the image again with a tool that writes sound archives.',
    },
    zh: {
      message:
        '在 {member} 中，{place} 是{value}，而客户端要求{expected}；读取它的客户端会拒绝该文档，而其含义也不明确。',
      remedy: '请更正该文档，或用能写出正确归档的工具重新构建镜像。',
    },
    clientErrors: [
      'json: cannot unmarshal object into Go struct field … of type string',
      'json: cannot unmarshal array into Go struct field … of type string',
      'json: cannot unmarshal object into Go struct field … of type []string',
      'json: cannot unmarshal string into Go struct field … of type map[string]string',
      'json: cannot unmarshal string into Go struct field … of type bool',
      'json: cannot unmarshal array into Go value of type image.Image',
      'json: cannot unmarshal object into Go value of type []tarexport.manifestItem',
    ],
  },
  'document-continues': {
    severity: 'error',
    mended: true,
    cause: 'Two documents that were written to one file, or a longer one that was overwritten by a shorter one.',
    en: {
      message: 'In the document {member}, something follows after the end of the JSON; some clients refuse that.',
      remedy: 'Convert the archive: only the first JSON value is kept.',
    },
    zh: {
      message: '文档 {member} 的 JSON 结束之后还有内容；部分客户端会拒绝。',
      remedy: '请转换该归档：只保留第一个 JSON 值。',
    },
    clientErrors: ['invalid character … after top-level value'],
  },
  'config-renamed': {
    severity: 'warning',
    mended: true,
    cause: 'A config that was edited after the image was saved, or a tool that names configs otherwise; rarely damage.',
    en: {
      message:
        'The image config {member} is not named after its digest, which is {found}; its diffIDs fit all layers, so clients load it.',
      remedy:
        'Convert the archive: the config keeps its bytes and gets the name that fits. Check it if you did not change it.',
    },
    zh: {
      message: '镜像配置 {member} 的名称与其摘要 {found} 不符；但其 diffID 与所有层都吻合，客户端可以加载。',
      remedy: '请转换该归档：配置内容不变，名称会与摘要一致。如果您没有改动过它，请检查其内容。',
    },
    clientErrors: [],
  },
} as const satisfies Record<string, Entry>;
